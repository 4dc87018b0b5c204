"""The part "Who reads whom" of the page Inside, and how notions of importance are compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr
from streamlit.testing.v1 import AppTest

from densenet_viz.evaluation.ablations.connections import measure_ablation, scenes_for
from densenet_viz.evaluation.ablations.notions import flatness, rank_agreement
from densenet_viz.facts.connections import Connection, connections_of
from densenet_viz.figures.reuse import notions_figure, reuse_figure
from densenet_viz.network.models import load_model
from densenet_viz.ui.inside import notions, reuse
from tests.small_models import SPEC, small_model
from tests.tiers import in_tiers
from tests.waiting import PATIENCE

PAGE = str(Path(__file__).resolve().parent.parent / "pages" / "inside.py")
EVERY = list(connections_of(SPEC))


def test_ranks_are_compared_as_scipy_does() -> None:
    rng = np.random.default_rng(3)
    one = dict(zip(EVERY, rng.normal(size=len(EVERY)), strict=True))
    other = {each: value + rng.normal() for each, value in one.items()}
    found = rank_agreement(one, other, EVERY)
    assert found is not None
    expected = spearmanr(list(one.values()), list(other.values())).statistic
    assert found.mean == pytest.approx(expected)
    assert found.low <= found.mean <= found.high
    assert rank_agreement(one, dict.fromkeys(EVERY, 1.0), EVERY) is None
    assert rank_agreement(one, other, EVERY[:3]) is None


def test_flatness_is_the_median_over_readers() -> None:
    weights = {Connection(1, source, 3): value for source, value in enumerate((1.0, 2.0, 4.0))}
    weights |= {Connection(1, source, 4): 3.0 for source in range(4)}
    weights |= {Connection(1, 0, 1): 9.0, Connection(1, 0, 2): 1.0, Connection(1, 1, 2): 5.0}
    assert flatness(weights) == pytest.approx((0.25 + 1) / 2)


def test_a_cell_is_where_its_source_and_its_reader_meet() -> None:
    values = {one: float(place + 1) for place, one in enumerate(EVERY)}
    figure = reuse_figure(SPEC, values, quantity="weight", signed=False)
    assert len(figure.data) == 2
    second = figure.data[1]
    one = Connection(2, 1, 3)
    assert second.z[one.source][one.reader - 1] == values[one]
    assert np.isnan(second.z[2][0])
    assert list(second.x) == [1, 2, 3]
    assert "classifier" in second.text[1][2]


def test_a_point_has_its_interval() -> None:
    model = small_model()
    pictures, _ = scenes_for(4)
    found = measure_ablation(model, pictures)
    effects = {one.connection: one.logit for one in found.effects}
    figure = notions_figure(SPEC, dict.fromkeys(EVERY, 0.5), effects)
    first = figure.data[0]
    low = np.array(first.y) - np.array(first.error_y.arrayminus)
    np.testing.assert_allclose(low, [effects[one].low for one in EVERY[:6]])


@pytest.mark.parametrize("by", in_tiers(["weights", "norm-aware", "ablation"], first={"ablation"}))
def test_the_page_shows_each_notion(by: str) -> None:
    session = AppTest.from_file(PAGE, default_timeout=PATIENCE)
    session.query_params.update({"part": "reuse", "reuse_by": by})
    session.run()
    assert not session.exception
    assert session.session_state["reuse_by"] == by


@pytest.mark.slow
@pytest.mark.parametrize("name", ["scenes", "cheater"])
def test_shipped_flows_belong_to_their_network(name: str) -> None:
    flows = notions.shipped_flows(name)
    model = load_model(name)
    assert flows is not None
    assert flows.digest == model.digest
    assert set(flows.sizes) == set(connections_of(model.spec))
    assert flows.pictures >= 32


def test_no_other_table_is_opened() -> None:
    assert notions.shipped_flows("../scenes") is None


def test_a_shipped_table_belongs_to_its_network() -> None:
    for name in ("scenes", "cheater"):
        for instead in reuse.INSTEAD:
            table = reuse.shipped_ablation(name, instead)
            if table is not None:
                assert (table.model, table.replacement) == (name, instead)
                assert table.pictures >= 300
    assert reuse.shipped_ablation("../scenes", "zero") is None
