"""Flows through connections, against autograd by hand, Captum, and nets summed on paper."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
import torch
from captum.attr import LayerConductance
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  # the field's name for it

from densenet_viz.attribution.errors import AttributionError
from densenet_viz.errors import Cancelled
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.build import build
from densenet_viz.network.models import LoadedModel, load_model
from densenet_viz.results.flows import BlockFlows, StructureAttribution, place_of
from densenet_viz.scenes.generator import draw_scene
from densenet_viz.structure.path import FIRST, spread
from densenet_viz.structure.reads import Reads, Wired
from densenet_viz.structure.through import through_structure
from tests.exact_models import exact_model
from tests.small_models import OWN_SPEC, SPEC, picture, small_model, small_network

DEEP = DenseNetSpec(
    growth_rate=4, block_config=(3, 4, 2), initial_channels=8, num_classes=5, input_size=64
)
Array = NDArray[np.float64]


# -- an independent computation -----------------------------------------------------------------


def norm(x: Tensor, module: nn.Module) -> Tensor:
    assert isinstance(module, nn.BatchNorm2d)
    mean, variance = module.running_mean, module.running_var
    return F.batch_norm(x, mean, variance, module.weight, module.bias, eps=module.eps)


def by_hand(network: nn.Module, spec: DenseNetSpec, x: Tensor) -> tuple[Tensor, list[list[Tensor]]]:
    """The logits, and each block's readings as tensors that keep their gradients."""
    part = network.get_submodule
    x = F.conv2d(x, part("features.conv0").weight, stride=2, padding=3)
    maps = F.max_pool2d(F.relu(norm(x, part("features.norm0"))), 3, 2, 1)
    readings: list[list[Tensor]] = []
    for block, layers in enumerate(spec.block_config, start=1):
        written, read = [maps], []
        for layer in range(1, layers + 2):
            read.append(torch.cat(written, 1))
            read[-1].retain_grad()
            if layer <= layers:
                own = f"features.denseblock{block}.denselayer{layer}"
                y = F.relu(norm(read[-1], part(f"{own}.norm1")))
                y = F.conv2d(y, part(f"{own}.conv1").weight, padding=0 if spec.bottleneck else 1)
                if spec.bottleneck:
                    y = F.relu(norm(y, part(f"{own}.norm2")))
                    y = F.conv2d(y, part(f"{own}.conv2").weight, padding=1)
                written.append(y)
        readings.append(read)
        if block < len(spec.block_config):
            own = f"features.transition{block}"
            y = F.relu(norm(read[-1], part(f"{own}.norm")))
            maps = F.avg_pool2d(F.conv2d(y, part(f"{own}.conv").weight), 2)
    final = F.relu(norm(readings[-1][-1], part("features.norm5"))).mean((2, 3))
    classifier = part("classifier")
    return F.linear(final, classifier.weight, classifier.bias), readings


def flows_by_hand(
    model: LoadedModel, start: Tensor, x: Tensor, nodes: list[float], target: int
) -> list[Array]:
    """Each block's matrix of flows, one place of the path after the other, in float64."""
    network, spec = model.network, model.spec
    places = []
    for node in nodes:
        given = (start + node * (x - start)).double().requires_grad_()
        logits, readings = by_hand(network, spec, given)
        logits[0, target].backward()
        places.append([[(read.detach(), read.grad) for read in block] for block in readings])
    matrices = []
    for block, layers in enumerate(spec.block_config):
        matrix = np.zeros((layers + 1, layers + 1))
        for reader in range(1, layers + 2):
            for before, after in pairwise(places):
                (z0, g0), (z1, g1) = before[block][reader - 1], after[block][reader - 1]
                product = ((g0 + g1) / 2 * (z1 - z0)).sum((0, 2, 3)).numpy()
                edges = [
                    0,
                    *(spec.block_inputs[block] + done * spec.growth_rate for done in range(reader)),
                ]
                for source in range(reader):
                    matrix[source, reader - 1] += product[edges[source] : edges[source + 1]].sum()
        matrices.append(matrix)
    return matrices


