"""Faults of the computing rooms that were mended: each test failed before."""

from __future__ import annotations

import gc
import hashlib
import json
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from densenet_viz import cli
from densenet_viz.attribution import attribute
from densenet_viz.attribution.ours.quadrature import UNSCALED
from densenet_viz.attribution.ours.quadrature import Path as StepsPath
from densenet_viz.batch.run import work_for
from densenet_viz.batch.table import TABLE, BatchRow, from_csv
from densenet_viz.cli import network as choosing
from densenet_viz.cli.attribute_many import Folder
from densenet_viz.export.maps import about, summary
from densenet_viz.export.script import captum_code
from densenet_viz.network import models, shares, weights
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.models import load_model
from densenet_viz.network.shares import alone, processors, without_sharing
from densenet_viz.results.attributions import Attribution, Prediction
from densenet_viz.ui.attribution.map_jobs import Ask, compute_map
from densenet_viz.ui.bench.words import completeness_words
from densenet_viz.ui.uploads import CurrentPicture, key_of
from densenet_viz.ui.work import jobs
from densenet_viz.ui.work.owners import Kind, kept_for
from tests.small_models import SPEC, picture, saved, small_model, small_network


@pytest.fixture
def three_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def in_new_thread(work: Callable[[], int]) -> int:
    results: list[int] = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join()
    return results[0]


@pytest.mark.usefixtures("three_threads")
@pytest.mark.parametrize("block", [alone, without_sharing])
def test_overlapping_blocks_leave_later_threads_their_processors(
    block: Callable[[], AbstractContextManager[None]],
) -> None:
    first_is_in, second_is_in, first_is_out = (threading.Event() for _ in range(3))
    after: list[int] = []

    def first() -> None:
        with block():
            first_is_in.set()
            second_is_in.wait()
        after.append(torch.get_num_threads())
        first_is_out.set()

    def second() -> None:
        first_is_in.wait()
        with block():
            second_is_in.set()
            first_is_out.wait()
        after.append(torch.get_num_threads())

    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    first_is_out.wait()
    assert in_new_thread(torch.get_num_threads) == 3  # while the second is still in its block
    for thread in threads:
        thread.join()
    assert after == [3, 3]
    assert in_new_thread(torch.get_num_threads) == 3


@pytest.mark.usefixtures("three_threads")
def test_a_thread_that_starts_while_another_works_alone_has_all_processors() -> None:
    with alone():
        assert in_new_thread(torch.get_num_threads) == 3
        assert (torch.get_num_threads(), processors()) == (1, 3)
    with without_sharing():
        assert in_new_thread(processors) == 3
        assert (torch.get_num_threads(), processors()) == (1, 1)


@pytest.mark.usefixtures("three_threads")
def test_the_threads_of_the_pool_change_no_other_thread() -> None:
    with alone():
        pool = shares._started(2)
    assert pool.submit(torch.get_num_threads).result() == 1
    pool.shutdown()
    assert in_new_thread(torch.get_num_threads) == 3


# -- weights have a name of their own -------------------------------------------------------


def test_a_batch_s_key_changes_with_the_weights_and_the_preparation_of_pictures() -> None:
    first = small_model()
    other = replace(first, std=(0.5, 0.5, 0.5)), replace(first, labels=first.labels[::-1])
    keys = {
        work_for(model, "saliency", {}).row.key for model in (first, small_model(seed=4), *other)
    }
    assert len(keys) == 4
    assert work_for(small_model(), "saliency", {}).row.key in keys


def test_maps_of_other_weights_are_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in (1, 2):
        Image.fromarray(picture(64, seed)).save(tmp_path / f"{seed}.png")

    def run(seed: int) -> dict[str, Any]:
        monkeypatch.setattr(choosing, "load_model", lambda *_, **__: small_model(seed=seed))
        words = ["attribute", str(tmp_path), "--method", "saliency", "--json"]
        assert cli.main([*words, "--out", str(tmp_path / "out")]) == 0
        report: dict[str, Any] = json.loads(capsys.readouterr().out)
        return report

    assert [run(seed)["made"] for seed in (3, 3, 4, 4)] == [2, 0, 2, 0]


