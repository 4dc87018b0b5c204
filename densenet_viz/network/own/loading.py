"""A visitor's own DenseNet: a state dict, labels, and how its pictures are prepared.

The files may be hostile: sizes, names, shapes and values are checked before a network gets them,
and one sentence says what is wrong. Nothing is written to disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.labels import read_labels
from densenet_viz.network.own.layout import FileLayout
from densenet_viz.network.own.preparation import Preparation, Signs, guess
from densenet_viz.network.own.spec import check_stem, last_channels, spec_from_state, words

if TYPE_CHECKING:
    from torch import Tensor, nn

    from densenet_viz.network.own.finding import Found
    from densenet_viz.network.own.heads import Head

INPUT_SIZES = (32, 512)
"""Smallest and largest side of the pictures, in pixels."""
PARAMETER_LIMIT = 64_000_000
"""256 MB in float32; DenseNet-264 has 33 million."""
MULTIPLY_ADD_LIMIT = 50_000_000_000
"""For one picture; DenseNet-161 at 512 px needs 40 G, about ten seconds on two cores."""
ACTIVATION_LIMIT = 2_500_000_000
"""Bytes of all maps of one picture; DenseNet-264 at 512 px writes 2.2 GB."""

PROVENANCE = "Your own file; the app does not know its training data."


@dataclass(frozen=True, eq=False)
class Reading:
    """What a weight file tells, before anything is chosen.

    `choices` are the names of all networks in the file, if there are several; `name` is the one
    that was read. `outputs` counts the numbers that the network gives. `preset` and `preparation`
    are a first guess. `notes` say how the file was read, a sentence each.
    """

    digest: str
    name: str
    choices: tuple[str, ...]
    spec: DenseNetSpec
    outputs: int
    preset: str
    preparation: Preparation
    notes: tuple[str, ...]
    state: Mapping[str, Tensor]
    layout: FileLayout


def read_model(weights: bytes, name: str | None = None) -> Reading:
    """What is in a weight file, and a first guess of what it cannot tell.

    Args:
        weights: a file's bytes: a state dict of a DenseNet, as training code saves it
            (`finding`, `heads`), .safetensors or of `torch.save`.
        name: which of several networks in the file; None takes averaged weights before others.

    Raises:
        OwnModelError: the file cannot be used; one sentence says why.
    """
    from densenet_viz.network.own.finding import networks_in
    from densenet_viz.network.own.heads import head_of
    from densenet_viz.network.own.notes import notes_of
    from densenet_viz.network.own.reading import read_content

    content, plain = read_content(weights)
    networks = networks_in(content)
    found = next((each for each in networks if each.name == name), networks[0])
    features = {f"features.{key}": value for key, value in found.features.items()}
    check_stem(features)
    _check_joined(found)
    head = head_of(found, last_channels(features))
    outputs = head.widths[-1]
    head = _paired(head) if outputs == 1 else head
    spec = spec_from_state(features, head.widths, Preparation().input_size)
    signs = Signs(
        outputs=outputs,
        grey=spec.input_channels == 1,
        small_stem=spec.stem == "3×3",
        monai_names=found.monai,
        left_out=head.left_out,
    )
    preset, preparation = guess(signs)
    return Reading(
        digest=hashlib.sha256(weights).hexdigest(),
        name=found.name,
        choices=tuple(each.name for each in networks) if len(networks) > 1 else (),
        spec=spec,
        outputs=outputs,
        preset=preset,
        preparation=preparation,
        notes=notes_of(found, networks, head, spec, outputs),
        state=features | _named(head),
        layout=FileLayout(found.path, found.start, head.modules, outputs == 1, plain),
    )


def own_model(
    weights: bytes | Reading,
    labels: bytes | None = None,
    preparation: Preparation | None = None,
) -> LoadedModel:
    """The network of a visitor's weight file, ready to use.

    Args:
        weights: a file's bytes, or what `read_model` made of them.
        labels: a file's bytes as `read_labels` reads them; None names classes by their number.
        preparation: how pictures are prepared and outputs are read; None takes the guess.

    Returns:
        A model with a name of its own, "own-" and 12 hex digits that all of the above decide.

    Raises:
        OwnModelError: the files cannot be used; one sentence says why.
    """
    reading = weights if isinstance(weights, Reading) else read_model(weights)
    given = preparation or reading.preparation
    low, high = INPUT_SIZES
    if not low <= given.input_size <= high:
        raise OwnModelError(
            f"An input size of {given.input_size} px was given; {low} to {high} px are allowed."
        )
    spec = _sized(reading.spec, given.input_size)
    _check_cost(spec)
    single = reading.outputs == 1
    names = read_labels(labels, spec.num_classes, single=single)
    exclusive = single or given.outputs == "exclusive"
    classes = f"{spec.num_classes:,} {'class' if spec.num_classes == 1 else 'classes'}"
    model = LoadedModel(
        name=_name(reading, labels, given),
        title=f"Your model ({spec.name}, {classes})",
        spec=spec,
        network=_network(spec, reading.state),
        labels=names,
        input_size=given.input_size,
        mean=given.mean,
        std=given.std,
        provenance=PROVENANCE,
        knows=_knows(classes, spec.num_classes, exclusive=exclusive),
        trained=True,
        # The two outputs are -z and z, so half of each under a softmax is z under a sigmoid.
        temperature=2.0 if single else 1.0,
        fit=given.fit,
        exclusive=exclusive,
        notes=reading.notes,
        layout=reading.layout,
    )
    _check_answer(model)
    return model


def _sized(spec: DenseNetSpec, size: int) -> DenseNetSpec:
    from densenet_viz.facts.spec import SpecError

    try:
        return replace(spec, input_size=size)
    except SpecError as error:
        raise OwnModelError(f"This DenseNet cannot be shown: {error}") from None


def _knows(classes: str, count: int, *, exclusive: bool) -> str:
    if exclusive:
        return (
            f"Knows the {classes} that it was trained to tell apart, and names one of them for any "
            "picture."
        )
    return f"Judges each of its {count:,} findings by itself: several can be present, or none."


def _paired(head: Head) -> Head:
    """A head of one score z with two outputs, -z and z."""
    import torch

    *before, last = head.layers
    weight, bias = (torch.cat([-part, part]) for part in (last.weight, last.bias))
    return replace(head, layers=(*before, replace(last, weight=weight, bias=bias)))


def _named(head: Head) -> dict[str, Tensor]:
    """The head's weights by the names that `build` gives them."""
    several = len(head.layers) > 1
    named: dict[str, Tensor] = {}
    for index, layer in enumerate(head.layers):
        name = f"classifier.{2 * index}" if several else "classifier"
        named |= {f"{name}.weight": layer.weight, f"{name}.bias": layer.bias}
    return named


