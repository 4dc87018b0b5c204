"""Cited numbers agree with every second source there is, and counts with networks that run."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from densenet_viz.facts.arithmetic.cifar import (
    CifarDenseNet,
    CifarResNet,
    Counted,
    PreactivationResNetSpec,
    ResNet34,
    WideResNet,
)
from densenet_viz.facts.cited import sources
from densenet_viz.facts.cited.cifar import DATA_SETS, TABLE_2, CifarRow
from densenet_viz.facts.cited.imagenet import FIGURE_3, MEASURES, PUBLISHED_ERRORS
from densenet_viz.facts.cited.sources import Source
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network._torchvision import densenet, resnet
from densenet_viz.network.build import build
from tests.tiers import in_tiers

ROWS = {row.title: row for row in TABLE_2}

# The authors' README prints these again: parameters, C10, C10+, C100, C100+.
README = {
    "DenseNet-40 (k = 12)": "1.0 7.00 5.24 27.55 24.42",
    "DenseNet-100 (k = 12)": "7.0 5.77 4.10 23.79 20.20",
    "DenseNet-100 (k = 24)": "27.2 5.83 3.74 23.42 19.25",
    "DenseNet-BC-100 (k = 12)": "0.8 5.92 4.51 24.15 22.27",
    "DenseNet-BC-250 (k = 24)": "15.3 5.19 3.62 19.64 17.60",
    "DenseNet-BC-190 (k = 40)": "25.6 - 3.46 - 17.18",
}


# -- the cited numbers ------------------------------------------------------------------------


@pytest.mark.parametrize(("title", "printed"), README.items())
def test_densenets_of_table_2_are_those_of_the_readme(title: str, printed: str) -> None:
    row = ROWS[title]
    errors = [f"{row.errors[name]:.2f}" if name in row.errors else "-" for name in DATA_SETS]
    assert [f"{row.millions}", *errors[:4]] == printed.split()


def test_table_2_has_every_row_once_and_sane_errors() -> None:
    assert len(ROWS) == len(TABLE_2) == 21
    for row in TABLE_2:
        assert row.errors
        assert all(1 < error < 50 for error in row.errors.values())
        for bare, augmented in (("C10", "C10+"), ("C100", "C100+")):
            if bare in row.errors and augmented in row.errors:
                assert row.errors[augmented] < row.errors[bare], row.title


def test_best_of_each_column_is_what_the_paper_says() -> None:
    """Section 4.3: 3.46 and 17.18 are lowest with, 5.19 and 19.64 without augmentation."""
    best = {
        name: min(TABLE_2, key=lambda row: row.errors.get(name, 100)).title for name in DATA_SETS
    }
    assert best == {
        "C10": "DenseNet-BC-250 (k = 24)",
        "C10+": "DenseNet-BC-190 (k = 40)",
        "C100": "DenseNet-BC-250 (k = 24)",
        "C100+": "DenseNet-BC-190 (k = 40)",
        "SVHN": "DenseNet-100 (k = 24)",
    }


def test_the_papers_relative_reductions_follow_from_its_table() -> None:
    """Section 4.3: 29% on C10 and about 30% on C100, against the best other network."""
    rival, ours = ROWS["FractalNet with drop-path"], ROWS["DenseNet-BC-250 (k = 24)"]
    assert 1 - ours.errors["C10"] / rival.errors["C10"] == pytest.approx(0.29, abs=0.005)
    assert 1 - ours.errors["C100"] / rival.errors["C100"] == pytest.approx(0.30, abs=0.005)


def test_stars_stand_only_at_the_authors_own_runs() -> None:
    starred = {row.title: row.own_runs for row in TABLE_2 if row.own_runs}
    assert starred == {
        "Pre-activation ResNet-164": {"C10", "C100"},
        "Pre-activation ResNet-1001": {"C10", "C100"},
    }


def test_figure_3_has_both_families_and_deeper_is_better() -> None:
    for family in ("DenseNet", "ResNet"):
        rows = [row for row in FIGURE_3 if row.family == family]
        assert len(rows) == 4
        for measure in MEASURES:
            errors = [row.errors[measure] for row in rows]
            assert errors == sorted(errors, reverse=True), (family, measure)
    for row in FIGURE_3:
        one, five, ten_one, ten_five = (row.errors[measure] for measure in MEASURES)
        assert ten_five < five < ten_one < one


def test_published_errors_of_densenet_169_are_the_known_ones() -> None:
    own = {one.source: one.text for one in PUBLISHED_ERRORS if one.name == "densenet169"}
    assert own == {
        sources.PAPER_TABLE_3: "23.80%",
        sources.AUTHORS_README: "23.6%",
        sources.TORCHVISION: "24.400% (75.600%)",
        sources.MMPRETRAIN: "23.92% (76.08%)",
        sources.KERAS_APPLICATIONS: "23.8% (76.2%)",
    }


def test_torchvisions_errors_are_those_of_the_installed_package() -> None:
    cited = {one.name: one.top1 for one in PUBLISHED_ERRORS if one.source is sources.TORCHVISION}
    installed = {}
    for size in (121, 161, 169, 201):
        weights = getattr(densenet, f"DenseNet{size}_Weights").IMAGENET1K_V1
        assert "ported from LuaTorch" in weights.meta["_docs"]
        installed[f"densenet{size}"] = 100 - weights.meta["_metrics"]["ImageNet-1K"]["acc@1"]
    assert cited == pytest.approx(installed)


@pytest.mark.parametrize(
    "source", [one for one in vars(sources).values() if isinstance(one, Source)]
)
def test_every_source_can_be_followed(source: Source) -> None:
    assert source.url.startswith("https://")
    assert source.url in source.link
    assert source.where in source.words


# -- print against count ----------------------------------------------------------------------

COUNTED = [row for row in TABLE_2 if row.network is not None]
DIFFERENT = {"Pre-activation ResNet-1001": 10.3, "ResNet-1202 with stochastic depth": 19.4}


@pytest.mark.parametrize("row", COUNTED, ids=lambda row: row.title)
def test_printed_parameters_are_the_counted_ones(row: CifarRow) -> None:
    assert row.network is not None
    millions = round(row.network.parameters / 1e6, 1)
    assert millions == DIFFERENT.get(row.title, row.millions)
    assert bool(row.note) == (row.title in DIFFERENT)


def without_norms(count: Counted | ResNet34) -> int:
    """Parameters as some papers count them: without the batch norms' scales and shifts."""
    return sum(leaf.parameters for leaf in count.leaves if leaf.kind != "batch norm")


