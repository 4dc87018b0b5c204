"""`attribute` for several pictures: what it takes, writes, skips, says, and leaves after a stop."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from densenet_viz import cli
from densenet_viz.attribution import attribute
from densenet_viz.batch.table import from_csv, to_csv
from densenet_viz.cli import attribute_many
from densenet_viz.cli import network as choosing
from densenet_viz.network.loaded import LoadedModel
from tests.commands import refused
from tests.facts import names_in, numbers_in
from tests.small_models import picture, small_model

METHOD = ("--method", "occlusion", "--target", "1", "--set", "window=32", "--set", "stride=32")


def load(_name: str, *, on_progress: object = None) -> LoadedModel:
    return small_model()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "load_model", load)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three pictures and a text, in the current folder."""
    monkeypatch.chdir(tmp_path)
    for seed, name in enumerate(("a.png", "b.jpg", "c.png"), start=1):
        Image.fromarray(picture(64, seed)).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture")
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    assert cli.main(["attribute", *words, *METHOD, "--out", "out", "--json"]) == code
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def names(report: dict[str, Any]) -> list[str]:
    return [one["file"] for one in report["results"]]


def test_several_files_get_a_map_each_and_a_table(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = told(capsys, "a.png", "c.png")
    assert (report["made"], report["known"], report["failed"]) == (2, 0, 0)
    rows = from_csv((folder / "out/results.csv").read_text("utf-8-sig"))
    assert [row.map for row in rows] == ["a-occlusion-1", "c-occlusion-1"]
    for seed, row in zip((1, 3), rows, strict=True):
        expected = attribute(
            small_model(), picture(64, seed), method="occlusion", target=1, window=32, stride=32
        )
        with np.load(folder / "out" / f"{row.map}.npz", allow_pickle=False) as archive:
            np.testing.assert_allclose(archive["values"], expected.values, atol=1e-6)
            np.testing.assert_array_equal(archive["picture"], picture(64, seed))
        with Image.open(folder / "out" / f"{row.map}.png") as drawn:
            assert drawn.size == (64, 64)
    assert sorted(path.name for path in (folder / "out").iterdir()) == [
        *(f"{name}-occlusion-1.{ending}" for name in "ac" for ending in ("npz", "png")),
        "results.csv",
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["*.png"], ["a.png", "c.png"]),
        (["?.*"], ["a.png", "b.jpg", "c.png"]),
        (["**/a.png"], ["a.png"]),
        (["."], ["a.png", "b.jpg", "c.png", "more.zip", "notes.txt"]),
        (["b.jpg", "*.png"], ["b.jpg", "a.png", "c.png"]),
        (["more.zip"], ["more.zip/x/a.png"]),
    ],
    ids=str,
)
def test_patterns_folders_and_archives(
    folder: Path, capsys: pytest.CaptureFixture[str], given: list[str], expected: list[str]
) -> None:
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.write(folder / "a.png", "x/a.png")
    assert names(told(capsys, *given)) == expected


def test_a_name_with_brackets_is_a_file_first(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.png").rename(folder / "a[1].png")
    assert names(told(capsys, "a[1].png", "c.png")) == ["a[1].png", "c.png"]


def test_what_is_there_is_not_made_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "a.png", "b.jpg")
    stamps = {path: path.stat().st_mtime_ns for path in (folder / "out").glob("*.npz")}
    report = told(capsys, "*.png", "b.jpg")
    assert (report["made"], report["known"]) == (1, 2)
    assert {one["file"]: one["known"] for one in report["results"]} == {
        "a.png": True,
        "c.png": False,
        "b.jpg": True,
    }
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in stamps.items())
    assert told(capsys, "a.png", "c.png", "--again")["made"] == 2
    (folder / "out" / "a-occlusion-1.npz").unlink()  # a map that is gone is made
    assert told(capsys, "*.png")["made"] == 1
    Image.fromarray(picture(64, 9)).save(folder / "a.png")  # another picture of the same name
    report = told(capsys, "*.png")
    assert report["made"] == 1
    assert len(from_csv((folder / "out/results.csv").read_text("utf-8-sig"))) == 4


