"""Which DenseNet a state dict belongs to, from the shapes of its weights."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from densenet_viz.facts.configuration import Stem
from densenet_viz.facts.spec import BOTTLENECK_FACTOR, DenseNetSpec, SpecError
from densenet_viz.network.own.conversions import PARTS
from densenet_viz.network.own.errors import OwnModelError

if TYPE_CHECKING:
    from torch import Tensor

SIZE_LIMIT = 256 * 1024**2
"""Bytes of the largest weight file, packed and unpacked; DenseNet-264's has 134 MB in float32."""
MOST_CLASSES = 10_000
"""The most classes of a classifier, so that a page can still list them."""

_STEM = "features.conv0.weight"
_STEM_BIAS = "features.conv0.bias"
_STEM_MEAN = "features.norm0.running_mean"
_NORM = "features.norm5.weight"
_LAYER = re.compile(r"features\.denseblock([1-9]\d{0,2})\.denselayer([1-9]\d{0,2})\.")
_DIGITS = 17
"""How many decimals of a compression are tried; a float has no more."""


def spec_from_state(
    state: Mapping[str, Tensor], widths: Sequence[int], input_size: int
) -> DenseNetSpec:
    """The DenseNet that these weights belong to.

    Only the deciding weights are read: the stem's, each block's count of layers, the first
    layer's and the transitions'. The caller has to check that all others fit.

    Args:
        state: the features' weights by name, in torchvision's names as they are today.
        widths: outputs of each linear layer of the head, the classes last.
        input_size: height and width of its pictures, in pixels.

    Raises:
        OwnModelError: a deciding weight is missing, or no `DenseNetSpec` has its shape.
    """
    stem, colours, initial = _stem(state)
    blocks = _block_config(state)
    growth_rate, factor = _first_layer(state)
    *hidden, classes = widths
    if not 1 <= classes <= MOST_CLASSES:
        raise OwnModelError(
            f"The file's classifier has {classes:,} classes; 1 to {MOST_CLASSES:,} are allowed."
        )
    try:
        return DenseNetSpec(
            growth_rate=growth_rate,
            block_config=blocks,
            initial_channels=initial,
            bottleneck=factor is not None,
            bottleneck_factor=factor or BOTTLENECK_FACTOR,
            stem=stem,
            input_channels=colours,
            hidden=tuple(hidden),
            compression=_compression(state, len(blocks)),
            num_classes=classes,
            input_size=input_size,
        )
    except SpecError as error:
        raise OwnModelError(f"This DenseNet cannot be shown: {error}") from None


def last_channels(state: Mapping[str, Tensor]) -> int:
    """How many maps the last norm of the features reads."""
    return _shape(state, _NORM, 1)[0]


def check_stem(state: Mapping[str, Tensor]) -> None:
    """Raises `OwnModelError` for a network that begins as the app cannot show."""
    _stem(state)