def _name(reading: Reading, labels: bytes | None, given: Preparation) -> str:
    digest = hashlib.sha256()
    parts = (reading.digest, reading.name, repr(given))
    for part in (*(part.encode() for part in parts), b"" if labels is None else labels):
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


def _check_joined(found: Found) -> None:
    """Refuses features that stand in a Sequential: no ReLU follows their last norm there.

    Raises:
        OwnModelError: they do.
    """
    from densenet_viz.network.own.kinds import FASTAI
    from densenet_viz.network.own.reading import is_number

    if is_number(found.start.rstrip(".").rpartition(".")[2]):
        raise OwnModelError(
            "The file has the features inside a Sequential, as fastai saves them. There is no ReLU "
            "after the last norm then, and the app's DenseNets have one. These lines train "
            "torchvision's whole DenseNet.",
            FASTAI,
        )


def _check_names(expected: Mapping[str, object], state: Mapping[str, object]) -> None:
    from densenet_viz.network.own.reading import printable

    if missing := [key for key in expected if key not in state]:
        more = f" (and {len(missing) - 1:,} more)" if len(missing) > 1 else ""
        raise OwnModelError(f"The file has no {missing[0]}{more}.")
    if surplus := [key for key in state if key not in expected]:
        raise OwnModelError(
            f"The file has {printable(surplus[0])}, which torchvision's DenseNet does not have."
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
