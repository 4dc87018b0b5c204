"""The variants side by side: what the strips show, without torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TypedDict

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.arithmetic.inventory import Inventory, total
from densenet_viz.facts.spec import VARIANTS, DenseNetSpec
from densenet_viz.figures.theme import layer_colour
from densenet_viz.stage.overview.scene import Shape, network_parts
from densenet_viz.stage.shared.controls import ControlsScene
from densenet_viz.stage.shared.spec import SpecScene, spec_scene

OWN = "own"
REFERENCE = "densenet121"
COMPUTED = "computed from the architecture"


@dataclass(frozen=True)
class Variant:
    """A network with its usual name; `called` is the number in that name."""

    id: str
    title: str
    called: int
    spec: DenseNetSpec

    @property
    def short(self) -> str:
        """Its name on a switch: "121", or "yours"."""
        return "yours" if self.id == OWN else str(self.called)


def variants_shown(own: DenseNetSpec | None = None) -> tuple[Variant, ...]:
    """The five variants, grouped by growth rate, shallow first, then the visitor's own network.

    >>> [variant.title for variant in variants_shown()][:2], variants_shown()[-1].short
    (['DenseNet-121', 'DenseNet-169'], '161')
    """
    named = [
        Variant(name, f"DenseNet-{number}", number, spec)
        for name, spec in VARIANTS.items()
        for number in (int(name.removeprefix("densenet")),)
    ]
    named.sort(key=lambda variant: (variant.spec.growth_rate, variant.spec.depth))
    yours = [Variant(OWN, "Yours", own.depth, own)] if own else []
    return (*named, *yours)


# -- strips ---------------------------------------------------------------------------------


class Block(TypedDict):
    """A block of a strip, its size in words."""

    number: int
    layers: int
    pixels: int
    channels: str
    parameters: str
    multiplyAdds: str
    title: str
    sentence: str


class VariantScene(TypedDict):
    """A network as a strip; `k` is its growth rate, `own` whether it is the visitor's."""

    id: str
    name: str
    own: bool
    k: int
    parameters: str
    multiplyAdds: str
    title: str
    sentence: str
    parts: list[Shape]
    blocks: list[Block]


class Named(TypedDict):
    """A network that has a name."""

    name: str
    spec: SpecScene


class Explore(TypedDict):
    """The controls of the visitor's own network, which start at `base`.

    It is not shown if it is one of `named`. `refused` says why the network in the address is not
    shown; it is empty if it is.
    """

    base: SpecScene
    controls: ControlsScene
    named: list[Named]
    refused: str


class VariantsScene(TypedDict):
    """What `variants.js` shows."""

    key: str
    title: str
    sentence: str
    variants: list[VariantScene]
    colours: list[str]
    badge: str
    description: str
    explore: Explore | None


def variants_scene(variants: Sequence[Variant], counted: Mapping[str, Inventory]) -> VariantsScene:
    """The scene of `variants.js`: every network as a strip, all on one scale.

    Args:
        variants: from top to bottom.
        counted: by id, the networks that were counted live; numbers of the others are computed.
    """
    most = max(max(variant.spec.block_config) for variant in variants)
    title, sentence = _rest_words(variants)
    return {
        "key": scene_key(variants),
        "title": title,
        "sentence": sentence,
        "variants": [
            _strip(variant, counted.get(variant.id) or inventory_of(variant.spec))
            for variant in variants
        ],
        "colours": [layer_colour(layer) for layer in range(most + 1)],
        "badge": _badge(variants, counted),
        "description": _description(variants),
        "explore": None,
    }


def explore_scene(controls: ControlsScene, *, refused: str = "") -> Explore:
    """The controls of a stage whose own network starts at DenseNet-121.

    Args:
        controls: with the names `k`, `layers`, `block2` to `block4`, `initial`, `compression` and
            `bottleneck`.
        refused: why the network in the address cannot be shown.
    """
    return {
        "base": spec_scene(VARIANTS[REFERENCE]),
        "controls": controls,
        "named": [
            {"name": variant.title, "spec": spec_scene(variant.spec)}
            for variant in variants_shown()
        ],
        "refused": refused,
    }


def scene_key(variants: Sequence[Variant]) -> str:
    """Scenes with equal keys are drawn alike; their numbers may be counted or computed."""
    return "|".join(f"{variant.id} {variant.spec}" for variant in variants)


def _badge(variants: Sequence[Variant], counted: Mapping[str, Inventory]) -> str:
    live = all(variant.id in counted for variant in variants)
    return "live: counted on these networks" if live else COMPUTED


def _strip(variant: Variant, inventory: Inventory) -> VariantScene:
    spec = variant.spec
    title, sentence = _variant_words(variant, inventory)
    return {
        "id": variant.id,
        "name": variant.title,
        "own": variant.id == OWN,
        "k": spec.growth_rate,
        "parameters": in_millions(inventory.parameters),
        "multiplyAdds": in_billions(inventory.multiply_adds),
        "title": title,
        "sentence": sentence,
        "parts": _shapes(spec),
        "blocks": [
            _block(variant, inventory, block) for block in range(1, len(spec.block_config) + 1)
        ],
    }


def _shapes(spec: DenseNetSpec) -> list[Shape]:
    return [
        {
            "kind": part["kind"],
            "number": part["number"],
            "reads": part["reads"],
            "leaves": part["leaves"],
            "pixels": part["pixels"],
            "layers": part["layers"],
        }
        for part in network_parts(spec)
        if part["kind"] != "picture"
    ]