def joined_stem(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same with a bias of the first convolution subtracted from the mean of the norm after it.

    Code that replaces the convolution for grey pictures often gives it one, which torchvision's
    has not; the norm takes it away again in training.
    """
    bias, mean = state.get(_STEM_BIAS), state.get(_STEM_MEAN)
    if bias is None or mean is None or bias.shape != mean.shape:
        return dict(state)
    joined = dict(state) | {_STEM_MEAN: mean.detach().float() - bias.detach().float()}
    del joined[_STEM_BIAS]
    return joined


def _stem(state: Mapping[str, Tensor]) -> tuple[Stem, int, int]:
    """The kind of the stem, the channels that it reads, and the maps that it writes."""
    sides = state[_STEM].ndim if _STEM in state else 4
    if sides in (3, 5):
        what = "volumes" if sides == 5 else "signals (one dimension)"
        raise OwnModelError(
            f"This is a network of {what}: the file's {_STEM} is "
            f"{words(tuple(state[_STEM].shape))}. The app explains networks of pictures."
        )
    initial, colours, *kernel = _shape(state, _STEM, 4)
    if "features.conv1.weight" in state:
        raise OwnModelError(
            "This network begins with several convolutions (a deep stem, as timm's "
            "densenetblur121d has), and its file does not say how it pools. The app knows a stem "
            "of one convolution: train timm's densenet121, which has it."
        )
    if colours not in (1, 3):
        raise OwnModelError(
            f"This network reads pictures of {colours} channels; the app has pictures of 3 colours "
            "or of 1 grey channel."
        )
    if not any("norm" in key for key in state):
        raise OwnModelError(
            "This network has no norms with weights: an export joined them with the convolutions, "
            "or it has others (MONAI's instance norm). The app's DenseNets have batch norms."
        )
    normed = "features.norm0.weight" in state
    for stem, side in (("7×7", 7), ("3×3", 3)):
        if kernel == [side, side] and normed == (stem == "7×7"):
            return stem, colours, initial  # type: ignore[return-value]
    if kernel == [7, 7]:
        raise OwnModelError(
            "The file has no features.norm0.weight. If it is one part of several, these lines join "
            "them.",
            PARTS,
        )
    raise OwnModelError(
        f"The file's {_STEM} is {words((initial, colours, *kernel))}, "
        f"{'with' if normed else 'without'} a norm after it. The app knows two stems: 7 × 7 with a "
        "norm and a max pool, and 3 × 3 without both."
    )


def words(shape: Iterable[int]) -> str:
    """A shape as text.

    >>> words((64, 3, 7, 7)), words(())
    ('64 × 3 × 7 × 7', 'a single number')
    """
    return " × ".join(map(str, shape)) or "a single number"


def _shape(state: Mapping[str, Tensor], key: str, sides: int) -> tuple[int, ...]:
    if key not in state:
        raise OwnModelError(f"The file has no {key}.")
    shape = tuple(state[key].shape)
    if len(shape) != sides or 0 in shape:
        raise OwnModelError(f"The file's {key} is {words(shape)}; it needs {sides} sides.")
    return shape


def _block_config(state: Mapping[str, Tensor]) -> tuple[int, ...]:
    """Layers in each block: the highest number that occurs. A block without layers counts as 1, so
    that its first layer is reported as missing.
    """
    most: dict[int, int] = {}
    for key in state:
        if found := _LAYER.match(key):
            block, layer = int(found[1]), int(found[2])
            most[block] = max(layer, most.get(block, 1))
    if not most:
        raise OwnModelError("The file has no features.denseblock1. Is it a DenseNet?")
    return tuple(most.get(block, 1) for block in range(1, max(most) + 1))


def _first_layer(state: Mapping[str, Tensor]) -> tuple[int, int | None]:
    """k, and how many times k maps a bottleneck writes (None without one)."""
    first = "features.denseblock1.denselayer1"
    middle, _reads, *kernel = _shape(state, f"{first}.conv1.weight", 4)
    if f"{first}.conv2.weight" not in state:
        if kernel != [3, 3]:
            raise OwnModelError(
                f"The file's {first}.conv1.weight has a window of {words(kernel)} and no conv2 "
                "after it. A layer has to be 1 × 1 then 3 × 3, or one 3 × 3."
            )
        return middle, None
    growth_rate = _shape(state, f"{first}.conv2.weight", 4)[0]
    if middle % growth_rate:
        raise OwnModelError(
            f"The file's {first}.conv1.weight writes {middle} maps and its conv2 {growth_rate}. "
            f"A bottleneck has to write a multiple of {growth_rate} maps (bn_size)."
        )
    return growth_rate, middle // growth_rate


def _compression(state: Mapping[str, Tensor], blocks: int) -> float:
    """The theta that explains how many maps every transition keeps."""
    pairs = []
    for block in range(1, blocks):
        keeps, reads, *_kernel = _shape(state, f"features.transition{block}.conv.weight", 4)
        if keeps > reads:
            raise OwnModelError(
                f"The file's transition {block} makes {keeps} maps out of {reads}. A transition "
                "cannot make more maps than it gets."
            )
        pairs.append((keeps, reads))
    theta = common_compression(pairs)
    if theta is None:
        kept = ", ".join(f"{keeps} of {reads}" for keeps, reads in pairs)
        raise OwnModelError(
            f"The file's transitions keep {kept} maps. No single compression θ gives all of these."
        )
    return theta


def common_compression(pairs: Sequence[tuple[int, int]]) -> float | None:
    """The simplest theta with floor(theta * reads) == keeps for every (keeps, reads), or None.

    It is the paper's 0.5 if that fits (also if there is no transition), else 1 if that fits, else
    the number with the fewest decimals.

    >>> common_compression([(128, 256), (256, 512)]), common_compression([(24, 32), (30, 40)])
    (0.5, 0.75)
    >>> common_compression([(8, 8)]), common_compression([(1, 4), (2, 3)]) is None
    (1.0, True)
    """
    low = max((Fraction(keeps, reads) for keeps, reads in pairs), default=Fraction(0))
    end = min((Fraction(keeps + 1, reads) for keeps, reads in pairs), default=Fraction(1))
    for theta in (Fraction(1, 2), Fraction(1)):
        if low <= theta < end:
            return float(theta)
    for digits in range(1, _DIGITS + 1):
        theta = Fraction(-(-low * 10**digits // 1), 10**digits)  # rounded up
        if low <= theta < end and theta <= 1:
            return float(theta)
    return None
