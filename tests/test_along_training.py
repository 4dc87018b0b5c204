"""Gradients and features along short trainings of the families."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from densenet_viz.errors import Cancelled
from densenet_viz.evaluation.families.along_training import Found, settings_for, train_families
from densenet_viz.learning.samples import samples_of
from densenet_viz.learning.settings import Settings
from densenet_viz.learning.training import Diverged, Run
from densenet_viz.results.learning import StepRecord


def short(family: str, **others: object) -> Settings:
    settings = settings_for(family, 10, 3, "batch")  # type: ignore[arg-type]
    return replace(settings, epochs=1, batch=256, **others)  # type: ignore[arg-type]


def test_a_training_is_that_of_a_run() -> None:
    parts: list[float] = []
    seen: list[Found] = []
    found = train_families(
        [short("plain"), short("dense")], on_progress=parts.append, on_found=seen.append
    )
    assert [one.family for one in found] == ["plain", "dense"]
    assert parts == sorted(parts)
    assert parts[-1] == pytest.approx(1)
    assert [len(each) for each in seen] == [1, 2]
    run = Run(short("dense"), samples_of("digits"))
    records = [run.advance() for _ in range(run.settings.steps)]
    dense = found[1]
    assert dense.gradients.shape == (run.settings.steps, 10)
    # The same processor, one thread: the same numbers.
    np.testing.assert_allclose(dense.gradients, [record.gradients for record in records], rtol=1e-5)
    assert dense.accuracies.shape == (2,)
    assert dense.after is not None
    assert dense.before.shape == dense.after.shape == (10, 10)
    assert not np.allclose(dense.before, dense.after)
    ratios = dense.gradients[:, 0] / dense.gradients[:, -1]
    assert dense.first_to_last(0) == pytest.approx(np.median(ratios))


def test_a_training_that_diverges_ends_and_the_next_one_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = Run.advance

    def advance(run: Run) -> StepRecord:
        if run.settings.family == "residual" and len(run.steps) == 2:
            raise Diverged("The loss is not a number any more.")
        return whole(run)

    monkeypatch.setattr(Run, "advance", advance)
    first, second = train_families([short("residual"), short("plain")])
    assert first.stopped
    assert (len(first.losses), len(first.accuracies)) == (2, 1)
    assert not second.stopped


def test_training_stops_when_asked() -> None:
    with pytest.raises(Cancelled):
        train_families([short("plain")], cancelled=lambda: True)
