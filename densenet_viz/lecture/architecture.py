"""Pictures from inside a network: its blocks, layers and transitions, and how they are counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from densenet_viz.lecture.deck import Setting
from densenet_viz.lecture.networks import Networks
from densenet_viz.scenes.generator import sample_scene

StageScene = Mapping[str, Any]
Settings = Mapping[str, Setting]


def growth(networks: Networks, given: Settings) -> StageScene:
    """Layer by layer through a block; a growth rate that was not trained gets random weights."""
    from densenet_viz.stage.growth.scene import growth_scene

    model, kind, block = str(given["model"]), str(given["picture"]), int(given["block"])
    trace = networks.explored(model, kind, growth_rate=int(given["k"]), until_block=block)
    return growth_scene(trace, block=block, caption=f"a drawn {kind}")


def block(networks: Networks, given: Settings) -> StageScene:
    """Every connection of a block."""
    from densenet_viz.stage.block.scene import block_scene

    trace = networks.trace(str(given["model"]), str(given["picture"]))
    return block_scene(trace, block=int(given["block"]))


def transition(networks: Networks, given: Settings) -> StageScene:
    """The network's own transition after a block."""
    from densenet_viz.stage.transition.scene import transition_scene

    trace = networks.trace(str(given["model"]), str(given["picture"]))
    after = int(given["block"])
    return transition_scene(
        trace.transitions[after - 1],
        trace.blocks[after - 1],
        compression=trace.spec.compression,
        trained=trace.trained,
        own=True,
        mismatches=trace.mismatches,
    )


def paths(networks: Networks, given: Settings) -> StageScene:
    """The paths of the loss's gradient back to the first layer of a block."""
    from densenet_viz.measure.paths import gradient_paths
    from densenet_viz.stage.paths.scene import paths_scene

    model, kind, number = (
        networks.named(str(given["model"])),
        str(given["picture"]),
        int(given["block"]),
    )
    found = gradient_paths(
        model, sample_scene(kind).image, block=number, target=model.labels.index(kind)
    )
    last = number == len(model.spec.block_config)
    return paths_scene(found, after="the classifier" if last else f"transition {number}")


def overview(_networks: Networks, given: Settings) -> StageScene:
    """A variant as one strip, computed without a network."""
    from densenet_viz.facts.spec import VARIANTS
    from densenet_viz.images.pictures import fit
    from densenet_viz.stage.overview.scene import overview_scene

    kind = str(given["picture"])
    pixels = fit(sample_scene(kind).image, 160)
    return overview_scene(VARIANTS[str(given["variant"])], pixels, alt=f"a drawn {kind}")


def variants(_networks: Networks, _given: Settings) -> StageScene:
    """The five variants on one scale, computed without a network."""
    from densenet_viz.stage.variants.scene import variants_scene, variants_shown

    return variants_scene(variants_shown(), {})


def name_count(_networks: Networks, _given: Settings) -> StageScene:
    """Which layers the number in a variant's name counts."""
    from densenet_viz.stage.variants.count import count_scene
    from densenet_viz.stage.variants.scene import variants_shown

    return count_scene(variants_shown(), {})


def systems(_networks: Networks, given: Settings) -> StageScene:
    """The lecture's nine systems: cited accuracies and times, computed costs."""
    from densenet_viz.facts.arithmetic.counting import inventory_of
    from densenet_viz.facts.systems import SYSTEMS
    from densenet_viz.stage.scatter.scene import scatter_scene
    from densenet_viz.stage.scatter.systems import system_groups, system_panels, times_of

    inventories = {name: inventory_of(system.spec) for name, system in SYSTEMS.items()}
    times = times_of()[str(given["time"])]
    return scatter_scene(
        system_panels(inventories, accuracy="top1", times=times),
        groups=system_groups(),
        label="Nine ImageNet systems: accuracy against parameters, multiply-adds and time",
        measured_word="cost computed, accuracy cited",
        cited_word="both cited",
    )