@pytest.mark.parametrize("spec", [SPEC, OWN_SPEC, DEEP], ids=["bottleneck", "plain", "three"])
def test_every_flow_is_what_autograd_by_hand_finds(
    spec: DenseNetSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, walked = exact_model(spec), []
    walk = Wired.walk

    def watched(
        self: Wired, start: Tensor, x: Tensor, nodes: list[float], *a: int, **b: bool
    ) -> Iterator[Reads]:
        walked.append((start, x, nodes))
        return walk(self, start, x, nodes, *a, **b)

    monkeypatch.setattr(Wired, "walk", watched)
    found = through_structure(model, picture(), target=2, steps=24)
    matrices = flows_by_hand(model, *walked[-1], 2)
    for block, matrix in zip(found.blocks, matrices, strict=True):
        assert np.abs(matrix).max() > 0
        np.testing.assert_allclose(block.matrix, matrix, atol=1e-9 * np.abs(matrix).max())


@pytest.mark.slow
def test_a_block_s_output_and_a_layer_s_maps_conduct_what_captum_says() -> None:
    """Captum's sums lean to one side of each step; with many steps the two meet."""
    model = small_model()
    found = through_structure(model, picture(), target=1, steps=256)
    x = model.tensor(picture()).contiguous()
    start = model.uniform((0.0, 0.0, 0.0))
    network = small_network()

    def conducted(name: str) -> Array:
        layer = network.get_submodule(name)
        maps = LayerConductance(network, layer).attribute(
            x, start, target=1, n_steps=1500, internal_batch_size=64, method="riemann_trapezoid"
        )
        return maps.detach()[0].double().numpy()

    for block, reads in zip(found.blocks, SPEC.block_inputs, strict=True):
        name = f"features.denseblock{block.block}"
        maps = conducted(name)
        edges = [0, reads, reads + 4, reads + 8]
        slices = [maps[a:b].sum(0) for a, b in pairwise(edges)]
        scale = max(abs(float(one.sum())) for one in slices)
        for source, expected in enumerate(slices):
            assert block.matrix[source, -1] == pytest.approx(expected.sum(), abs=0.01 * scale)
            own = block.map_of(source, 3)
            assert np.corrcoef(own.ravel(), expected.ravel())[0, 1] > 0.99
        through = conducted(f"{name}.denselayer1").sum(0)
        assert block.out_of(1) == pytest.approx(through.sum(), abs=0.01 * scale)
        assert np.corrcoef(block.through_map(1).ravel(), through.ravel())[0, 1] > 0.99


# -- a net on paper ---------------------------------------------------------------------------

PAPER = DenseNetSpec(
    growth_rate=1,
    block_config=(2,),
    initial_channels=1,
    bottleneck=False,
    num_classes=2,
    input_size=8,
)
A, B, C = 2.0, 3.0, 0.5
"""Layer 1 makes A of what entered; layer 2 makes B of what entered plus C of layer 1."""
P, Q, R = 0.25, -1.0, 4.0
"""What the classifier makes of the three."""


def paper_model() -> LoadedModel:
    """Every convolution takes its middle pixel only, and norms do nothing: sums of products."""
    network = build(PAPER, seed=0)
    weights = {
        "features.conv0": [[1.0, 0.0, 0.0]],
        "features.denseblock1.denselayer1.conv1": [[A]],
        "features.denseblock1.denselayer2.conv1": [[B, C]],
    }
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eps = 0.0
        for name, rows in weights.items():
            weight = network.get_submodule(name).weight
            middle = weight.shape[-1] // 2
            weight.zero_()
            weight[:, :, middle, middle] = torch.tensor(rows)
        network.get_submodule("classifier").weight.copy_(torch.tensor([[P, Q, R], [0, 0, 0]]))
    return LoadedModel(
        name="paper",
        title="Paper",
        spec=PAPER,
        network=network,
        labels=("one", "none"),
        input_size=8,
        mean=(-1.0, -1.0, -1.0),  # black is 1 and white 2: every ReLU lets all through
        std=(1.0, 1.0, 1.0),
        provenance="Weights by hand.",
        knows="Sums.",
        trained=False,
    )


def test_a_net_of_five_numbers_flows_as_on_paper() -> None:
    pixels = np.zeros((8, 8, 3), dtype=np.uint8)
    pixels[:, :, 0] = 255  # of black it is 1 away, in the only channel that is read
    found = through_structure(paper_model(), pixels, target=0, steps=24)
    (block,) = found.blocks
    expected = [
        # read by layer 1, by layer 2, by the classifier
        [A * (Q + C * R), B * R, P],
        [0, A * C * R, A * Q],
        [0, 0, (B + A * C) * R],
    ]
    np.testing.assert_allclose(block.matrix, expected, atol=1e-5)
    rise = P + A * Q + (B + A * C) * R
    assert (found.score, found.rise) == pytest.approx((2 * rise, rise), abs=1e-5)
    assert block.whole == pytest.approx(rise, abs=1e-5)
    assert (block.passed, block.added) == pytest.approx((P, rise - P), abs=1e-5)
    assert block.out_of(1) == pytest.approx(A * (Q + C * R), abs=1e-5) == block.into(1)
    assert found.share(block.added) == pytest.approx((rise - P) / rise)
    # Every pixel does the same: a quarter of the flow each, in the block's 2 x 2 pixels.
    np.testing.assert_allclose(block.map_of(0, 2), np.full((2, 2), B * R / 4), atol=1e-5)


# -- what has to hold ----------------------------------------------------------------------------


def scale_of(block: BlockFlows) -> float:
    return float(np.abs(block.matrix).sum())


@pytest.fixture(
    scope="module",
    params=[3, pytest.param(4, marks=pytest.mark.slow)],
    ids=["seed 3", "seed 4"],
)
def fine(request: pytest.FixtureRequest) -> StructureAttribution:
    return through_structure(small_model(DEEP, request.param), picture(), target=0, steps=512)


def test_the_last_reader_s_sources_sum_to_the_rise(fine: StructureAttribution) -> None:
    for block, delta in zip(fine.blocks, fine.deltas, strict=True):
        assert abs(delta) < 0.005 * scale_of(block)
        assert block.passed + block.added == pytest.approx(block.whole)
    assert fine.worst_delta in fine.deltas
    assert abs(fine.worst_delta) == max(map(abs, fine.deltas))


def test_what_flows_into_a_layer_flows_out_of_it(fine: StructureAttribution) -> None:
    for block in fine.blocks:
        layers = range(1, block.layers + 1)
        gaps = [block.into(layer) - block.out_of(layer) for layer in layers]
        assert max(map(abs, gaps)) == block.imbalance < 0.005 * scale_of(block)
        assert max(abs(block.into(layer)) for layer in layers) > 0.02 * scale_of(block)


def test_what_enters_a_block_flows_out_whole(fine: StructureAttribution) -> None:
    for block in fine.blocks:
        assert block.out_of(0) == pytest.approx(block.whole, abs=0.01 * scale_of(block))


def test_a_transition_carries_the_whole_rise(fine: StructureAttribution) -> None:
    through = fine.blocks[1].through_map(0)
    assert through.shape == (DEEP.block_sizes[1],) * 2
    scale = scale_of(fine.blocks[1])
    assert float(through.sum()) == pytest.approx(fine.rise, abs=0.01 * scale)


def test_more_steps_come_closer() -> None:
    model = small_model(DEEP)
    coarse, fine = (
        through_structure(model, picture(), target=0, steps=steps) for steps in (24, 192)
    )
    for few, many in zip(coarse.blocks, fine.blocks, strict=True):
        assert many.imbalance < few.imbalance


@pytest.mark.slow
@pytest.mark.parametrize("index", [0, 3])
def test_the_bundled_model_is_within_one_percent(index: int) -> None:
    found = through_structure(load_model("scenes"), draw_scene(0, "sample", index).image)
    assert found.rise > 1
    assert abs(found.worst_delta) <= 0.01 * found.rise
    assert max(block.imbalance for block in found.blocks) <= 0.01 * found.rise
    assert [block.layers for block in found.blocks] == [6, 12, 24, 16]


def test_the_maps_sum_to_the_flows() -> None:
    found = through_structure(small_model(DEEP), picture(), target=0)
    for block in found.blocks:
        sums = block.maps.astype(np.float64).sum((1, 2))
        np.testing.assert_allclose(sums, block.sums, atol=1e-6 * scale_of(block))
        total = sum(block.map_of(0, reader) for reader in range(1, block.layers + 2))
        np.testing.assert_allclose(block.through_map(0), total, atol=1e-6 * scale_of(block))


# -- baselines, passes, and who stops it ----------------------------------------------------------


def test_the_rise_is_over_the_baseline_s_score() -> None:
    model = small_model()
    x = model.tensor(picture())
    with torch.no_grad():
        score = float(model.network(x)[0, 3])
        whites = float(model.network(model.uniform((1.0, 1.0, 1.0)))[0, 3])
    found = through_structure(model, picture(), target=3, baseline="white")
    assert (found.score, found.rise) == pytest.approx((score, score - whites), abs=1e-5)
    assert (found.baseline, found.target.index) == ("white", 3)


def test_noise_is_the_mean_over_its_drawings() -> None:
    from densenet_viz.attribution.baselines import baseline_inputs

    model = small_model()
    x = model.tensor(picture())
    with torch.no_grad():
        starts = model.network(baseline_inputs(model, x, "noise"))[:, 0]
        rise = float((model.network(x)[0, 0] - starts).mean())
    found = through_structure(model, picture(), target=0, baseline="noise", steps=48)
    assert found.rise == pytest.approx(rise, abs=1e-5)
    assert found.blocks[0].whole == pytest.approx(rise, abs=0.02 * scale_of(found.blocks[0]))


def test_passes_are_counted_and_progress_only_grows_to_one() -> None:
    told: list[float] = []
    logits = np.arange(6, dtype=np.float32)
    found = through_structure(
        small_model(),
        picture(),
        steps=48,
        logits=logits,
        on_progress=told.append,
        cancelled=lambda: False,
    )
    assert found.target.index == 5
    assert found.points in (49, 97)
    survey = len(FIRST)
    assert found.forward_passes == survey + 49 + (97 if found.points == 97 else 0)
    assert found.backward_passes == found.forward_passes
    assert (told[0], told[-1]) == (0, 1)
    assert all(0 <= part <= 1 for part in told)


def test_it_stops_when_nobody_wants_it_and_leaves_the_network_alone() -> None:
    model, asked = small_model(), []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) > 3

    before = {key: value.clone() for key, value in model.network.state_dict().items()}
    with pytest.raises(Cancelled):
        through_structure(model, picture(), target=0, cancelled=cancelled)
    assert len(asked) == 4
    assert not any(module._forward_pre_hooks for module in model.network.modules())
    after = model.network.state_dict()
    assert all(torch.equal(after[key], value) for key, value in before.items())


