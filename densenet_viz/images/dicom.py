"""A DICOM file's first frame, as a radiologist's screen would show it; nothing else of the file.

It is read by `pydicom`, which is not a requirement of this app. Only the elements in `_ELEMENTS`
are read: the patient's name and all other data about a person are passed over, and no text of the
file is in a note or an error. (Names that are drawn into the picture itself stay visible.)
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from math import isfinite
from typing import TYPE_CHECKING, Any

from PIL import Image

from densenet_viz.images.kinds import Kind
from densenet_viz.images.limits import ImageError, Reason
from densenet_viz.images.opening import check_size, missing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pydicom import Dataset

_ELEMENTS = (
    *("Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration"),
    *("BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "NumberOfFrames"),
    *("PixelData", "FloatPixelData", "DoubleFloatPixelData"),
    *("ExtendedOffsetTable", "ExtendedOffsetTableLengths"),
    *("ModalityLUTSequence", "RescaleSlope", "RescaleIntercept"),
    *("VOILUTSequence", "WindowCenter", "WindowWidth", "VOILUTFunction"),
    *("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"),
    *(
        f"{colour}PaletteColorLookupTable{what}"
        for colour in ("Red", "Green", "Blue")
        for what in ("Descriptor", "Data")
    ),
)
_GROUPS = ("PixelValueTransformationSequence", "FrameVOILUTSequence")
"""Where a file of many frames keeps slope, intercept and window."""
_GREY = ("MONOCHROME1", "MONOCHROME2")
_COLOURS = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT")

Levels = Callable[["NDArray[Any]"], "NDArray[np.uint8]"]


def open_dicom(data: bytes, kind: Kind) -> tuple[Image.Image, tuple[str, ...]]:
    """The first frame in L or RGB, and notes on it.

    Slope and intercept are applied, then the file's first window; without one, the range of the
    frame's values is stretched from black to white.

    Raises:
        ImageError: it has no picture, is too large, or uses a compression that cannot be read; or
            `pydicom` is not installed.
        Exception: whatever pydicom raises at a damaged file.
    """
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # for numpy: each thread takes 30 MB of the memory
    try:
        from pydicom import dcmread
    except ImportError:
        raise missing(kind) from None
    from pydicom.pixels.utils import pixel_array

    dataset = dcmread(io.BytesIO(data), specific_tags=list(_ELEMENTS))
    _check(dataset, kind)
    values = pixel_array(dataset, index=0)
    notes: tuple[str, ...] = ()
    if int(dataset.get("NumberOfFrames") or 1) > 1:
        notes = ("This DICOM file has several pictures. Only the first is used.",)
    if dataset.PhotometricInterpretation in _GREY:
        grey, note = _grey(values, dataset)
        return Image.fromarray(grey), (*notes, note)
    return Image.fromarray(_colour(values, dataset)), notes


def _check(dataset: Dataset, kind: Kind) -> None:
    """Refuses what is no picture, too large, or compressed in a way that cannot be read."""
    from pydicom.pixels.decoders.base import get_decoder

    if not any(name in dataset for name in _ELEMENTS if name.endswith("PixelData")):
        raise ImageError(
            "This DICOM file has no picture in it. Please choose another one.", Reason.OTHER_KIND
        )
    check_size(int(dataset.Columns), int(dataset.Rows), kind)
    known = (*_GREY, *_COLOURS, "PALETTE COLOR")
    if dataset.PhotometricInterpretation not in known:
        raise ImageError(
            "This DICOM file uses colours that this app cannot read. Please save it as PNG.",
            Reason.COMPRESSION,
        )
    syntax = dataset.file_meta.TransferSyntaxUID
    try:
        is_available = get_decoder(syntax).is_available
    except NotImplementedError:
        is_available = False
    if not is_available:  # the name is the standard's; any other text of the file is not shown
        name = syntax.name if syntax.name != str(syntax) else "in a maker's own way"
        raise ImageError(
            f"This DICOM file is compressed ({name}), and this app cannot read that. Please save "
            "it without compression, or as PNG.",
            Reason.COMPRESSION,
        )


# -- grey -----------------------------------------------------------------------------------


def _grey(values: NDArray[Any], dataset: Dataset) -> tuple[NDArray[np.uint8], str]:
    """The frame (H, W) in shades of grey, and which values are black and white."""
    import numpy as np

    settings = _settings(dataset)
    low, high = (float(end) for end in _rescaled(np.array([values.min(), values.max()]), settings))
    ends = min(low, high), max(low, high)
    levels, note = _window(settings) or _lookup(settings) or _stretch(*ends)

    def shades(part: NDArray[Any]) -> NDArray[np.uint8]:
        found = levels(_rescaled(part, settings))
        return 255 - found if dataset.PhotometricInterpretation == "MONOCHROME1" else found

    if values.dtype.kind not in "iu" or values.dtype.itemsize > 2:
        return np.concatenate([shades(row) for row in np.array_split(values, 16)]), note
    lowest = int(values.min())
    table = shades(np.arange(lowest, int(values.max()) + 1))
    rows = [table[row.astype(np.int32) - lowest] for row in np.array_split(values, 16)]
    return np.concatenate(rows), note


def _settings(dataset: Dataset) -> Dataset:
    """The elements of the grey values, wherever the file keeps those of its first frame."""
    from pydicom import Dataset as New

    found = New()
    found.file_meta = dataset.file_meta
    for group in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        for item in list(dataset.get(group) or [])[:1]:
            for name in _GROUPS:
                for inner in list(item.get(name) or [])[:1]:
                    found.update(inner)
    found.update({element.tag: element for element in dataset if element.tag.group == 0x0028})
    return found


def _rescaled(values: NDArray[Any], settings: Dataset) -> NDArray[np.float64]:
    """Stored values in the unit that the window counts in (PS3.3 C.11.1)."""
    import numpy as np
    from pydicom.pixels.processing import apply_modality_lut

    return np.asarray(apply_modality_lut(values, settings), dtype=np.float64)


def _window(settings: Dataset) -> tuple[Levels, str] | None:
    """The first window (PS3.3 C.11.2) as a function, and its note; None without a usable one."""
    import numpy as np
    from pydicom import Dataset as New
    from pydicom.pixels.processing import apply_windowing

    window = New()
    for name in ("WindowCenter", "WindowWidth", "VOILUTFunction"):
        value = settings.get(name)
        if value is not None:
            setattr(window, name, value)
    window.PhotometricInterpretation, window.PixelRepresentation = "MONOCHROME2", 0
    window.BitsStored = 8  # so that its result goes from 0 to 255
    centre, width = (_first(window.get(name)) for name in ("WindowCenter", "WindowWidth"))
    try:
        if centre is None or width is None:
            return None
        apply_windowing(np.zeros(1), window)
    except (ValueError, TypeError):  # a width of 0, or a function that there is not
        return None

    def levels(values: NDArray[Any]) -> NDArray[np.uint8]:
        return np.asarray(np.rint(apply_windowing(values, window)), dtype=np.uint8)

    return levels, f"It is shown in its own window: centre {centre:,g}, width {width:,g}."


def _lookup(settings: Dataset) -> tuple[Levels, str] | None:
    """The first table of shades in place of a window; None without one."""
    import numpy as np
    from pydicom.pixels.processing import apply_voi

    if not settings.get("VOILUTSequence"):
        return None
    most = 2 ** int(settings.VOILUTSequence[0].LUTDescriptor[2]) - 1

    def levels(values: NDArray[Any]) -> NDArray[np.uint8]:
        found = apply_voi(np.rint(values).astype(np.int32), settings)
        return np.asarray(np.rint(np.clip(found / most, 0, 1) * 255), dtype=np.uint8)

    return levels, "It is shown with its own table of grey values."


def _first(value: Any) -> float | None:
    """A number, or the first of several; None if it is no finite number."""
    first = value[0] if hasattr(value, "__len__") and not isinstance(value, str) else value
    try:
        number = float(first)
    except (TypeError, ValueError):
        return None
    return number if isfinite(number) else None


def _stretch(low: float, high: float) -> tuple[Levels, str]:
    import numpy as np

    if not (isfinite(low) and isfinite(high)):
        raise ImageError("This DICOM file has a value that is no number.", Reason.DAMAGED)
    step = 255 / (high - low) if high > low else 0.0

    def levels(values: NDArray[Any]) -> NDArray[np.uint8]:
        return np.rint(np.clip((values - low) * step, 0, 255)).astype(np.uint8)

    return levels, (
        f"It has no window of its own. Its values, {low:,g} to {high:,g}, are stretched from black "
        "to white."
    )


# -- colour ---------------------------------------------------------------------------------


def _colour(values: NDArray[Any], dataset: Dataset) -> NDArray[np.uint8]:
    """A frame (H, W, 3), or (H, W) with a palette, as RGB in eight bits."""
    import numpy as np
    from pydicom.pixels.processing import apply_color_lut

    bits = int(dataset.BitsStored)
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        values = apply_color_lut(values, dataset)
        bits = 16 if values.max() > 255 else 8
    shift = max(0, bits - 8)
    return np.ascontiguousarray(values[..., :3] >> shift).astype(np.uint8)