def _block(variant: Variant, inventory: Inventory, block: int) -> Block:
    spec, layers = variant.spec, variant.spec.block_config[block - 1]
    leaves = [leaf for leaf in inventory.leaves if leaf.place == f"block {block}"]
    parameters, products = total(leaves, "parameters"), total(leaves, "multiply_adds")
    reads, stands = spec.block_inputs[block - 1], spec.block_outputs[block - 1]
    pixels = spec.block_sizes[block - 1]
    return {
        "number": block,
        "layers": layers,
        "pixels": pixels,
        "channels": f"{reads:,} → {stands:,} maps",
        "parameters": in_millions(parameters),
        "multiplyAdds": in_billions(products),
        "title": f"{variant.title}, block {block}: {_counted(layers, 'layer')}",
        "sentence": f"{reads:,} → {stands:,} maps of {pixels} × {pixels} px: each layer adds "
        f"{spec.growth_rate}. The block "
        f"holds {parameters / inventory.parameters:.0%} of the parameters "
        f"({in_millions(parameters)} of {in_millions(inventory.parameters)}) and does "
        f"{products / inventory.multiply_adds:.0%} of the multiply-adds.",
    }


def _rest_words(variants: Sequence[Variant]) -> tuple[str, str]:
    """What the variants have in common and how they differ."""
    deepest = max(variants, key=lambda variant: variant.spec.depth)
    widest = max(variants, key=lambda variant: variant.spec.growth_rate)
    small = VARIANTS[REFERENCE]
    more = [
        f"{_counted(there - here, 'more layer')} in block {number}"
        for number, (here, there) in enumerate(
            zip(small.block_config, deepest.spec.block_config, strict=True), start=1
        )
        if there > here
    ]
    title, shared = _shared_words([variant.spec.block_config for variant in variants])
    return (
        title,
        f"{shared} {deepest.title} is deeper than DenseNet-121, with {_listed(more)}. "
        f"Only {widest.title} is wider, with k = {widest.spec.growth_rate} instead "
        f"of {small.growth_rate}.",
    )


def _shared_words(configs: Sequence[tuple[int, ...]]) -> tuple[str, str]:
    """A title about the blocks that differ, and a sentence about the blocks before them."""
    columns = list(zip(*configs, strict=True))
    alike = len(list(takewhile(lambda layers: len(set(layers)) == 1, columns)))
    apart = [str(number) for number in range(alike + 1, len(columns) + 1)]
    title = f"Blocks {_listed(apart)} make the difference"
    if len(apart) == 1:
        title = f"Block {apart[0]} makes the difference"
    if alike == 0:
        return title, "Even the first block does not have the same number of layers in all."
    layers = f"{_listed([str(count) for count in configs[0][:alike]])} layers in all of them."
    if alike == 1:
        return title, f"Block 1 has {layers}"
    return title, f"Blocks {_listed([str(number + 1) for number in range(alike)])} have {layers}"


def _variant_words(variant: Variant, inventory: Inventory) -> tuple[str, str]:
    spec, small = variant.spec, VARIANTS[REFERENCE]
    blocks = ", ".join(map(str, spec.block_config))
    title = (
        f"{variant.title}: {in_millions(inventory.parameters)} parameters, "
        f"{in_billions(inventory.multiply_adds)} multiply-adds"
    )
    rule = "" if spec.bottleneck else ", without bottleneck"
    sentence = (
        f"k = {spec.growth_rate}{rule}; {sum(spec.block_config)} layers in blocks of {blocks}; "
        f"{spec.initial_channels} → {spec.block_outputs[-1]:,} maps; {sum(spec.connections):,} "
        "direct connections."
    )
    if variant.id != REFERENCE:
        sentence += (
            f" {_times(inventory.parameters, small.parameters)} the parameters of DenseNet-121, "
            f"{_times(inventory.multiply_adds, small.multiply_adds)} its multiply-adds."
        )
    return title, sentence


def _description(variants: Sequence[Variant]) -> str:
    """The strips in words, for screen readers."""
    strips = "; ".join(
        f"{variant.title} with blocks of {', '.join(map(str, variant.spec.block_config))} layers "
        f"grows from {variant.spec.initial_channels} to {max(variant.spec.block_outputs):,} maps"
        for variant in variants
    )
    return f"Strips on one scale (height: channels, width: pixels): {strips}."


# -- numbers --------------------------------------------------------------------------------


def in_millions(count: int) -> str:
    """Parameters in millions, short enough for a slide.

    >>> in_millions(7_978_856), in_millions(33_337_704), in_millions(134_400)
    ('7.98 M', '33.3 M', '0.13 M')
    """
    return f"{count / 1e6:.1f} M" if count >= 9.995e6 else f"{count / 1e6:.2f} M"


def in_billions(count: int) -> str:
    """Multiply-adds in billions, short enough for a slide.

    >>> in_billions(2_834_161_664)
    '2.83 G'
    """
    return f"{count / 1e9:.2f} G"


def _times(one: int, other: int) -> str:
    return f"{one / other:.1f} times"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _listed(words: Sequence[str]) -> str:
    """Words as a list, with an "and" before the last.

    >>> _listed(["1"]), _listed(["1", "2", "3"])
    ('1', '1, 2 and 3')
    """
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