@pytest.mark.parametrize(
    ("wrong", "facts"),
    [
        ({"baseline": "pink"}, ("baseline='pink'", "black", "white")),
        ({"steps": 3}, ("steps=3", "24", "512")),
        ({"steps": 24.5}, ("steps=24.5", "24", "512")),
        ({"target": 6}, ("target=6", "0", "5")),
        ({"device": "abacus"}, ("device='abacus'", "auto", "cpu")),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_not_allowed_is_said(wrong: dict[str, object], facts: tuple[str, ...]) -> None:
    with pytest.raises(AttributionError) as refused:
        through_structure(small_model(), picture(), **wrong)  # type: ignore[arg-type]
    assert [fact for fact in facts if fact not in str(refused.value)] == []


# -- where the path is cut, and where a connection stands ------------------------------------------


def test_the_path_is_cut_where_the_errors_are() -> None:
    nodes = spread([0.0, 0.2, 0.6, 1.0], np.array([[0.0, -9.0], [1.0, 0.0], [0.0, 0.0]]), 12)
    assert len(nodes) == 13
    assert nodes == sorted(nodes)
    assert (nodes[0], nodes[-1]) == (0.0, 1.0)
    assert {0.2, 0.6} <= set(nodes)
    counts = [sum(low < node <= high for node in nodes) for low, high in ((0, 0.2), (0.2, 0.6))]
    # Errors of 9 and 1: three times as many cuts, as the root says.
    assert counts == [8, 3]


def test_a_connection_goes_forward_only() -> None:
    for source, reader in ((1, 1), (2, 1), (-1, 1)):
        with pytest.raises(ValueError, match=r"0 <= source < reader"):
            place_of(source, reader)
