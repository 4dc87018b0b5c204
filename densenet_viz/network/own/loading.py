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
from densenet_viz.network.own.checks import (
    check_answer,
    check_cost,
    check_joined,
    check_names,
    check_norms,
    check_purpose,
    check_shapes,
    check_values,
)
from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.labels import read_labels
from densenet_viz.network.own.layout import FileLayout
from densenet_viz.network.own.preparation import Preparation, Signs, guess
from densenet_viz.network.own.spec import check_stem, joined_stem, last_channels, spec_from_state

if TYPE_CHECKING:
    from torch import Tensor, nn

    from densenet_viz.network.own.file_labels import FileLabels
    from densenet_viz.network.own.heads import Head

INPUT_SIZES = (16, 512)
"""Smallest and largest side of the pictures, in pixels."""
_NAMED = 5
"""The most labels that are named."""
PROVENANCE = "Your own file; the app does not know its training data."


@dataclass(frozen=True, eq=False)
class WeightFile:
    """What a weight file tells, before anything is chosen.

    `choices` are the names of all networks in the file, if there are several; `name` is the one
    that was read. `outputs` counts the numbers that the network gives. `preset` and `preparation`
    are a first guess. `notes` say how the file was read, a sentence each. `labels` are those that
    the file has, if they fit.
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
    labels: FileLabels | None = None


def read_weight_file(weights: bytes, name: str | None = None) -> WeightFile:
    """What is in a weight file, and a first guess of what it cannot tell.

    Args:
        weights: a file's bytes: a state dict of a DenseNet, as training code saves it
            (`finding`, `heads`), .safetensors or of `torch.save`.
        name: which of several networks in the file; None takes averaged weights before others.

    Raises:
        OwnModelError: the file cannot be used; one sentence says why.
    """
    from densenet_viz.network.own.content import read_content
    from densenet_viz.network.own.file_labels import labels_inside
    from densenet_viz.network.own.finding import networks_in
    from densenet_viz.network.own.heads import head_of
    from densenet_viz.network.own.notes import notes_of

    content, plain = read_content(weights)
    networks = networks_in(content)
    found = next((each for each in networks if each.name == name), networks[0])
    named = {f"features.{key}": value for key, value in found.features.items()}
    features = joined_stem(named)
    stem_bias = len(features) < len(named)
    check_purpose(found)
    check_stem(features)
    check_norms(features)
    check_joined(found)
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
    labels, unused = labels_inside(content, outputs)
    notes = notes_of(found, networks, head, spec, outputs, stem_bias=stem_bias)
    return WeightFile(
        digest=hashlib.sha256(weights).hexdigest(),
        name=found.name,
        choices=tuple(each.name for each in networks) if len(networks) > 1 else (),
        spec=spec,
        outputs=outputs,
        preset=preset,
        preparation=preparation,
        notes=(*notes, unused) if unused else notes,
        state=features | _named(head),
        layout=FileLayout(
            path=found.path,
            start=found.start,
            head=head.modules,
            single=outputs == 1,
            plain=plain,
            wrapped=found.wrapped,
            stem_bias=stem_bias,
        ),
        labels=labels,
    )


def own_model(
    weights: bytes | WeightFile,
    labels: bytes | None = None,
    preparation: Preparation | None = None,
) -> LoadedModel:
    """The network of a visitor's weight file, ready to use.

    Args:
        weights: a file's bytes, or what `read_weight_file` made of them.
        labels: a file's bytes as `read_labels` reads them; None takes the weight file's own
            labels, and names classes by their number if it has none.
        preparation: how pictures are prepared and outputs are read; None takes the guess.

    Returns:
        A model with a name of its own, "own-" and 12 hex digits that all of the above decide.

    Raises:
        OwnModelError: the files cannot be used; one sentence says why.
    """
    file = weights if isinstance(weights, WeightFile) else read_weight_file(weights)
    given = preparation or file.preparation
    low, high = INPUT_SIZES
    if not low <= given.input_size <= high:
        raise OwnModelError(
            f"An input size of {given.input_size} px was given; {low} to {high} px are allowed."
        )
    spec = _sized(file.spec, given.input_size)
    check_cost(spec)
    single = file.outputs == 1
    inside = file.labels if labels is None else None
    names = inside.names if inside else read_labels(labels, spec.num_classes, single=single)
    exclusive = single or given.outputs == "exclusive"
    classes = f"{spec.num_classes:,} {'class' if spec.num_classes == 1 else 'classes'}"
    model = LoadedModel(
        name=_name(file, names, given),
        title=f"Your model ({spec.name}, {classes})",
        spec=spec,
        network=_network(spec, file.state),
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
        notes=(*file.notes, *([_said(inside)] if inside else [])),
        layout=file.layout,
    )
    check_answer(model)
    return model


def _said(labels: FileLabels) -> str:
    first = ", ".join(labels.names[:_NAMED])
    more = ", …" if len(labels.names) > _NAMED else ""
    place = f"in the weight file ({labels.place})"
    return f"The {len(labels.names):,} labels are {place}: {first}{more}"


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


def _name(file: WeightFile, labels: tuple[str, ...], given: Preparation) -> str:
    digest = hashlib.sha256()
    for part in (file.digest, file.name, repr(given), *labels):
        digest.update(hashlib.sha256(part.encode()).digest())
    return f"own-{digest.hexdigest()[:12]}"


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
    check_names(expected, state)
    check_shapes(spec, expected, state)
    ready = {key: value.detach().to(torch.float32) for key, value in state.items()}
    check_values(ready)
    network.load_state_dict(ready)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network
