"""The script and the notebook of a training, run on their own, against the app's own run."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from densenet_viz.facts.families import FAMILIES, Family
from densenet_viz.learning.samples import samples_of
from densenet_viz.learning.script import notebook_of, script_of
from densenet_viz.learning.settings import Settings, SettingsError
from densenet_viz.learning.training import Run, train
from tests.tiers import in_tiers

TINY = Settings(growth_rate=3, depth=10, epochs=2, batch=256, learning_rate=0.01, seed=2)
TELL = "\nimport json as _json\nprint(_json.dumps([losses, accuracy, count]))\n"


def result_of(code: str, folder: Path) -> tuple[list[float], float, int]:
    """Losses, accuracy and parameters of a script that runs far from the project."""
    file = folder / "training.py"
    file.write_text(code + TELL)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    told = subprocess.run(
        [sys.executable, str(file)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    losses, accuracy, count = json.loads(told.stdout.splitlines()[-1])
    return losses, accuracy, count


def same_as_the_app(settings: Settings, code: str, folder: Path) -> None:
    losses, accuracy, count = result_of(code, folder)
    run = Run(settings, samples_of("digits"))
    for _ in train(run):
        pass
    mine = [record.loss for record in run.steps]
    assert count == settings.spec.parameters
    assert len(losses) == len(mine)
    # Memory is laid out differently, so sums have another order, and each step carries that on.
    assert losses[:3] == pytest.approx(mine[:3], rel=1e-3)
    assert losses == pytest.approx(mine, rel=0.05)
    assert accuracy == pytest.approx(run.epochs[-1].accuracy, abs=4 / 360)


@pytest.mark.parametrize("family", in_tiers(FAMILIES, first={"dense"}))
def test_the_script_reaches_the_same_result(family: Family, tmp_path: Path) -> None:
    settings = replace(TINY, family=family)
    same_as_the_app(settings, script_of(settings), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        replace(TINY, bottleneck=True, depth=16, compression=0.6),
        replace(TINY, norm="none", optimiser="sgd", learning_rate=0.05),
    ],
)
def test_other_settings_reach_it_too(settings: Settings, tmp_path: Path) -> None:
    same_as_the_app(settings, script_of(settings), tmp_path)


def test_the_cells_of_the_notebook_are_the_script() -> None:
    notebook = json.loads(notebook_of(TINY))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    cells = ["".join(cell["source"]) for cell in notebook["cells"]]
    assert "\n\n".join(cells) + "\n" == script_of(TINY)


@pytest.mark.slow
def test_the_notebook_runs(tmp_path: Path) -> None:
    cells = ["".join(cell["source"]) for cell in json.loads(notebook_of(TINY))["cells"]]
    same_as_the_app(TINY, "\n".join(cells), tmp_path)


def test_the_script_needs_two_packages_only() -> None:
    imported = set(re.findall(r"^(?:import|from) (\w+)", script_of(TINY), re.M))
    assert imported == {"math", "torch", "sklearn"}


def test_drawn_scenes_have_no_script() -> None:
    with pytest.raises(SettingsError):
        script_of(replace(TINY, data="scenes"))
