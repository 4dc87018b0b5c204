"""The tasks of the page: which trainings solve them, and which do not."""

import pytest

from densenet_viz.learning.challenges import CHALLENGES, judge
from densenet_viz.learning.settings import Settings
from densenet_viz.results.learning import FinishedRun


def run(
    accuracy: float, parameters: int = 40_000, epochs: int = 4, **settings: object
) -> FinishedRun:
    complete = bool(settings.pop("complete", True))
    return FinishedRun(
        settings=Settings().to_dict() | settings,
        parameters=parameters,
        layers=("stem",),
        losses=(0.1,) * epochs,
        accuracies=(0.1,) * epochs + (accuracy,),
        gradients=((1.0,),) * epochs,
        seconds=1.0,
        complete=complete,
    )


@pytest.mark.parametrize(
    ("name", "runs", "done"),
    [
        ("small", [], False),
        ("small", [run(0.98, 49_999)], True),
        ("small", [run(0.98, 50_000)], False),
        ("small", [run(0.96, 10_000), run(0.99, 90_000)], False),
        ("small", [run(0.99, 10_000, complete=False)], False),
        ("small", [run(0.99, 10_000, data="scenes")], False),
        ("depth", [run(0.9, family="plain", depth=40), run(0.1, family="plain", depth=58)], True),
        ("depth", [run(0.9, family="plain", depth=10), run(0.1, family="plain", depth=58)], False),
        ("depth", [run(0.9, family="plain", depth=58), run(0.1, family="plain", depth=40)], False),
        ("depth", [run(0.9, depth=40), run(0.1, depth=58)], False),
        (
            "depth",
            [run(0.9, family="plain", depth=40), run(0.1, epochs=2, family="plain", depth=58)],
            False,
        ),
        (
            "depth",
            [run(0.9, family="plain", depth=40), run(0.1, family="plain", depth=58, seed=1)],
            False,
        ),
        ("theta", [run(0.96, compression=0.5)], False),
        ("theta", [run(0.96, compression=0.5), run(0.94, compression=0.4)], True),
        ("theta", [run(0.96, compression=0.5), run(0.94, compression=0.2)], False),
        ("theta", [run(0.96, compression=0.1)], True),
        ("growth", [run(0.9, growth_rate=4), run(0.95, growth_rate=6)], False),
        (
            "growth",
            [run(0.9, growth_rate=4), run(0.95, growth_rate=6), run(0.952, growth_rate=8)],
            True,
        ),
        (
            "growth",
            [run(0.9, growth_rate=4), run(0.95, growth_rate=6), run(0.98, growth_rate=8)],
            False,
        ),
    ],
)
def test_a_task_is_done_by_what_solves_it(name: str, runs: list[FinishedRun], done: bool) -> None:
    outcome = judge(CHALLENGES[name], runs)
    assert outcome.done is done
    assert outcome.words
