"""Many pictures at once: archives that are not what they claim, tables, going on after a stop."""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from densenet_viz.attribution import AttributionError, Cancelled, attribute, engine
from densenet_viz.batch import files as archives
from densenet_viz.batch.files import ImageFile, list_images, unique_stems
from densenet_viz.batch.run import (
    BatchWork,
    Made,
    Tally,
    run_batch,
    tally_words,
    work_for,
)
from densenet_viz.batch.table import COLUMNS, BatchRow, from_csv, pack_archive, to_csv
from densenet_viz.images.pictures import MAX_BYTES, ImageError, Reason, load_image, to_png
from tests.facts import numbers_in
from tests.small_models import picture, small_model


def png(seed: int = 1, size: int = 64) -> bytes:
    return to_png(picture(size, seed))


def packed(*entries: tuple[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", kind) as archive:
        warnings.simplefilter("ignore")  # of names that come twice
        for name, data in entries:
            archive.writestr(name, data)
    return file.getvalue()


def refusal(file: ImageFile) -> str:
    with pytest.raises(ImageError) as told:
        load_image(file.read())
    said = str(told.value)
    assert said.endswith(".")
    assert "\n" not in said
    return said


# -- archives -------------------------------------------------------------------------------


def test_an_archive_s_pictures_stand_in_its_place() -> None:
    archive = packed(
        ("cats/", b""),
        ("cats/a.png", png(2)),
        ("__MACOSX/cats/._a.png", b"Mac"),
        (".DS_Store", b"Mac"),
        ("b.png", png(3)),
    )
    files = list_images([("first.png", png(1)), ("two.zip", archive), ("last.png", png(4))])
    assert [one.name for one in files] == [
        *("first.png", "two.zip/cats/a.png", "two.zip/b.png", "two.zip/.*", "last.png")
    ]
    hidden = files[3]
    assert hidden.count == 2
    assert "2" in refusal(hidden)
    for seed, one in enumerate((*files[:3], files[4]), start=1):
        np.testing.assert_array_equal(load_image(one.read()), picture(64, seed))


def test_names_are_no_paths() -> None:
    hostile = (
        "../../etc/x.png",
        "/root/x.png",
        "C:\\win\\x.png",
        "..",
        "a\nb\x1b[2J.png",
        "CON.png",
    )
    files = list_images([("z.zip", packed(*((name, png(1)) for name in hostile)))])
    assert len(files) == len(hostile)
    assert all(one.name.isprintable() for one in files)
    stems = unique_stems(one.name for one in files)
    assert len({stem.casefold() for stem in stems}) == len(stems)
    for stem in stems:
        assert stem
        assert not stem.startswith((".", "-"))
        assert not set(stem) & set("/\\:\n")


@pytest.mark.parametrize("kind", ["stored", "deflated"])
def test_an_archive_in_an_archive_is_not_opened(kind: str) -> None:
    method = {"stored": zipfile.ZIP_STORED, "deflated": zipfile.ZIP_DEFLATED}[kind]
    inner = packed(("a.png", png()))
    (file,) = list_images([("outer.zip", packed(("inner.zip", inner), kind=method))])
    assert refusal(file)


def test_a_bomb_is_not_unpacked() -> None:
    (file,) = list_images([("z.zip", packed(("a.png", b"\0" * (MAX_BYTES // 2))))])
    assert str(archives.MOST_RATIO) in refusal(file)
    (file,) = list_images([("z.zip", packed(("a.png", b"\0" * (MAX_BYTES + 1))))])
    assert "25 MB" in refusal(file)


def test_all_entries_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = packed(("a.png", png(1)), ("b.png", png(2)))
    size = len(png(1)) + len(png(2))
    monkeypatch.setattr(archives, "MOST_UNPACKED", size)
    assert len(list_images([("z.zip", archive)])) == 2
    monkeypatch.setattr(archives, "MOST_UNPACKED", size - 1)
    (file,) = list_images([("z.zip", archive)])
    assert refusal(file)


@pytest.mark.parametrize("count", [501, 10_000])
def test_too_many_entries(count: int) -> None:
    archive = packed(*((f"{number}.png", b"") for number in range(count)))
    (file,) = list_images([("z.zip", archive)])
    assert file.name == "z.zip"
    assert "500" in refusal(file)


def test_500_entries_are_taken() -> None:
    assert len(list_images([("z.zip", packed(*((f"{n}.png", b"") for n in range(500))))])) == 500


def test_a_long_list_of_entries_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_given: object, **_more: object) -> None:
        raise AssertionError

    archive = packed(*((f"{number:0200}.png", b"") for number in range(6_000)))
    monkeypatch.setattr(zipfile, "ZipFile", never)
    (file,) = list_images([("z.zip", archive)])
    assert "500" in refusal(file)


def test_the_end_record_of_a_large_zip_is_refused() -> None:
    """ZIP64 states the list's length in another record, which would go unchecked."""
    archive = packed(("a.png", png()))
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, 0, 1)
    (file,) = list_images([("z.zip", archive[:-22] + locator + archive[-22:])])
    assert "500" in refusal(file)


def test_a_comment_does_not_hide_the_end_record() -> None:
    file = io.BytesIO(packed(*((f"{number:0200}.png", b"") for number in range(6_000))))
    with zipfile.ZipFile(file, "a") as archive:
        archive.comment = b"c" * 999
    (one,) = list_images([("z.zip", file.getvalue())])
    assert "500" in refusal(one)


def test_an_encrypted_entry_is_told_apart() -> None:
    archive = bytearray(packed(("a.png", png(1)), ("b.png", png(2))))
    place = archive.index(b"PK\x01\x02")
    archive[place + 8] |= 1  # the flag in the list of entries
    first, second = list_images([("z.zip", bytes(archive))])
    assert refusal(first)
    np.testing.assert_array_equal(load_image(second.read()), picture(64, 2))


def test_an_uncommon_packing_is_refused() -> None:
    (file,) = list_images([("z.zip", packed(("a.png", png()), kind=zipfile.ZIP_BZIP2))])
    assert refusal(file)


def test_damage_costs_one_sentence() -> None:
    archive = packed(("a.png", png(1)), ("b.png", png(2)), kind=zipfile.ZIP_STORED)
    (whole,) = list_images([("z.zip", archive[:-30])])
    assert refusal(whole)
    broken = bytearray(archive)
    broken[60] ^= 255
    first, second = list_images([("z.zip", bytes(broken))])
    assert refusal(first)
    assert load_image(second.read()).shape == (64, 64, 3)
    (empty,) = list_images([("z.zip", packed())])
    assert refusal(empty)


def test_a_false_size_gets_no_more_than_it_claims() -> None:
    """An entry that claims to be small and is large: its checksum does not fit what is read."""
    archive = bytearray(packed(("a.png", b"\0" * 1_000_000)))
    place = archive.index(b"PK\x01\x02")
    archive[place + 24 : place + 28] = (1000).to_bytes(4, "little")
    (file,) = list_images([("z.zip", bytes(archive))])
    assert refusal(file)


# -- the table ------------------------------------------------------------------------------


def test_a_table_comes_back_and_holds_no_formulas() -> None:
    rows = (
        BatchRow(
            "=cmd|' /C calc'!A0.png", "ab", "scenes", "cd", '+1,"x"', 0.25, "most probable", "-2", 3
        ),
        BatchRow("@SUM(1).png", sum=-1.5e-7, delta=0.1, seconds=2.0, map="a", settings='{"n": 8}'),
        BatchRow("plain.png", error="This file is empty."),
    )
    text = to_csv(rows)
    assert from_csv(text) == rows
    assert text.splitlines()[0] == ",".join(COLUMNS)
    for cell in ("'=cmd", "\"'+1", "'-2", "'@SUM"):
        assert cell in text
    assert ",-1.5e-07," in text  # a number of ours stays one


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", "\0", ",".join(COLUMNS) + "\nshort,line\n", '"'], ids=repr
)
def test_another_table_is_nobody_s_rows(text: str) -> None:
    assert from_csv(text) == ()


def test_the_archive_holds_maps_and_table() -> None:
    rows = [BatchRow("ü.png", map="a")]
    with zipfile.ZipFile(io.BytesIO(pack_archive(rows, {"a.png": b"PNG"}))) as archive:
        assert archive.namelist() == ["maps/a.png", "results.csv"]
        assert archive.read("maps/a.png") == b"PNG"
        assert from_csv(archive.read("results.csv").decode("utf-8-sig")) == tuple(rows)


# -- the run --------------------------------------------------------------------------------


class Store:
    """Keeps what a batch hands out, as its callers do."""

    def __init__(self) -> None:
        self.outcomes: list[Made] = []
        self.done: dict[str, BatchRow] = {}

    def take(self, made: Made) -> None:
        self.outcomes.append(made)
        if made.attribution is not None:
            self.done[made.row.key] = made.row

    def run(self, work: BatchWork, files: Sequence[ImageFile], **more: Any) -> Tally:
        return run_batch(work, files, writer=self.take, done=self.done, device="cpu", **more)


OTHER = Reason.OTHER_KIND.value
FILES = (
    ("a/cat.png", png(1)),
    ("notes.txt", b"no picture, but a text of some length"),
    ("b/cat.png", png(2, 80)),
    ("again.png", png(1)),
)


def test_each_map_is_that_of_the_picture_alone() -> None:
    model, store = small_model(), Store()
    parts: list[float] = []
    work = work_for(model, "integrated-gradients", {"n_steps": 8}, 1)
    assert store.run(work, list_images(FILES), on_progress=parts.append) == Tally(2, 1, {OTHER: 1})
    assert parts == sorted(parts)
    assert (parts[0], parts[-1]) == (0.0, 1.0)
    first, text, second, again = (made.row for made in store.outcomes)
    for made, pixels in ((store.outcomes[0], picture(64, 1)), (store.outcomes[2], picture(80, 2))):
        expected = attribute(model, pixels, method="integrated-gradients", target=1, n_steps=8)
        assert made.attribution is not None
        np.testing.assert_allclose(made.attribution.values, expected.values, atol=1e-6)
        row, best = made.row, expected.predictions[0]
        assert (row.named, row.target, row.target_index) == (best.label, "ring", 1)
        assert row.probability == pytest.approx(best.probability)
        assert row.sum == pytest.approx(float(expected.values.sum()), rel=1e-4)
        assert row.delta == pytest.approx(expected.convergence_delta, abs=1e-4)
        cells = expected.heat.reshape(4, 16, 4, 16).clip(0).sum((1, 3))
        down, right = np.unravel_index(int(cells.argmax()), (4, 4))
        assert row.strongest_region == (
            f"x {16 * right}–{16 * right + 15}, y {16 * down}–{16 * down + 15}"
        )
        assert row.settings == '{"baseline": "black", "n_steps": 8, "rule": "adaptive"}'
    assert (first.map, second.map) == ("cat-integrated-gradients-1", "cat-2-integrated-gradients-1")
    assert text.error
    assert text.map == ""
    assert again == replace(first, file="again.png")
    assert first.sha256 == hashlib.sha256(png(1)).hexdigest()


def test_each_file_without_a_map_is_counted_by_its_reason() -> None:
    archive = packed(("a.png", png(1)), ("b.txt", b"words"), (".DS_Store", b""), ("._a.png", b""))
    files = list_images([("z.zip", archive), ("cut.png", png(2)[:200]), ("cut.png", png(3)[:200])])
    store = Store()
    tally = store.run(work_for(small_model(), "saliency", {}, 1), files)
    counted = {OTHER: 1, Reason.HIDDEN.value: 2, Reason.DAMAGED.value: 2}
    assert tally == Tally(1, 0, counted)
    assert tally.failed == 5
    assert not tally.is_complete
    assert Tally(1, 0, {OTHER: 1, Reason.HIDDEN.value: 2}).is_complete
    assert not Tally(0, 0, {OTHER: 1}).is_complete
    assert numbers_in(tally_words(tally)) == ["1", "5", "1", "2", "2"]
    rows = from_csv(to_csv(made.row for made in store.outcomes))
    assert [row.reason for row in rows] == ["", *list(counted)[:2], *[Reason.DAMAGED.value] * 2]
    assert all(row.error for row in rows[1:])


def test_what_became_of_a_picture_stands_in_its_row() -> None:
    file = io.BytesIO()
    Image.new("L", (2100, 400)).save(file, "PNG")
    store = Store()
    store.run(work_for(small_model(), "saliency", {}, 1), list_images([("a", file.getvalue())]))
    assert numbers_in(store.outcomes[0].row.note) == ["2,100", "400", "2,048", "390"]


def test_a_map_that_raises_nothing_has_no_strongest_region(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*given: Any, **more: Any) -> Any:
        made = attribute(*given, **more)
        return replace(made, values=np.zeros_like(made.values))

    monkeypatch.setattr(engine, "attribute", nothing)
    store = Store()
    store.run(work_for(small_model(), "saliency", {}, 1), list_images(FILES[:1]))
    assert store.outcomes[0].row.strongest_region == ""
    assert store.outcomes[0].row.sum == 0


def test_the_most_probable_class_is_each_picture_s_own() -> None:
    model, store = small_model(), Store()
    store.run(work_for(model, "saliency", {}), list_images(FILES[:1]))
    (made,) = store.outcomes
    assert made.row.target_index == attribute(model, picture(64, 1), method="saliency").target.index
    assert made.row.asked == "most probable"


def test_cancelled_work_goes_on_where_it_stopped() -> None:
    model, store = small_model(), Store()
    work, files = work_for(model, "saliency", {}, 1), list_images(FILES)
    with pytest.raises(Cancelled):
        store.run(work, files, cancelled=lambda: len(store.outcomes) == 2)
    before = list(store.outcomes)
    assert [made.row.file for made in before] == ["a/cat.png", "notes.txt"]
    assert store.run(work, files) == Tally(made=1, known=2, skipped={OTHER: 1})
    rows = [made.row for made in store.outcomes[2:]]
    assert rows[0] == before[0].row
    assert store.outcomes[2].attribution is None


def test_cancel_is_heard_inside_a_map() -> None:
    model, store = small_model(), Store()
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 3

    work = work_for(model, "occlusion", {"window": 8, "stride": 2}, 1)
    with pytest.raises(Cancelled):
        store.run(work, list_images(FILES), cancelled=cancelled)
    assert store.outcomes == []


def test_another_question_is_another_map() -> None:
    model, store = small_model(), Store()
    files = list_images(FILES[:1])
    works = [
        work_for(model, "saliency", {}, 1),
        work_for(model, "saliency", {}, 2),
        work_for(model, "saliency", {}),
        work_for(model, "occlusion", {"window": 32, "stride": 32}, 1),
        work_for(model, "occlusion", {"window": 32, "stride": 16}, 1),
        work_for(replace(model, name="other"), "saliency", {}, 1),
    ]
    for work in works:
        assert store.run(work, files) == Tally(made=1)
    names = [row.map for row in store.done.values()]
    assert len(set(names)) == len(works)  # none writes over another
    assert store.run(works[0], files) == Tally(known=1)
    assert store.run(works[0], files, again=True) == Tally(made=1)
    assert store.outcomes[-1].row.map == names[0]


def test_what_is_not_allowed_is_said_before_anything_runs() -> None:
    with pytest.raises(AttributionError, match="n_steps=9999"):
        work_for(small_model(), "integrated-gradients", {"n_steps": 9999})
    with pytest.raises(AttributionError, match=r"\b0\b.*\b5\b"):
        work_for(small_model(), "saliency", {}, 6)
