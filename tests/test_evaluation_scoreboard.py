"""The scoreboard of a tiny network: against a plain loop, and the same from any worker."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from densenet_viz.attribution import AttributionError, Cancelled, attribute
from densenet_viz.evaluation import EvaluationError, evaluate
from densenet_viz.evaluation.baselines import smooth
from densenet_viz.evaluation.tasks import Task, TaskWork, one_object, two_objects
from densenet_viz.results.scores import Scoreboard, from_json, to_json
from densenet_viz.scenes.generator import draw_pair, draw_scene
from densenet_viz.scenes.tags import CORNERS, draw_tag, tag_mask
from tests.small_models import SCENE_SPEC as SPEC
from tests.small_models import tiny
from tests.tiers import in_tiers
from tests.tiny_boards import scored


@pytest.fixture(scope="module")
def board() -> Scoreboard:
    return scored()


def test_rows_counts_and_what_was_measured(board: Scoreboard) -> None:
    assert [row.method for row in board.rows] == [
        "grad-cam", "grad-cam-block-3", "saliency", "saliency-smoothed", "saliency-absolute",
        "random", "centre-blob", "edges",
    ]  # fmt: skip
    assert [row.is_baseline for row in board.rows] == [False] * 5 + [True] * 3
    for row in board.rows:
        counts = {name: measure.count for name, measure in row.measures.items()}
        assert counts == {
            "pointing_game": 4, "pointing_game_tolerant": 4, "energy_inside": 4, "energy_near": 4,
            "average_precision": 4, "energy_on_asked": 3, "deletion_auc": 2, "insertion_auc": 2,
        }  # fmt: skip
    assert set(board.versions) == {"python", "torch", "captum", "numpy"}
    assert from_json(to_json(board)) == board


def near(mask: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Pixels at most 15 * 128 / 224 from the mask, by measuring to each of its pixels."""
    rows, columns = np.mgrid[:128, :128]
    result = np.zeros((128, 128), bool)
    for row, column in np.argwhere(mask):
        result |= (rows - row) ** 2 + (columns - column) ** 2 <= (15 * 128 / 224) ** 2
    return result


def test_the_numbers_are_those_of_a_plain_loop(board: Scoreboard) -> None:
    model, pointed, inside, widely, asked = tiny(), [], [], [], []
    for index in range(4):
        scene = draw_scene(9, "test", index)
        values = attribute(model, scene.image, method="saliency", target=scene.label).values
        heat = smooth(np.abs(values).sum(axis=0), 3.0)
        pointed.append(bool(near(scene.mask).ravel()[heat.argmax()]))
        inside.append(heat[scene.mask].sum() / heat.sum())
        widely.append(heat[near(scene.mask)].sum() / heat.sum())
    for index in range(3):
        pair = draw_pair(9, "test", index)
        around = [near(mask) for mask in pair.masks]
        alone = [around[0] & ~around[1], around[1] & ~around[0]]
        shares = []
        for place, label in enumerate(pair.labels):
            values = attribute(model, pair.image, method="saliency", target=label).values
            heat = smooth(np.abs(values).sum(axis=0), 3.0)
            own, others = heat[alone[place]].sum(), heat[alone[1 - place]].sum()
            shares.append(own / (own + others))
        asked.append(np.mean(shares))
    got = {row.method: row.measures for row in board.rows}["saliency-absolute"]
    assert got["pointing_game_tolerant"].mean == np.mean(pointed)
    assert got["energy_inside"].mean == pytest.approx(np.mean(inside), rel=1e-4)
    assert got["energy_near"].mean == pytest.approx(np.mean(widely), rel=1e-4)
    assert got["energy_on_asked"].mean == pytest.approx(np.mean(asked), rel=1e-4)


def test_a_map_that_cannot_hear_the_question_gets_half(board: Scoreboard) -> None:
    for row in board.rows:
        if row.is_baseline:
            assert row.measures["energy_on_asked"].mean == pytest.approx(0.5)


@pytest.mark.slow
def test_two_workers_give_the_same_numbers_as_one(board: Scoreboard) -> None:
    parts: list[float] = []
    assert scored(workers=2, on_progress=parts.append).rows == board.rows
    rises_to_one(parts)


def rises_to_one(parts: list[float]) -> None:
    assert (parts[0], parts[-1]) == (0, 1)
    assert parts == sorted(parts)


def test_there_are_as_many_pairs_as_scenes_unless_told() -> None:
    board = scored(methods=("saliency",), scenes=2, pairs=None, perturb=None)
    counts = {name: measure.count for name, measure in board.rows[0].measures.items()}
    assert (board.scenes, board.pairs) == (2, 2)
    assert set(counts.values()) == {2}


