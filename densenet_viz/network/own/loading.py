"""A visitor's own DenseNet: a state dict, labels, and how its pictures are prepared.

The files may be hostile: sizes, names, shapes and values are checked before a network gets them,
and one sentence says what is wrong. Nothing is written to disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.loaded import Colour, LoadedModel
from densenet_viz.network.models import IMAGENET_MEAN, IMAGENET_STD
from densenet_viz.network.own.labels import LABEL_BYTES, read_labels
from densenet_viz.network.own.spec import SIZE_LIMIT, OwnModelError, spec_from_state, words

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = [
    "INPUT_SIZES",
    "LABEL_BYTES",
    "NORMALISATIONS",
    "SIZE_LIMIT",
    "OwnModelError",
    "own_model",
    "read_labels",
    "spec_from_state",
]

INPUT_SIZES = (32, 512)
"""Smallest and largest side of the pictures, in pixels."""
NORMALISATIONS: Mapping[str, tuple[Colour, Colour]] = {
    "ImageNet's": (IMAGENET_MEAN, IMAGENET_STD),
    "none (0 to 1)": ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
    "0.5 / 0.5 (−1 to 1)": ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
}
"""Mean and standard deviation per colour channel, by their usual names."""
PARAMETER_LIMIT = 64_000_000
"""256 MB in float32; DenseNet-264 has 33 million."""
MULTIPLY_ADD_LIMIT = 50_000_000_000
"""For one picture; DenseNet-161 at 512 px needs 40 G, about ten seconds on two cores."""
ACTIVATION_LIMIT = 2_500_000_000
"""Bytes of all maps of one picture; DenseNet-264 at 512 px writes 2.2 GB."""

PROVENANCE = "Your own file; the app does not know its training data."


def own_model(
    weights: bytes,
    labels: bytes | None = None,
    *,
    input_size: int = 224,
    mean: Colour = IMAGENET_MEAN,
    std: Colour = IMAGENET_STD,
) -> LoadedModel:
    """The network of a visitor's weight file, ready to use.

    Args:
        weights: a .safetensors or .pth file's bytes: the state dict of a DenseNet in torchvision's
            names, today's or the older ones with `norm.1`.
        labels: a file's bytes as `read_labels` reads them; None names classes by their number.
        input_size: height and width of its pictures, in pixels (32 to 512).
        mean: subtracted from each colour channel, of values from 0 to 1.
        std: what each colour channel is divided by, above 0.

    Returns:
        A model with a name of its own, "own-" and 12 hex digits that all of the above decide.

    Raises:
        OwnModelError: the files cannot be used; one sentence says why.
    """
    from densenet_viz.network.own.untrusted import read_weights

    low, high = INPUT_SIZES
    if not low <= input_size <= high:
        raise OwnModelError(
            f"An input size of {input_size} px was given; {low} to {high} px are allowed."
        )
    state = read_weights(weights)
    spec = spec_from_state(state, input_size)
    _check_cost(spec)
    names = read_labels(labels, spec.num_classes)
    classes = f"{spec.num_classes:,} {'class' if spec.num_classes == 1 else 'classes'}"
    model = LoadedModel(
        name=_name(weights, labels, (input_size, mean, std)),
        title=f"Your model ({spec.name}, {classes})",
        spec=spec,
        network=_network(spec, state),
        labels=names,
        input_size=input_size,
        mean=mean,
        std=std,
        provenance=PROVENANCE,
        knows=f"Knows the {classes} that it was trained to tell apart, and names one of them for "
        "any picture.",
        trained=True,
    )
    _check_answer(model)
    return model


def _name(weights: bytes, labels: bytes | None, settings: tuple[int, Colour, Colour]) -> str:
    digest = hashlib.sha256()
    for part in (weights, b"" if labels is None else labels, repr(settings).encode()):
        digest.update(hashlib.sha256(part).digest())
    return f"own-{digest.hexdigest()[:12]}"


def _check_cost(spec: DenseNetSpec) -> None:
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


def _network(spec: DenseNetSpec, state: Mapping[str, Tensor]) -> nn.Module:
    """The live network of `spec` with these weights, as float32 and laid out for a CPU.

    Raises:
        OwnModelError: a weight is missing, left over, of another shape, or not finite.
    """
    import torch

    from densenet_viz.network.build import build

    network = build(spec)
    expected = {
        key: tuple(value.shape)
        for key, value in network.state_dict().items()
        if not key.endswith("num_batches_tracked")
    }
    _check_names(expected, state)
    _check_shapes(spec, expected, state)
    ready = {key: value.detach().to(torch.float32) for key, value in state.items()}
    _check_values(ready)
    network.load_state_dict(ready)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network


def _check_names(expected: Mapping[str, object], state: Mapping[str, object]) -> None:
    if missing := [key for key in expected if key not in state]:
        more = f" (and {len(missing) - 1:,} more)" if len(missing) > 1 else ""
        raise OwnModelError(f"The file has no {missing[0]}{more}.")
    if surplus := [key for key in state if key not in expected]:
        raise OwnModelError(
            f"The file has {surplus[0][:80]}, which torchvision's DenseNet does not have."
        )


def _check_shapes(
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


def _check_values(state: Mapping[str, Tensor]) -> None:
    for key, value in state.items():
        if not bool(value.isfinite().all()):
            raise OwnModelError(f"The file's {key} has values that are not finite in float32.")
        if key.endswith("running_var") and bool((value < 0).any()):
            raise OwnModelError(f"The file's {key} has a variance below zero.")


def _check_answer(model: LoadedModel) -> None:
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