def test_resnet_1001_is_printed_without_its_batch_norms() -> None:
    assert round(without_norms(PreactivationResNetSpec(1001)) / 1e6, 1) == 10.2


# -- count against networks that run -----------------------------------------------------------


def live_densenet(of: CifarDenseNet) -> nn.Module:
    """The project's own live network, with the stem of small pictures."""
    spec = DenseNetSpec(
        of.growth_rate,
        (of.layers,) * 3,
        of.initial_channels,
        bottleneck=of.compact,
        compression=0.5 if of.compact else 1.0,
        num_classes=of.num_classes,
    )
    network = build(spec)
    features = network.get_submodule("features")
    for name in ("norm0", "relu0", "pool0"):
        setattr(features, name, nn.Identity())
    features.conv0 = nn.Conv2d(3, of.initial_channels, 3, padding=1, bias=False)
    return network


class Unit(nn.Module):
    """A residual unit: (kernel, width, stride) triples, with or without pre-activation."""

    def __init__(
        self, reads: int, convolutions: list[tuple[int, int, int]], pre: bool, projects: bool
    ) -> None:
        super().__init__()
        self.layers, channels, stride = nn.Sequential(), reads, 1
        for kernel, writes, step in convolutions:
            convolution = nn.Conv2d(channels, writes, kernel, step, kernel // 2, bias=False)
            norm = nn.BatchNorm2d(channels if pre else writes)
            self.layers.extend([norm, convolution] if pre else [convolution, norm])
            channels, stride = writes, stride * step
        self.shortcut = (
            nn.Conv2d(reads, channels, 1, stride, bias=False) if projects else nn.Identity()
        )

    def forward(self, x: Tensor) -> Tensor:
        kept = self.shortcut(x)
        new: Tensor = self.layers(x)
        if isinstance(self.shortcut, nn.Identity):  # option A: cut out and fill up with zeros
            step = x.shape[2] // new.shape[2]
            kept = kept[:, :, ::step, ::step]
            kept = nn.functional.pad(kept, (0, 0, 0, 0, 0, new.shape[1] - kept.shape[1]))
        return new + kept


def live_residual(of: Counted, units: int, pre: bool) -> nn.Module:
    wide = of.width if isinstance(of, WideResNet) else 1
    bottleneck = isinstance(of, PreactivationResNetSpec)
    layers: list[nn.Module] = [nn.Conv2d(3, 16, 3, padding=1, bias=False)]
    if not pre:
        layers.append(nn.BatchNorm2d(16))
    channels = 16
    for stage, base in enumerate((16, 32, 64)):
        width = base * wide
        for unit in range(units):
            step = 2 if stage and not unit else 1
            plan = [(3, width, step), (3, width, 1)]
            if bottleneck:
                plan = [(1, width, step), (3, width, 1), (1, 4 * width, 1)]
            writes = plan[-1][1]
            layers.append(Unit(channels, plan, pre, pre and channels != writes))
            channels = writes
    if pre:
        layers.append(nn.BatchNorm2d(channels))
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10)]
    return nn.Sequential(*layers, *head).eval()