@pytest.fixture
def named_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str]:
    """A weight file that DENSENET_VIZ_WEIGHTS names, and its SHA-256."""
    spec = replace(SPEC, num_classes=1000)
    monkeypatch.setattr(models, "VARIANTS", {"densenet121": spec})
    path = tmp_path / "mine.pth"
    path.write_bytes(saved(small_network(spec).state_dict()))
    monkeypatch.setenv(weights.ENVIRONMENT, str(path))
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("hash_in_name", [False, True])
def test_a_file_that_is_not_the_published_one_is_called_a_file_of_yours(
    named_file: tuple[Path, str], monkeypatch: pytest.MonkeyPatch, hash_in_name: bool
) -> None:
    path, sha256 = named_file
    if hash_in_name:  # it was checked, and is still not the published one
        monkeypatch.setenv(
            weights.ENVIRONMENT, str(path.rename(path.with_name(f"a-{sha256[:8]}.pth")))
        )
    model = load_model("densenet121")
    assert (model.own_file, sha256 in model.provenance) == (sha256, True)
    assert "IMAGENET1K_V1" not in model.provenance
    assert "(your file)" in model.title
    assert about(model)["provenance"] == model.provenance
    script = captum_code(model, picture(64), attribute(model, picture(64), method="saliency"))
    assert "IMAGENET1K_V1" not in script
    compile(script, "script", "exec")


