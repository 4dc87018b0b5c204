"""The nine systems, live, against the lecture's table."""

from __future__ import annotations

import re

import pytest
import torch
from torch import nn

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.spec import VARIANTS, DenseNetSpec
from densenet_viz.facts.systems import NAMED_SPECS, REFERENCE, SYSTEMS, KerasRow
from densenet_viz.network.build import build
from densenet_viz.network.systems import build_system
from tests.live_counts import counted
from tests.tiers import in_tiers

TABLE = {
    "ResNet50": (98, 74.9, 92.1, 25.6, 107, 58.2, 4.6),
    "ResNet50V2": (98, 76.0, 93.0, 25.6, 103, 45.6, 4.4),
    "ResNet101": (171, 76.4, 92.8, 44.7, 209, 89.6, 5.2),
    "ResNet101V2": (171, 77.2, 93.8, 44.7, 205, 72.7, 5.4),
    "ResNet152": (232, 76.6, 93.1, 60.4, 311, 127.4, 6.5),
    "ResNet152V2": (232, 78.0, 94.2, 60.4, 307, 107.5, 6.6),
    "DenseNet121": (33, 75.0, 92.3, 8.1, 242, 77.1, 5.4),
    "DenseNet169": (57, 76.2, 93.2, 14.3, 338, 96.4, 6.3),
    "DenseNet201": (80, 77.3, 93.6, 20.2, 402, 127.2, 6.7),
}
"""The lecture's: size, top-1, top-5, million parameters, depth, ms on a CPU, ms on a GPU."""

EXACT = {
    "resnet50": (107, 25_557_032, 53_120, 26_560, 25_636_712),
    "resnet101": (209, 44_549_160, 105_344, 52_672, 44_707_176),
    "resnet152": (311, 60_192_808, 151_424, 75_712, 60_419_944),
    "resnet50v2": (103, 25_549_352, 45_440, 19_008, 25_613_800),
    "resnet101v2": (205, 44_541_480, 97_664, 36_416, 44_675_560),
    "resnet152v2": (307, 60_185_128, 143_744, 51_776, 60_380_648),
    "densenet121": (242, 7_978_856, 83_648, 0, 8_062_504),
    "densenet169": (338, 14_149_480, 158_400, 0, 14_307_880),
    "densenet201": (402, 20_013_928, 229_056, 0, 20_242_984),
}
"""Depth, trainable parameters, running statistics, Keras's biases, Keras's total."""


def test_the_cited_table_is_the_lectures() -> None:
    assert {s.title: s.cited for s in SYSTEMS.values()} == {
        title: KerasRow(*row) for title, row in TABLE.items()
    }
    assert tuple(SYSTEMS) == tuple(EXACT)
    assert REFERENCE in SYSTEMS


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_exact_totals_are_the_cited_ones(name: str) -> None:
    """Rounded to 0.1 million; Keras's files, in 2**20 bytes, hold names besides."""
    system = SYSTEMS[name]
    assert system.keras_total / 1e6 == pytest.approx(system.cited.parameters, abs=0.051)
    megabytes = 4 * system.keras_total / 2**20
    assert megabytes == pytest.approx(system.cited.megabytes, abs=3)


FIRST = {"resnet50", "resnet50v2", "densenet121"}
"""One of each family is built and run in the first tier."""


@pytest.mark.parametrize("name", in_tiers(EXACT, FIRST))
def test_live_counts_are_exact(name: str) -> None:
    depth, trainable, statistics, biases, total = EXACT[name]
    system, live = SYSTEMS[name], counted(name)
    inventory = live.inventory
    assert inventory.depth == system.cited.depth == depth
    assert inventory.parameters == live.parameters == trainable
    assert inventory.running_statistics == live.buffers == statistics
    assert inventory.keras_biases == biases
    assert inventory.keras_total == system.keras_total == total == trainable + statistics + biases
    assert inventory.weight_bytes == 4 * (trainable + statistics)


@pytest.mark.parametrize("name", in_tiers(NAMED_SPECS, FIRST))
def test_arithmetic_is_what_the_live_network_shows(name: str) -> None:
    live, computed = counted(name).inventory, inventory_of(NAMED_SPECS[name])
    for one, other in zip(live.leaves, computed.leaves, strict=True):
        assert one == other
    assert live == computed


@pytest.mark.parametrize("name", in_tiers(NAMED_SPECS, FIRST))
def test_each_answers_with_a_thousand_numbers(name: str) -> None:
    logits = counted(name).logits
    assert logits.shape == (2, 1000)
    assert bool(logits.isfinite().all())
    assert not torch.equal(logits[0], logits[1])


def test_every_name_stands_for_one_network() -> None:
    assert set(NAMED_SPECS) == set(VARIANTS) | set(SYSTEMS)
    for name, system in SYSTEMS.items():
        assert NAMED_SPECS[name] is system.spec
    assert [s.spec.depth for s in SYSTEMS.values()] == [50, 101, 152, 50, 101, 152, 121, 169, 201]


def test_the_notes_tell_both_counts_of_resnet_50() -> None:
    """He et al. halve the picture in another convolution than torchvision does."""
    assert {"4.09", "3.86"} <= set(re.findall(r"\d+\.\d+", SYSTEMS["resnet50"].note))
    assert all(system.note for system in SYSTEMS.values())


def test_an_unknown_name_is_told_which_there_are() -> None:
    with pytest.raises(ValueError, match=r"'vgg16'.*\bdensenet121, .*resnet152v2"):
        build_system("vgg16")


def test_only_densenets_save_memory() -> None:
    with pytest.raises(ValueError, match="resnet50"):
        build_system("resnet50", memory_efficient=True)


def gradient(network: nn.Module) -> torch.Tensor:
    """Of one number that depends on all, in the first weights."""
    noise = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    network.train()(noise).square().mean().backward()
    found = network.get_submodule("features.conv0").get_parameter("weight").grad
    assert found is not None
    return found


def test_saving_memory_changes_no_number() -> None:
    spec = DenseNetSpec(6, (2, 3), 10, num_classes=5)
    plain, saving = (build(spec, seed=0, memory_efficient=saving) for saving in (False, True))
    torch.testing.assert_close(gradient(saving), gradient(plain))


def test_saving_memory_is_torchvisions() -> None:
    for saving in (True, False):
        network = build_system("densenet121", seed=0, memory_efficient=saving)
        layers = [m for m in network.modules() if hasattr(m, "memory_efficient")]
        assert len(layers) == 58
        assert {layer.memory_efficient for layer in layers} == {saving}