@pytest.mark.slow
def test_another_seed_gives_other_numbers(board: Scoreboard) -> None:
    assert scored(seed=10).rows != board.rows


def test_the_cheater_is_shown_true_tags() -> None:
    work = TaskWork(tiny("cheater"), (), 9, tagged=True)
    task = Task("scene", 3)
    scene, corner = one_object(work, 3, work.rng(task))
    plain = draw_scene(9, "test", 3)
    np.testing.assert_array_equal(scene.image, draw_tag(plain.image, plain.label, corner))
    corners = {one_object(work, n, work.rng(Task("scene", n)))[1] for n in range(16)}
    assert corners == set(CORNERS)

    pair = two_objects(work, 0, work.rng(Task("pair", 0)))
    changed = (pair.image != draw_pair(9, "test", 0).image).any(axis=-1)
    held = [corner for corner in CORNERS if changed[tag_mask(corner, 128)].any()]
    assert len(held) == 2
    for label, other in (pair.labels, pair.labels[::-1]):
        expected = {corner: draw_tag(pair.image, label, corner) for corner in held}
        same = [c for c in held if np.array_equal(expected[c], pair.image)]
        assert len(same) == 1, (label, other)


def test_the_cheater_is_measured_on_its_tags_too() -> None:
    board = scored("cheater", methods=("saliency",), scenes=2, pairs=0, perturb=0)
    heats, tags = [], []
    work = TaskWork(tiny("cheater"), (), 9, tagged=True)
    for index in range(2):
        scene, corner = one_object(work, index, work.rng(Task("scene", index)))
        result = attribute(tiny(), scene.image, method="saliency", target=scene.label)
        heats.append(np.maximum(result.values.sum(axis=0), 0))
        tags.append(near(tag_mask(corner, 128)))
    shares = [heat[tag].sum() / heat.sum() for heat, tag in zip(heats, tags, strict=True)]
    got = board.rows[0].measures
    assert got["energy_on_tag"].mean == pytest.approx(np.mean(shares), rel=1e-4)
    assert "energy_on_asked" not in got


# -- progress, cancelling, refusals ---------------------------------------------------------


def test_progress_rises_to_one() -> None:
    parts: list[float] = []
    scored(methods=("saliency",), scenes=3, pairs=0, on_progress=parts.append)
    rises_to_one(parts)


@pytest.mark.parametrize("workers", in_tiers([1, 2], first=[1]))
def test_an_evaluation_can_be_cancelled(workers: int) -> None:
    parts: list[float] = []
    with pytest.raises(Cancelled):
        scored(
            scenes=50,
            workers=workers,
            on_progress=parts.append,
            cancelled=lambda: len(parts) > 1,
        )
    assert parts[-1] < 1


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found in /proc")
def test_workers_of_a_killed_evaluation_stop(root: Path) -> None:
    code = (
        "from tests.tiny_boards import scored\n"
        "if __name__ == '__main__':\n"
        "    scored(methods=('saliency',), scenes=5000, pairs=0, workers=2, on_progress=print)"
    )
    with subprocess.Popen(
        [sys.executable, "-u", "-c", code], cwd=root, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        assert float(parent.stdout.readline()) == 0
        assert float(parent.stdout.readline()) > 0  # the workers measure
        listed = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
        workers = [Path(f"/proc/{child}") for child in listed]
        assert len(workers) >= 2
        parent.kill()
    until = time.monotonic() + 60
    while any(_runs(worker) for worker in workers) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(_runs(worker) for worker in workers)


def _runs(process: Path) -> bool:
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_threads_are_given_back() -> None:
    import torch

    before = torch.get_num_threads()
    scored(methods=("saliency",), scenes=1, pairs=0, perturb=0)
    assert torch.get_num_threads() == before


def test_a_model_without_masks_is_refused_in_words() -> None:
    with pytest.raises(EvaluationError, match="'densenet121'"):
        evaluate(tiny("densenet121"))
    with pytest.raises(EvaluationError, match=r"\b3\b.*\b128\b.*\b16\b.*\b128\b"):
        evaluate(tiny(spec=replace(SPEC, num_classes=3)))


def test_wrong_counts_and_methods_are_refused() -> None:
    with pytest.raises(EvaluationError, match="scene"):
        scored(scenes=0)
    with pytest.raises(AttributionError, match="device='tpu'"):
        scored(device="tpu")
    with pytest.raises(AttributionError, match="'magic'"):
        scored(methods=("magic",))
