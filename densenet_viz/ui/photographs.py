"""The sample photographs: files in the wheel of scikit-image, so nothing is downloaded.

`skimage.data` would download a file that is missing; these files are read by their names.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from densenet_viz.results.traces import Picture


@dataclass(frozen=True)
class Photograph:
    """A photograph, who made it, and who may use it."""

    title: str
    file: str
    """In the folder `skimage/data`."""
    author: str
    licence: str


PHOTOGRAPHS = {
    row.title: row
    for row in (
        Photograph("a photograph of a cat", "chelsea.png", "Stéfan van der Walt", "CC0"),
        Photograph("a photograph of a coffee cup", "coffee.png", "Rachel Michetti", "CC0"),
        Photograph("a photograph of a rocket", "rocket.jpg", "SpaceX", "public domain"),
        Photograph("a photograph of an astronaut", "astronaut.png", "NASA", "public domain"),
        Photograph("a photograph of a photographer", "camera.png", "Lav Varshney", "CC0"),
    )
}
"""The sample photographs by title, which is also their name in the choice of pictures."""

SOURCES = "Photographs, as scikit-image has them: " + "; ".join(
    f"{row.title.removeprefix('a photograph of ')} by {row.author} ({row.licence})"
    for row in PHOTOGRAPHS.values()
)
"""One line: each photograph with its author and its licence."""


@cache
def read_photograph(title: str) -> Picture:
    """The pixels of a photograph, (height, width, 3) uint8.

    Raises:
        KeyError: there is no photograph of that title.
    """
    from PIL import Image

    folder = files("skimage").joinpath("data")
    with folder.joinpath(PHOTOGRAPHS[title].file).open("rb") as file:
        return np.array(Image.open(file).convert("RGB"))
