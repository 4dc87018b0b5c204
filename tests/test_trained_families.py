"""Families trained at several sizes and seeds: the command, its draft, its figure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from densenet_viz.cli import main
from densenet_viz.evaluation.families import trained_families
from densenet_viz.evaluation.families.trained_families import settings_of, train_all
from densenet_viz.evaluation.statistics import bootstrap
from densenet_viz.facts.cited.concatenation import published_comparisons
from densenet_viz.facts.families import BUDGET_TOLERANCE, FAMILIES
from densenet_viz.figures.trained_families import COSTS, trained_figure
from densenet_viz.learning.training import Diverged, Run
from densenet_viz.results.learning import StepRecord
from densenet_viz.results.trained_families import (
    TrainedFamilies,
    TrainedNetwork,
    families_from_json,
    families_to_json,
)
from densenet_viz.ui.why import trained

WORDS = ["efficiency", "--depth", "10", "--growth-rate", "3", "--epochs", "1", "--seeds", "2"]


def network(family: str, size: int, seed: int, accuracy: float) -> TrainedNetwork:
    return TrainedNetwork(
        family,  # type: ignore[arg-type]
        size,
        seed,
        parameters=100 * size,
        multiply_adds=1000 * size,
        step_bytes=10**6 * size,
        accuracy=accuracy,
        seconds=2.0 + seed,
    )


def made() -> TrainedFamilies:
    rows = [
        network(family, size, seed, accuracy + seed / 100)
        for size in (3, 4)
        for family, accuracy in (("plain", 0.5), ("dense", 0.9))
        for seed in (0, 1)
    ]
    return TrainedFamilies(10, 1, 0.003, 64, {"date": "d", "processor": "p"}, tuple(rows))


def test_a_stopped_command_continues(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "found.json"
    draft = tmp_path / "found.json.part"
    words = [*WORDS, "--families", "plain", "--out", str(out), "--json"]
    real, made = trained_families._trained, []

    def once(settings, samples, cancelled):  # type: ignore[no-untyped-def]
        if made:
            raise KeyboardInterrupt
        made.append(settings.seed)
        return real(settings, samples, cancelled)

    monkeypatch.setattr(trained_families, "_trained", once)
    assert main(words) == 130
    assert len(draft.read_text().splitlines()) == 2
    capsys.readouterr()
    made.clear()
    assert main(words) == 0  # the second seed only
    assert made == [1]
    assert not draft.exists()
    told = families_from_json(json.loads(capsys.readouterr().out))
    assert told == families_from_json(json.loads(out.read_text()))
    assert [one.seed for one in told.networks] == [0, 1]
    (first, second) = told.networks
    assert first.parameters == second.parameters
    assert first.step_bytes > 0


def test_a_draft_of_other_settings_is_begun_anew(tmp_path: Path) -> None:
    from densenet_viz.cli.efficiency import Draft

    draft = Draft(tmp_path / "a.json", 10, 1)
    assert draft.read() == []
    draft.add(network("plain", 3, 0, 0.5))
    assert [one.accuracy for one in Draft(tmp_path / "a.json", 10, 1).read()] == [0.5]
    assert Draft(tmp_path / "a.json", 10, 2).read() == []


@pytest.mark.parametrize(
    "words",
    [
        ["--families", "other"],
        ["--depth", "12"],
        ["--epochs", "0"],
        ["--growth-rate", "49"],
        ["--out", "/no/such/folder/file.json"],
    ],
)
def test_what_cannot_be_met_is_one_line(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(["efficiency", *words])
    except SystemExit as left:
        code = left.code  # type: ignore[assignment]
    assert code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_training_that_diverges_counts_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Run.advance

    def advance(run: Run) -> StepRecord:
        if run.steps:
            raise Diverged("The loss is not a number any more.")
        return whole(run)

    monkeypatch.setattr(Run, "advance", advance)
    parts: list[float] = []
    found = train_all(settings_of(["plain"], 10, [3], 1, 1), on_progress=parts.append)
    assert [one.diverged for one in found.networks] == [True]
    assert parts == [1]


def test_every_budget_is_equal_in_the_default_settings() -> None:
    for size in trained_families.SIZES:
        chosen = settings_of(FAMILIES, trained_families.DEPTH, [size], 1, 1)
        dense = next(one for one in chosen if one.family == "dense").spec.parameters
        for one in chosen:
            assert abs(one.spec.parameters - dense) <= BUDGET_TOLERANCE * dense


@pytest.mark.parametrize("cost", COSTS)
def test_a_point_is_a_mean_with_its_interval(cost: str) -> None:
    found = made()
    assert families_from_json(families_to_json(found)) == found
    figure = trained_figure(found, cost, bootstrap)
    dense = figure.data[1]
    assert dense.y[0] == pytest.approx(0.905)
    assert dense.error_y.array[0] == pytest.approx(0.005)
    assert list(dense.x) == sorted(dense.x)
    assert [row["parameters"] for row in trained.table_of(found)] == ["300", "400"] * 2
    words = trained.trained_words(found)
    assert words.index("dense 90.5%") < words.index("plain 50.5%")


def test_the_price_of_concatenation_is_said() -> None:
    found = made()
    assert trained.price_words(found) == ""  # no residual network
    bundled = trained.bundled_families()
    dense, residual = (bundled.sizes(family)[-1][0] for family in ("dense", "residual"))
    times = f"{dense.multiply_adds / residual.multiply_adds:.1f}"
    assert times in trained.price_words(bundled)


def test_the_bundled_table_is_that_of_the_command() -> None:
    bundled = trained.bundled_families()
    chosen = settings_of(
        FAMILIES, trained_families.DEPTH, trained_families.SIZES, trained_families.SEEDS, 1
    )
    assert (bundled.depth, bundled.epochs) == (trained_families.DEPTH, trained_families.EPOCHS)
    rows = {(one.family, one.growth_rate, one.seed): one for one in bundled.networks}
    assert len(rows) == len(bundled.networks) == len(chosen)
    for settings in chosen:
        one = rows[settings.family, settings.growth_rate, settings.seed]
        assert one.parameters == settings.spec.parameters
        assert one.multiply_adds == settings.spec.multiply_adds


def test_published_numbers_have_their_sources() -> None:
    first, *others = published_comparisons()
    assert "4.51" in first.sentence
    assert "4.62" in first.sentence
    assert "table 2" in first.source
    assert all(one.source for one in others)
    with pytest.raises(ValueError, match="format"):
        families_from_json({"format": 0})