def test_the_published_file_keeps_its_name(
    named_file: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"https://example.org/densenet121-{named_file[1][:8]}.pth"
    monkeypatch.setattr(weights, "published_url", lambda _name: url)
    model = load_model("densenet121")
    assert (model.own_file, "IMAGENET1K_V1" in model.provenance) == ("", True)


# -- the table of a batch -------------------------------------------------------------------


def keep(folder: Folder, number: int, seconds: float = 1.0) -> None:
    row = BatchRow(
        f"ü{number}.png", f"{number}", method="saliency", seconds=seconds, map=f"ü{number}"
    )
    folder.keep(row, (b"PNG", b"NPZ"))


def test_each_map_adds_its_line_and_leaves_those_before(tmp_path: Path) -> None:
    folder, table = Folder(tmp_path), tmp_path / TABLE
    keep(folder, 0)
    file, before = table.stat().st_ino, table.read_bytes()
    for number in (*range(1, 6), 2, 2):
        keep(folder, number)
        now = table.read_bytes()
        assert now.startswith(before)
        assert len(now) > len(before)
        assert table.stat().st_ino == file  # not another file in its place
        before = now
    assert before.startswith(b"\xef\xbb\xbffile,")
    assert before.count(b"\xef\xbb\xbf") == 1


@pytest.mark.parametrize("is_finished", [False, True])
def test_of_two_lines_for_one_map_the_later_one_counts(tmp_path: Path, is_finished: bool) -> None:
    for seconds in (1.0, 2.0):
        folder = Folder(tmp_path)
        for number in range(3):
            keep(folder, number, seconds)
    if is_finished:
        folder.finish()
    rows = from_csv((tmp_path / TABLE).read_text("utf-8-sig"))
    assert len(rows) == (3 if is_finished else 6)
    assert [row.seconds for row in Folder(tmp_path).rows.values()] == [2.0] * 3


def test_a_line_that_a_stop_cut_short_is_left_out_wherever_it_was_cut(tmp_path: Path) -> None:
    folder, table = Folder(tmp_path), tmp_path / TABLE
    keep(folder, 0)
    whole = table.read_bytes()
    keep(folder, 1)
    last = table.read_bytes()[len(whole) :]
    for cut in range(1, len(last) - 1):
        table.write_bytes(whole + last[:cut])
        again = Folder(tmp_path)
        assert [row.file for row in again.rows.values()] == ["ü0.png"], cut
    keep(again, 1)
    keep(again, 2)
    rows = from_csv(table.read_text("utf-8-sig"))
    assert [row.file for row in rows] == ["ü0.png", "ü1.png", "ü2.png"]


# -- what comes from an upload goes with its session ----------------------------------------

PATIENCE = 60
Reference = weakref.ref[Any]


def visit() -> None:
    """A page that asks everything of an upload and of a model that the visitor brought."""
    import weakref
    from dataclasses import replace

    import streamlit as st

    from densenet_viz.ui import traces
    from densenet_viz.ui.attribution import map_jobs
    from densenet_viz.ui.attribution.answers import answer_of
    from densenet_viz.ui.bench.choices import _baseline
    from densenet_viz.ui.bench.flows import FlowQuestion
    from densenet_viz.ui.bench.subject import Bench
    from densenet_viz.ui.work.jobs import desk
    from densenet_viz.ui.work.owners import kept_for

    for name, (model, shown) in st.session_state["asked"].items():
        logits = answer_of(model, shown).logits
        bench = Bench(model, shown, logits, model.prediction(logits, 0))
        asks = [bench.ask("saliency"), bench.ask("input-x-gradient")]
        for job in (map_jobs.MapsJob(asks), map_jobs.MapsJob(asks[:1])):
            desk(name).ask(job.key, job.compute, job.kept).finished.wait(60)
        inside = FlowQuestion(bench, "black")
        kept = map_jobs.results_of(model, shown)
        flows = desk(f"{name}-inside").ask(inside.key, inside.compute, kept)
        flows.finished.wait(60)
        trace = traces.trained_trace(model, shown)
        theirs = trace.transitions[0]
        wider = replace(model.spec, growth_rate=model.spec.growth_rate + 4)
        traces.explored_growth(wider, model, shown)
        found = {
            "answer": answer_of(model, shown),
            "map": asks[0].known,
            "flows": flows.result,
            "trace": trace,
            "explored": kept_for(traces.EXPLORED, model, shown),
            "compressed": traces.compressed_trace(model, shown, 1, len(theirs.mixed) - 2),
            "baseline": _baseline(bench, "blur"),
            "model": model,
            "picture": shown,
        }
        st.session_state["found"][name] = {key: weakref.ref(one) for key, one in found.items()}


def visited(**asked: tuple[LoadedModel, CurrentPicture]) -> dict[str, dict[str, Reference]]:
    """What a session found, by what it asked; the session has ended."""
    app = AppTest.from_function(visit, default_timeout=2 * PATIENCE)
    app.session_state["asked"] = asked
    app.session_state["found"] = found = {}
    app.run()
    assert [error.value for error in app.exception] == []
    return found


@pytest.fixture
def for_all(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoadedModel]:
    """A small network with the name of a bundled one, and nothing kept before or after."""
    monkeypatch.setattr(jobs, "SHOP", jobs.Shop())
    st.cache_resource.clear()
    yield replace(small_model(), name="scenes")
    st.cache_resource.clear()


def brought(name: str = "your picture", truth: str | None = None) -> CurrentPicture:
    pixels = picture(64, 5)
    return CurrentPicture(name, pixels, key_of(pixels), truth)


def alive(found: dict[str, Reference]) -> set[str]:
    gc.collect()
    return {name for name, reference in found.items() if reference() is not None}


COMPUTED = {"answer", "map", "flows", "trace", "explored", "compressed", "baseline"}


def test_nothing_of_an_upload_is_left_when_its_session_has_ended(for_all: LoadedModel) -> None:
    found = visited(upload=(for_all, brought()))
    assert set(found["upload"]) == COMPUTED | {"model", "picture"}
    assert alive(found["upload"]) == {"model"}  # the bundled one


def test_nothing_of_a_visitors_model_is_left_when_its_session_has_ended(
    for_all: LoadedModel,
) -> None:
    shared = brought("ring", "ring")
    found = visited(
        own=(replace(small_model(), name="own-0123456789ab"), shared),
        both=(replace(small_model(), name="own-ba9876543210"), brought()),
    )
    assert alive(found["own"]) == {"picture"}  # the bundled one
    assert alive(found["both"]) == set()


def test_what_is_bundled_is_kept_for_everybody(for_all: LoadedModel) -> None:
    shared = brought("ring", "ring")
    found = visited(first=(for_all, shared))["first"]
    again = visited(first=(for_all, shared))["first"]
    assert alive(found) >= COMPUTED
    assert all(found[name]() is again[name]() for name in COMPUTED)


def test_another_session_does_not_find_what_an_upload_gave(for_all: LoadedModel) -> None:
    mine, theirs = brought(), brought()  # the same pixels
    ask, other = (Ask(for_all, one, "saliency", 0) for one in (mine, theirs))
    made = compute_map(ask)
    assert ask.known is made
    assert other.known is None
    assert compute_map(other) is not made


def test_an_upload_keeps_a_bounded_number_of_values(for_all: LoadedModel) -> None:
    kept = kept_for(Kind("a few", shared=9, own=2), for_all, brought())
    assert [kept.get(key, lambda key=key: key.upper()) for key in "abab"] == list("ABAB")
    kept.get("c", lambda: "C")
    assert [kept.find(key) for key in "abc"] == [None, "B", "C"]


# -- integrated gradients says what was scaled ----------------------------------------------


def a_path(
    slopes: Callable[[float], float], score: Callable[[float], float], *places: float
) -> Any:
    """A path with these slopes and scores; the change of the picture is one pixel of 1."""
    path = StepsPath(torch.tensor([[[1.0]]]))
    found = torch.tensor([slopes(place) for place in places]).view(-1, 1, 1, 1)
    path.add(list(places), torch.tensor([score(place) for place in places]), found)
    return path


def test_the_unscaled_difference_is_that_of_the_trapezoids() -> None:
    path = a_path(lambda t: 3 * t**2, lambda t: t**3, 0.0, 0.5, 1.0)
    assert path.unscaled_delta() == pytest.approx(0.125)  # trapezoids: 3/16 + 15/16, the rise is 1
    assert path.delta() == pytest.approx(0)
    assert path.scaled_by() == pytest.approx((2 / 3, 14 / 15), abs=1e-6)


def test_a_large_unscaled_difference_takes_more_steps_within_a_bound() -> None:
    places = tuple(number / 9 for number in range(10))
    wrong = a_path(lambda _: 1.06, lambda t: t, *places)  # each piece 6% too large
    assert abs(wrong.delta()) < 1e-6
    assert 0 < len(wrong.next(4)) <= 4
    assert wrong.next(0) == []
    assert a_path(lambda _: 1.04, lambda t: t, *places).next(4) == []


@pytest.mark.parametrize("baseline", ["black", "noise"])
def test_the_result_tells_the_difference_before_scaling(baseline: str) -> None:
    asked: dict[str, Any] = {"method": "integrated-gradients", "target": 1, "baseline": baseline}
    model, pixels = small_model(), picture(64)
    made = attribute(model, pixels, **asked, n_steps=300)
    assert made.unscaled_delta is not None
    assert made.scaled_by is not None
    assert made.convergence_delta is not None
    rise = float(made.values.sum()) - made.convergence_delta
    if baseline == "black":
        assert abs(made.unscaled_delta) <= UNSCALED * abs(rise) * 1.01
    few = attribute(model, pixels, **asked, n_steps=8)
    assert few.unscaled_delta is not None
    assert abs(few.unscaled_delta) > abs(few.convergence_delta or 0)
    assert few.forward_passes < made.forward_passes
    low, high = few.scaled_by or (0, 0)
    assert 0.5 <= low < high <= 1.5
    report = summary(few)
    assert (report["unscaled_delta"], report["scaled_by"]) == (few.unscaled_delta, [low, high])


def test_what_is_not_scaled_says_so() -> None:
    asked: dict[str, Any] = {"method": "integrated-gradients", "rule": "gauss-legendre"}
    made = attribute(small_model(), picture(64), **asked, n_steps=8, target=1)
    assert made.convergence_delta is not None
    assert (made.unscaled_delta, made.scaled_by) == (None, None)
    assert summary(made)["scaled_by"] is None


@pytest.mark.parametrize(("unscaled", "mark"), [(0.4, "✓"), (-0.4, "✓"), (0.6, "⚠"), (-3.0, "⚠")])
def test_the_mark_is_for_the_difference_before_scaling(unscaled: float, mark: str) -> None:
    values, star = np.full((1, 1, 1), 10.0, np.float32), Prediction(0, "star", 1.0)
    made = Attribution(
        "integrated-gradients",
        values,
        star,
        (star,),
        *(0.1, 9, 9, 0.0),
        unscaled_delta=unscaled,
        scaled_by=(0.9, 1.25),
    )
    words = completeness_words(made)
    assert words.startswith(mark)
    for number in ("0.90", "1.25", f"{abs(unscaled) / 10:.1%}"):
        assert number in words