def hold(count: Counted | ResNet34, network: nn.Module, size: int = 32) -> None:
    assert count.parameters == sum(weight.numel() for weight in network.parameters())
    norms = [one for one in network.modules() if isinstance(one, nn.BatchNorm2d)]
    in_norms = sum(weight.numel() for norm in norms for weight in norm.parameters())
    assert without_norms(count) == count.parameters - in_norms
    device = next(network.parameters()).device
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(torch.zeros(1, 3, size, size, device=device))
    assert count.multiply_adds == counter.get_total_flops() // 2


SMALL_DENSENETS = [CifarDenseNet(22, 5, compact=True, num_classes=100), CifarDenseNet(10, 3)]


@pytest.mark.parametrize(
    "of",
    in_tiers(
        [row.network for row in TABLE_2 if isinstance(row.network, CifarDenseNet)]
        + SMALL_DENSENETS,
        first=[*SMALL_DENSENETS, CifarDenseNet(40, 12), CifarDenseNet(100, 12, compact=True)],
    ),
    ids=str,
)
def test_densenets_are_counted_as_they_run(of: CifarDenseNet) -> None:
    hold(of, live_densenet(of).to("meta"))


RESIDUAL: dict[Counted, tuple[int, bool]] = {
    CifarResNet(110): (18, False),
    CifarResNet(1202): (200, False),
    PreactivationResNetSpec(164): (18, True),
    PreactivationResNetSpec(1001): (111, True),
    WideResNet(16, 4): (2, True),
    WideResNet(16, 8): (2, True),
    WideResNet(28, 10): (4, True),
}
"""Units a stage, and whether the norms stand before the convolutions."""
DEEPEST = {CifarResNet(1202), PreactivationResNetSpec(1001)}


@pytest.mark.parametrize("of", in_tiers(RESIDUAL, first=RESIDUAL.keys() - DEEPEST), ids=str)
def test_residual_networks_are_counted_as_they_run(of: Counted) -> None:
    with torch.device("meta"):
        network = live_residual(of, *RESIDUAL[of])
    hold(of, network)


def test_resnet_34_is_counted_as_torchvisions_runs() -> None:
    with torch.device("meta"):
        network = resnet.resnet34().eval()
    hold(ResNet34(), network, size=224)
    meta = resnet.ResNet34_Weights.IMAGENET1K_V1.meta
    assert ResNet34().parameters == meta["num_params"]
    assert round(ResNet34().multiply_adds / 1e9, 3) == meta["_ops"]
