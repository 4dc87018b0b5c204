"""What a visitor's network has to be before the app uses it: its size, its weights, its answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.spec import words

if TYPE_CHECKING:
    from torch import Tensor

    from densenet_viz.network.loaded import LoadedModel
    from densenet_viz.network.own.finding import FoundNetwork

PARAMETER_LIMIT = 64_000_000
"""256 MB in float32; DenseNet-264 has 33 million."""
MULTIPLY_ADD_LIMIT = 50_000_000_000
"""For one picture; DenseNet-161 at 512 px needs 40 G, about ten seconds on two cores."""
ACTIVATION_LIMIT = 2_500_000_000
"""Bytes of all maps of one picture; DenseNet-264 at 512 px writes 2.2 GB."""


def check_cost(spec: DenseNetSpec) -> None:
    """Refuses a network that is too large for a page, before it is built."""
    for what, count, limit in (
        ("weights", spec.parameters, PARAMETER_LIMIT),
        ("multiply-adds per picture", spec.multiply_adds, MULTIPLY_ADD_LIMIT),
        ("bytes of maps per picture", spec.activation_bytes, ACTIVATION_LIMIT),
    ):
        if count > limit:
            raise OwnModelError(
                f"This {spec.name} has {count / 1e6:,.0f} million {what} at {spec.input_size} px; "
                f"at most {limit / 1e6:,.0f} million are allowed here."
            )


_PURPOSES = (
    (("decoder.", "segmentation_head."), "a U-Net on a DenseNet"),
    (("rpn.", "roi_heads.", "bbox_head."), "a detector of objects on a DenseNet"),
    (("text_encoder.", "text_model."), "a network of pictures and texts"),
    (("encoder_k.",), "MoCo, which compares pictures"),
)
"""Parts of the names of weights outside the features, and what such a network is."""
_ROUNDED = ("_fake_quant.", ".activation_post_process.")
"""Parts of the names of what torch adds to train with rounded weights."""
_POOLING = re.compile(r"(^|[._])(pool\w*|gem\w*)\.p$")
_ACTIVATION = re.compile(r"(^|\.)(relu|act|prelu)\w*\.weight$")


def check_purpose(found: FoundNetwork) -> None:
    """Refuses a network that does more than name classes, or computes otherwise.

    Raises:
        OwnModelError: it has parts that say so.
    """
    for parts, title in _PURPOSES:
        if any(f".{part}" in f".{key}" for part in parts for key in found.others):
            raise OwnModelError(
                f"These are the weights of {title}. The app explains networks that name classes."
            )
    if any(part in key for part in _ROUNDED for key in (*found.features, *found.others)):
        raise OwnModelError(
            "The network was trained with rounded weights (quantisation-aware training); the app "
            "computes without rounding, so its answers would be others than yours. Save the "
            "network before that."
        )
    if any(_POOLING.search(key) for key in found.others):
        raise OwnModelError(
            "The network's last maps are pooled by a generalised mean (GeM); the app's DenseNets "
            "take their plain mean, so its answers would be others than yours."
        )
    if any(_ACTIVATION.search(key) for key in (*found.features, *found.others)):
        raise OwnModelError(
            "The network's activations have weights (PReLU); the app's DenseNets have ReLUs."
        )


def check_norms(features: Mapping[str, object]) -> None:
    """Refuses features whose norms keep no running means.

    Raises:
        OwnModelError: none of them does.
    """
    from densenet_viz.network.own.conversions import SAVE

    if not any(key.endswith(".running_mean") for key in features):
        raise OwnModelError(
            "The file has no running means of its norms: they are no batch norms (GroupNorm, "
            "InstanceNorm), or its parameters alone were saved. Save the whole state dict of a "
            "network with batch norms.",
            SAVE,
        )


def check_joined(found: FoundNetwork) -> None:
    """Refuses features that stand in a Sequential: a file does not say whether a ReLU follows.

    Raises:
        OwnModelError: they do.
    """
    from densenet_viz.network.own.conversions import FASTAI
    from densenet_viz.network.own.names import is_number
    from densenet_viz.network.own.renaming import sequential_lines

    if not is_number(found.start.rstrip(".").rpartition(".")[2]):
        return
    if found.start.endswith("0.0."):
        raise OwnModelError(
            "The file has the features inside a Sequential, as fastai saves them. There is no ReLU "
            "after the last norm then, and the app's DenseNets have one. These lines train "
            "torchvision's whole DenseNet.",
            FASTAI,
        )
    heads = [key.removesuffix(".weight") for key, value in found.others.items() if value.ndim == 2]
    raise OwnModelError(
        "The file has the features inside a Sequential, and does not say whether a ReLU follows "
        "their last norm, as the app's DenseNets have it. If one does, these lines give the "
        "weights torchvision's names.",
        sequential_lines(found.start, heads[-1] if heads else "fc"),
    )


def check_names(expected: Mapping[str, object], state: Mapping[str, object]) -> None:
    from densenet_viz.network.own.conversions import PARTS
    from densenet_viz.network.own.names import printable

    missing = [key for key in expected if key not in state]
    if missing:
        more = f" (and {len(missing) - 1:,} more)" if len(missing) > 1 else ""
        raise OwnModelError(
            f"The file has no {missing[0]}{more}. If it is one part of several, these lines join "
            "them.",
            PARTS,
        )
    if surplus := [key for key in state if key not in expected]:
        raise OwnModelError(
            f"The file has {printable(surplus[0])}, which torchvision's DenseNet does not have."
        )


def check_shapes(
    spec: DenseNetSpec, expected: Mapping[str, tuple[int, ...]], state: Mapping[str, Tensor]
) -> None:
    for key, shape in expected.items():
        given = tuple(state[key].shape)
        if given != shape:
            raise OwnModelError(
                f"The file's {key} is {words(given)}. Its other weights are those of a network "
                f"with {spec.initial_channels} initial channels, growth rate {spec.growth_rate}, "
                f"blocks of {', '.join(map(str, spec.block_config))} layers and "
                f"{spec.num_classes:,} classes, where it would be {words(shape)}."
            )


def check_values(state: Mapping[str, Tensor]) -> None:
    for key, value in state.items():
        if not bool(value.isfinite().all()):
            raise OwnModelError(f"The file's {key} has values that are not finite in float32.")
        if key.endswith("running_var") and bool((value < 0).any()):
            raise OwnModelError(f"The file's {key} has a variance below zero.")


def check_answer(model: LoadedModel) -> None:
    """Runs a grey picture: the values can overflow although all weights are finite."""
    import torch

    from densenet_viz.network.shares import alone

    with alone(), torch.inference_mode():
        logits = model.network(model.uniform((0.5, 0.5, 0.5)))
    if not bool(logits.isfinite().all()):
        raise OwnModelError(
            "This network's output for a grey picture is not finite: its weights are not those of "
            "a trained network."
        )
