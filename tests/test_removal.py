"""Whole layers removed: against networks that were built without them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import Tensor, nn

from densenet_viz.errors import Cancelled
from densenet_viz.evaluation.ablations.connections import scenes_for
from densenet_viz.evaluation.ablations.layers import (
    DenseLayers,
    ResidualLayers,
    counts_up_to,
    measure_removal,
    random_orders,
)
from densenet_viz.figures.removal import alone_figure, growing_figure
from densenet_viz.network.models import LoadedModel
from densenet_viz.network.residual import ResidualSpec, build_residual
from densenet_viz.network.small import DENSE, RESIDUAL, ResidualModel, new_small
from densenet_viz.results.removal import Left, Removal, removal_from_json, removal_to_json
from densenet_viz.results.scores import Interval
from densenet_viz.ui.inside import layers
from densenet_viz.ui.inside.layers import table_of, worst_words
from tests.sessions import desk_of, let_finish
from tests.small_models import OWN_SPEC, SPEC, small_model
from tests.waiting import PATIENCE

PAGE = str(Path(__file__).resolve().parent.parent / "pages" / "inside.py")
PICTURES, LABELS = scenes_for(6)
LABELS = [label % 6 for label in LABELS]
CLOSE = {"rtol": 1e-4, "atol": 1e-4}
"""Float32, in another order than the plain network's."""
UNITS = ResidualSpec(units=(2, 1, 2), widths=(4, 6, 8), num_classes=6, input_size=64)


@pytest.fixture(params=[SPEC, OWN_SPEC], ids=["torchvision", "own class"])
def model(request: pytest.FixtureRequest) -> LoadedModel:
    return small_model(request.param)


def residual(spec: ResidualSpec = UNITS) -> ResidualModel:
    network = build_residual(spec, seed=1)
    generator = torch.Generator().manual_seed(2)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):  # as after training: every norm at work
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.normal_(0, 0.2, generator=generator)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
    return ResidualModel(
        name="small-residual",
        title="units",
        spec=spec,
        network=network,
        digest="",
        labels=tuple("abcdef"),
        mean=(0.5,) * 3,
        std=(0.25,) * 3,
        provenance="",
        temperature=1.0,
    )


class Constant(nn.Module):
    """A layer that writes the same values at every pixel."""

    def __init__(self, values: Tensor) -> None:
        super().__init__()
        self.values = values

    def forward(self, features: list[Tensor]) -> Tensor:
        count, _, height, width = features[0].shape
        return self.values.float().view(1, -1, 1, 1).expand(count, -1, height, width)


@pytest.mark.parametrize("replacement", ["zero", "mean"])
@pytest.mark.parametrize("removed", [{0}, {3}, {1, 2}, {0, 1, 2, 3}])
def test_a_dense_network_without_layers_is_one_with_constants_there(
    model: LoadedModel, removed: set[int], replacement: str
) -> None:
    x = torch.cat([model.tensor(picture) for picture in PICTURES])
    other = small_model(model.spec).network
    for one in removed:
        block, layer = divmod(one, 2)
        name = f"features.denseblock{block + 1}"
        values = torch.zeros(model.spec.growth_rate)
        if replacement == "mean":
            values = written(model.network, x, f"{name}.denselayer{layer + 1}").mean((0, 2, 3))
        parent = other.get_submodule(name)
        assert isinstance(parent, nn.ModuleDict)
        parent[f"denselayer{layer + 1}"] = Constant(values)
    subject = DenseLayers(model, PICTURES, "mean" if replacement == "mean" else "zero")
    with torch.no_grad():
        expected = other(x)
    torch.testing.assert_close(subject.logits(frozenset(removed)), expected, **CLOSE)
    assert not torch.allclose(subject.logits(frozenset()), expected, atol=1e-3)


def written(network: nn.Module, x: Tensor, name: str) -> Tensor:
    """What a module makes of pictures."""
    caught: list[Tensor] = []
    module = network.get_submodule(name)
    handle = module.register_forward_hook(lambda _m, _a, out: caught.append(out))
    with torch.no_grad():
        network(x)
    handle.remove()
    return caught[0]


@pytest.mark.parametrize("removed", [{0}, {1}, {2}, {1, 4}])
def test_a_residual_network_without_units_is_one_that_was_built_without_them(
    removed: set[int],
) -> None:
    model = residual()
    stages = [stage for stage, count in enumerate(UNITS.units) for _ in range(count)]
    left = [one for one in range(len(stages)) if one not in removed]
    units = tuple(sum(stages[one] == stage for one in left) for stage in range(3))
    shorter = ResidualSpec(units, UNITS.widths, UNITS.num_classes, UNITS.input_size)
    other, state = build_residual(shorter, seed=9), dict(model.network.state_dict())
    renamed = {UNITS.layers[one]: name for one, name in zip(left, shorter.layers, strict=True)}
    kept = {}
    for key, value in state.items():
        unit = ".".join(key.split(".")[:3])
        if unit in UNITS.layers and unit not in renamed:
            continue
        kept[key.replace(unit, renamed[unit], 1) if unit in renamed else key] = value
    other.load_state_dict(kept)
    subject = ResidualLayers(model, PICTURES)
    with torch.no_grad():
        expected = other(torch.cat([model.tensor(picture) for picture in PICTURES]))
    torch.testing.assert_close(subject.logits(frozenset(removed)), expected)


