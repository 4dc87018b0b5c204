"""Downloads of a map: picture, figure, numbers, and the code that makes the map again."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from densenet_viz.attribution import METHODS, AttributionError
from densenet_viz.attribution.logit_or_probability import words_for
from densenet_viz.figures.attribution_image import (
    SCALES,
    Words,
    figure_svg,
    map_png,
    picture_png,
)
from densenet_viz.network.models import ASSETS, LoadedModel
from densenet_viz.results.attributions import Attribution
from densenet_viz.results.traces import Picture
from densenet_viz.stage.shared.words import score_word
from densenet_viz.ui.suited import BUNDLED, CHEATER
from densenet_viz.ui.uploads import CurrentPicture

_WINDOW, _CODE = 900, 420
"""The width of the script's window, and the height of the script in it, in pixels."""
EQUAL = "Run it in the picture's folder: it makes the same map, except for rounding."


def show_files(
    model: LoadedModel, picture: CurrentPicture, attribution: Attribution, *, key: str = "files"
) -> None:
    """One row of downloads; each file is made on click.

    Args:
        model: the map's model.
        picture: the map's picture.
        attribution: the map.
        key: of the place on the page.
    """
    given = model.picture(picture.pixels)
    kind = "-probability" if attribution.explains == "probability" else ""
    other = "" if attribution.against is None else f"-against-{attribution.against.index}"
    stem = f"{attribution.method}-{attribution.target.index}{other}{kind}"
    st.markdown("**Download the map** as it was computed; the sliders do not change it")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key=key):
        _show_png(given, attribution, stem, key)
        _show_others(model, given, attribution, stem, key)
        _show_code(model, given, attribution, stem, key)


def _show_png(given: Picture, attribution: Attribution, stem: str, key: str) -> None:
    low, high = SCALES
    scale = st.number_input(
        "PNG scale",
        *(low, high, 1),
        key=f"{key}_scale",
        width=120,
        help=f"Each of the {len(given)} × {len(given)} pixels becomes a square with this side, in "
        "pixels. Nothing is smoothed: the network saw no more detail.",
    )
    with st.popover("PNG options"):
        alone = st.checkbox("Only the map, without the picture", key=f"{key}_alone")
        legend = st.checkbox("With the colour scale below", key=f"{key}_legend")
    st.download_button(
        "PNG",
        lambda: map_png(given, attribution, scale=int(scale), alone=alone, legend=legend),
        f"{stem}.png",
        "image/png",
        key=f"{key}_png",
        help="The map as a picture.",
        on_click="ignore",
    )


def _show_others(
    model: LoadedModel, given: Picture, attribution: Attribution, stem: str, key: str
) -> None:
    from densenet_viz.export.maps import about, to_json, to_npz

    files = (
        (
            *("SVG", "image/svg+xml", "Picture and map with scale, numbers and source."),
            lambda: figure_svg(given, attribution, words_of(model, attribution)),
        ),
        (
            *("NPZ", "application/octet-stream", "Raw values and picture for NumPy."),
            lambda: to_npz(attribution, given, about(model)),
        ),
        (
            *("JSON", "application/json", "Raw values and all facts about the map."),
            lambda: to_json(attribution, given, about(model)),
        ),
    )
    for name, kind, words, make in files:
        st.download_button(
            name,
            make,
            f"{stem}.{name.lower()}",
            kind,
            key=f"{key}_{name.lower()}",
            help=words,
            on_click="ignore",
        )


def words_of(model: LoadedModel, attribution: Attribution) -> Words:
    """The words of the SVG figure of a map."""
    method = METHODS[attribution.method]
    return Words(
        title=f"What raises the {score_word(attribution.explains)} of {attribution.subject}, "
        "and what lowers it",
        method=method.title,
        unit=words_for(method.unit, attribution.explains),
        source=method.paper,
        network=f"{model.title}. {model.provenance}",
        settings=attribution.parameters,
    )


def _show_code(
    model: LoadedModel, given: Picture, attribution: Attribution, stem: str, key: str
) -> None:
    """The button of the script's window, which is filled when opened: superpixels take a moment.

    A popover would tell the server when it closes: a click on another page in the menu closes it,
    and its message would bring this page back.
    """
    if st.button("Python", key=f"{key}_python", help="The map by Captum alone, as a script."):
        window = st.dialog("The map in Python", width=_WINDOW)
        window(_show_script)(model, given, attribution, stem, key)


def _show_script(
    model: LoadedModel, given: Picture, attribution: Attribution, stem: str, key: str
) -> None:
    """What the window shows."""
    # A window stands beside the app, whose colour scheme it does not get: app.css reads this key.
    with st.container(key=f"script_{st.context.theme.type or 'light'}"):
        try:
            code = _code(model, given, attribution)
        except AttributionError as error:
            st.info(str(error))
            return
        st.code(code, language="python", height=_CODE)
        with st.container(horizontal=True, gap="small"):
            _download("Script", code, f"{stem}.py", "text/x-python", key)
            _download("Picture", picture_png(given), "picture.png", "image/png", key)
            if model.name in (BUNDLED, CHEATER):
                _show_weights(ASSETS / f"{model.name}.safetensors", key)


def _code(model: LoadedModel, given: Picture, attribution: Attribution) -> str:
    from densenet_viz.export.script import captum_code, why_not_equal

    code = captum_code(model, given, attribution)
    st.markdown(f"The map by **Captum** alone. {why_not_equal(attribution) or EQUAL}")
    return code


def _download(name: str, data: str | bytes, file: str, kind: str, key: str) -> None:
    mine = f"{key}_{name.lower()}"
    st.download_button(name, data, file, kind, key=mine, on_click="ignore")


def _show_weights(path: Path, key: str) -> None:
    st.download_button(
        "Weights", path.read_bytes, path.name, key=f"{key}_weights", on_click="ignore"
    )