def test_people_read_a_line_each_and_a_sum(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["attribute", "a.png", "notes.txt", "gone.png", "c.png", *METHOD, "--out", "out"]
    assert cli.main(words) == 1
    captured = capsys.readouterr()
    out, errors = captured.out.splitlines(), captured.err.splitlines()
    facts = ["a.png: ", "ring", str(Path("out/a-occlusion-1.png"))]
    assert names_in(out[0], *facts) == facts
    assert numbers_in(out[-1]) == ["2", "2", "1", "1"]  # made, skipped, and that by its reasons
    assert [line.split(":")[0] for line in errors] == ["notes.txt", "gone.png"]
    assert cli.main(words) == 1
    again = capsys.readouterr().out.splitlines()
    assert again[0].startswith("a.png: ")
    assert numbers_in(again[-1]) == ["0", "2", "2", "1", "1"]  # made, known, skipped, reasons


def test_a_folder_counts_every_file_by_its_content_and_names_each_in_the_table(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = folder / "photos"
    photos.mkdir()
    for name, kind in (("a.jfif", "JPEG"), ("b.tif", "TIFF"), ("c.gif", "GIF"), ("IM0001", "BMP")):
        Image.fromarray(picture(64, 7)).save(photos / name, kind)
    (photos / "notes.txt").write_text("no picture")
    (photos / "inside").mkdir()
    for name in (".DS_Store", "Thumbs.db"):
        (photos / name).write_bytes(b"x")
    report = told(capsys, "photos")
    assert (report["made"], report["failed"]) == (4, 4)
    assert sorted(report["skipped"].values()) == [1, 1, 2]
    rows = from_csv((folder / "out/results.csv").read_text("utf-8-sig"))
    assert [row.file for row in rows if row.map] == ["IM0001", "a.jfif", "b.tif", "c.gif"]
    assert [row.file for row in rows if row.reason] == ["inside", "notes.txt", "photos/.*"]
    told(capsys, "photos/*.tif")  # the table keeps the maps, and not the last run's errors
    rows = from_csv((folder / "out/results.csv").read_text("utf-8-sig"))
    assert len(rows) == 4


def test_a_damaged_picture_in_a_folder_is_an_error_at_the_end(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "d.png").write_bytes((folder / "a.png").read_bytes()[:300])
    report = told(capsys, "*.png", code=1)
    assert (report["made"], report["failed"]) == (2, 1)


def test_a_pattern_without_pictures_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "empty").mkdir()
    for given in ("*.webp", "empty"):
        assert given in refused(capsys, "attribute", given)


@pytest.mark.parametrize("words", [["--target", "9"], ["--set", "window=1"], ["--target", "cow"]])
def test_a_bad_request_writes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    given = ["attribute", "*.png", "--method", "occlusion", "--out", "out", *words]
    assert cli.main(given) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (folder / "out").exists()


def test_ctrl_c_leaves_whole_files_and_goes_on(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    whole = attribute_many.write_whole

    def fdopen(handle: int, mode: str) -> Any:
        file = real(handle, mode)
        if len(written) == 4:  # in the second picture's PNG
            file.write(b"half")
            file.close()
            raise KeyboardInterrupt
        return file

    def counted(path: Path, data: bytes) -> None:
        written.append(path.name)
        whole(path, data)

    real = attribute_many.os.fdopen
    monkeypatch.setattr(attribute_many, "write_whole", counted)
    monkeypatch.setattr(attribute_many.os, "fdopen", fdopen)
    assert cli.main(["attribute", "*.png", *METHOD, "--out", "out"]) == 130
    assert capsys.readouterr().err == "\nStopped.\n"
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(choosing, "load_model", load)
    assert sorted(path.name for path in (folder / "out").iterdir()) == [
        *("a-occlusion-1.npz", "a-occlusion-1.png", "results.csv")
    ]
    report = told(capsys, "*.png")
    assert (report["made"], report["known"]) == (1, 1)


def test_a_table_names_nothing_outside_its_folder(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, "a.png", "c.png")
    table = folder / "out/results.csv"
    rows = from_csv(table.read_text("utf-8-sig"))
    (folder / "x.png").write_bytes(b"")
    (folder / "x.npz").write_bytes(b"")
    moved = [attribute_many.BatchRow(**{**vars(rows[0]), "map": "../x"}), rows[1]]
    table.write_text(to_csv(moved), "utf-8")
    report = told(capsys, "a.png", "c.png")
    assert (report["made"], report["known"]) == (1, 1)


def test_one_file_stays_one_object(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = told(capsys, "a.png")
    assert "results" not in report
    assert report["files"] == [str(Path("out") / f"a-occlusion-1.{end}") for end in ("png", "npz")]
    assert not (folder / "out/results.csv").exists()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_s_bar_makes_room_for_lines(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("sys.stdout", terminal)
    words = ["attribute", "a.png", "c.png", "--method", "saliency", "--out", "out"]
    assert cli.main(words) == 0
    lines = terminal.getvalue().removesuffix("\n").split("\n")
    shown = [line.split("\r")[-1].removeprefix("\x1b[K") for line in lines]
    assert [line.split(":")[0].split(" [")[0] for line in shown] == [
        *("a.png", "c.png", "saliency", "2 maps made.")
    ]
    assert terminal.getvalue().count("100%") == 1