def test_a_removed_unit_may_add_its_mean() -> None:
    model = residual()
    x = torch.cat([model.tensor(picture) for picture in PICTURES])
    mean = written(model.network, x, "features.stage2.unit1.branch").mean((0, 2, 3))
    unit = model.network.get_submodule("features.stage2.unit1")
    handle = unit.register_forward_hook(lambda _m, args, _out: args[0] + mean.view(1, -1, 1, 1))
    with torch.no_grad():
        expected = model.network(x)
    handle.remove()
    subject = ResidualLayers(model, PICTURES, "mean")
    torch.testing.assert_close(subject.logits(frozenset({2})), expected, **CLOSE)


def test_what_is_left_is_counted_from_the_answers(model: LoadedModel) -> None:
    subject = DenseLayers(model, PICTURES)
    found = measure_removal(subject, LABELS, orders=3, seed=4)
    right = torch.tensor(LABELS)

    def share(removed: list[int]) -> float:
        answers = subject.logits(frozenset(removed)).argmax(1)
        return float((answers == right).double().mean())

    def chance(removed: list[int]) -> float:
        chances = subject.logits(frozenset(removed)).double().softmax(1)
        return float(chances[torch.arange(6), right].mean())

    assert found.layers == tuple(
        f"denseblock{block}.denselayer{layer}" for block in (1, 2) for layer in (1, 2)
    )
    assert found.whole.accuracy.mean == share([])
    for one, left in enumerate(found.alone):
        assert left.accuracy.mean == pytest.approx(share([one]))
        assert left.probability.mean == pytest.approx(chance([one]), abs=1e-6)
    orders = list(random_orders(4, 3, seed=4))
    assert found.counts == counts_up_to(4) == (1, 2, 3, 4)
    for count, left in zip(found.counts, found.growing, strict=True):
        mean = np.mean([chance(order[:count]) for order in orders])
        assert left.probability.mean == pytest.approx(mean, abs=1e-6)
        assert left.probability.low <= left.probability.mean <= left.probability.high
    everything = found.growing[-1].probability
    assert everything.low == pytest.approx(everything.high)  # every order removes all in the end
    assert removal_from_json(json.loads(json.dumps(removal_to_json(found)))).counts == found.counts


def test_it_can_be_stopped_and_tells_how_far_it_is() -> None:
    told: list[float] = []
    subject = ResidualLayers(residual(), PICTURES)
    with pytest.raises(Cancelled):
        measure_removal(subject, on_progress=told.append, cancelled=lambda: len(told) == 7)
    assert len(told) == 7
    assert told == sorted(told)
    with pytest.raises(ValueError, match="orders"):
        measure_removal(subject, orders=1)


def test_how_many_can_go_is_read_from_the_means() -> None:
    def left(share: float) -> Left:
        one = Interval(share, share, share, 8)
        return Left(one, one)

    found = Removal(
        *("m", "M", "", tuple("abcdef"), "zero", 5, 0, 8),
        whole=left(0.8),
        alone=(left(0.8),) * 6,
        counts=(1, 2, 4, 6),
        growing=(left(0.79), left(0.72), left(0.5), left(0.75)),
    )
    assert [found.lasting(part) for part in (0.999, 0.95, 0.89, 0.6, 0.5)] == [0, 1, 2, 6, 6]


def test_the_small_networks_are_of_one_size_and_one_depth() -> None:
    dense, other = (
        sum(weight.numel() for weight in new_small(name).parameters())
        for name in ("dense", "residual")
    )
    assert abs(other / dense - 1) <= 0.02
    assert DENSE.block_config == RESIDUAL.units
    assert len(RESIDUAL.layers) == sum(DENSE.block_config)


def test_a_line_goes_from_the_whole_network_to_none() -> None:
    found = measure_removal(ResidualLayers(residual(), PICTURES), LABELS, orders=3)
    (line,) = growing_figure([found], "accuracy").data
    assert line.x[0] == 0
    assert line.y[0] == found.whole.accuracy.mean
    assert line.x[-1] == 1
    np.testing.assert_allclose(line.y[1:], [left.accuracy.mean for left in found.growing])
    low = np.array(line.y[1:]) - np.array(line.error_y.arrayminus[1:])
    np.testing.assert_allclose(low, [left.accuracy.low for left in found.growing])
    (marks,) = alone_figure([found], "probability").data
    np.testing.assert_allclose(marks.y, [left.probability.mean for left in found.alone])
    rows = table_of([found], "accuracy")
    assert len(rows) == 1 + len(found.counts) + len(found.layers)
    worst = min(found.alone, key=lambda left: left.accuracy.mean).accuracy.mean
    assert f"{worst:.0%}" in worst_words([found], "accuracy")


@pytest.mark.slow
def test_the_page_measures_the_picture_live() -> None:
    session = AppTest.from_file(PAGE, default_timeout=PATIENCE)
    session.query_params.update({"part": "layers"})
    session.run()
    let_finish(session, layers.DESKS[1])
    assert not session.exception
    job = desk_of(session, layers.DESKS[1]).job
    assert job is not None
    assert job.error is None
    assert [len(found.layers) for found in job.result] == [58, 24, 24]
    assert all(found.whole.accuracy.mean == 1 for found in job.result)
    assert len(session.get("plotly_chart")) == 4
