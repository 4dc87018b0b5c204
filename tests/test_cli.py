"""The command line: what it prints, what it writes, how it says no."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from densenet_viz import cli
from densenet_viz.attribution import AttributionError, attribute
from densenet_viz.cli import attribute as attributing
from densenet_viz.cli import network as choosing
from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.spec import VARIANTS, LayerRow
from densenet_viz.facts.systems import NAMED_SPECS, REFERENCE, SYSTEMS
from densenet_viz.figures.attribution_image import OPACITY
from densenet_viz.figures.colours import limit_of, overlay
from densenet_viz.network.models import ModelUnavailable
from densenet_viz.results.timings.passes import Benchmark, Timing
from tests.commands import refused, run
from tests.facts import names_in, numbers_in
from tests.small_models import picture, small_model

# -- describe -------------------------------------------------------------------------------


def described(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert cli.main(["describe", *words, "--json"]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def test_densenet121_in_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    report = described(capsys)
    assert report == described(capsys, "densenet121")
    assert report["name"] == "DenseNet-121"
    assert report["parameters"] == 7_978_856
    assert report["connections"] == 535
    assert report["connections_per_block"] == [21, 78, 300, 136]
    assert report["named_depth"] == 121
    facts = ["1 ", "2 × (6 + 12 + 24 + 16)", "= 121"]
    assert names_in(report["depth_reason"], *facts) == facts
    assert report["note"] is None
    first, second = (
        row for row in report["layers"] if row["block"] == 1 and row["layer"] in (1, 2)
    )
    assert (first["in_channels"], first["new_channels"], first["out_channels"]) == (64, 32, 96)
    assert (second["in_channels"], second["new_channels"], second["out_channels"]) == (96, 32, 128)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_adds_up(capsys: pytest.CaptureFixture[str], variant: str) -> None:
    report = described(capsys, variant)
    names = {field.name for field in fields(LayerRow)} - {"leaves"}
    assert all(set(row) == names | {"parameters", "multiply_adds"} for row in report["layers"])
    for total in ("parameters", "multiply_adds", "activation_bytes"):
        assert sum(row[total] for row in report["layers"]) == report[total] > 0
    assert sum(report["connections_per_block"]) == report["connections"]


def test_the_name_of_264_is_told_honestly(capsys: pytest.CaptureFixture[str]) -> None:
    report = described(capsys, "densenet264")
    assert (report["name"], report["named_depth"]) == ("DenseNet-264", 265)
    assert report["cited"] is None  # Keras has none
    facts = {"DenseNet-264", "(6, 12, 64, 48)", "265"}
    assert {fact for fact in facts if fact in report["note"]} == facts
    assert cli.main(["describe", "densenet264"]) == 0
    assert report["note"] in capsys.readouterr().out.splitlines()


def test_the_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["describe"]) == 0
    lines = capsys.readouterr().out.splitlines()
    facts = ["DenseNet-121", "growth rate 32", "6, 12, 24, 16", "64 initial"]
    assert names_in(lines[0], *facts) == facts
    assert lines[1].startswith("7,978,856 parameters")
    assert names_in(lines[2], "535", "21 + 78 + 300 + 136") == ["535", "21 + 78 + 300 + 136"]
    table = "\n".join(lines).split("\n\n")[-1].splitlines()
    assert len({len(line) for line in table}) == 1
    assert len(table) == 2 + 1 + 58 + 3 + 1 + 1
    assert table[3].split()[:8] == ["block", "1", "layer", "1", "64", "32", "96", "56"]


@pytest.mark.parametrize(
    ("name", "depth", "trainable", "statistics", "biases", "total"),
    [
        ("resnet50", 107, 25_557_032, 53_120, 26_560, 25_636_712),
        ("resnet101", 209, 44_549_160, 105_344, 52_672, 44_707_176),
        ("resnet152", 311, 60_192_808, 151_424, 75_712, 60_419_944),
        ("resnet50v2", 103, 25_549_352, 45_440, 19_008, 25_613_800),
        ("resnet101v2", 205, 44_541_480, 97_664, 36_416, 44_675_560),
        ("resnet152v2", 307, 60_185_128, 143_744, 51_776, 60_380_648),
        ("densenet121", 242, 7_978_856, 83_648, 0, 8_062_504),
        ("densenet169", 338, 14_149_480, 158_400, 0, 14_307_880),
        ("densenet201", 402, 20_013_928, 229_056, 0, 20_242_984),
    ],
)
def test_the_nine_systems_are_exact(
    capsys: pytest.CaptureFixture[str],
    name: str,
    depth: int,
    trainable: int,
    statistics: int,
    biases: int,
    total: int,
) -> None:
    report = described(capsys, name)
    assert report["depth"] == depth == report["cited"]["depth"]
    assert report["trainable_parameters"] == report["parameters"] == trainable
    assert report["running_statistics"] == statistics
    assert report["convolution_biases"] == biases
    assert report["keras_total"] == total
    assert len(report["leaves"]) == depth
    for key, sum_ in (("parameters", trainable), ("running_statistics", statistics)):
        assert sum(leaf[key] for leaf in report["leaves"]) == sum_
    assert report["cited"]["source"].startswith("Keras Applications")


def test_the_sums_are_written_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["describe", "resnet50v2"]) == 0
    head, parameters, depth, cited, table = capsys.readouterr().out.split("\n\n")
    facts = ["ResNet50V2", "3, 4, 6, 3", "224 × 224"]
    assert names_in(head, *facts) == facts
    # What is trained, the batch norms' running statistics, Keras's biases, and their sum.
    assert [line[:12].split() for line in parameters.splitlines()] == [
        *(["25,549,352"], ["+", "45,440"], ["+", "19,008"], ["=", "25,613,800"])
    ]
    assert [line.split()[:2] for line in depth.splitlines()] == [
        ["53", "convolutions"],
        ["+", "49"],
        ["+", "1"],
        ["=", "103"],
    ]
    assert "Keras" in cited
    rows = table.splitlines()
    assert len(rows) == 2 + 103
    assert len({len(row) for row in rows}) == 1
    assert rows[2].split() == ["conv1", "7×7", "stem", "9,408", "0", "64", "118,013,952"]


def test_an_unknown_network_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "'vgg16'" in refused(capsys, "describe", "vgg16")


@pytest.mark.parametrize("name", ["densenet121", "resnet152v2"])
def test_describe_loads_no_framework(name: str) -> None:
    code = (
        f"import sys; from densenet_viz.cli import main; main(['describe', {name!r}, '--json']); "
        "sys.exit(' '.join({'torch', 'captum', 'torchvision', 'plotly'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["parameters"] == inventory_of(NAMED_SPECS[name]).parameters


def test_a_reader_that_has_enough_is_no_error() -> None:
    command = f"{sys.executable} -m densenet_viz describe densenet264 --json | head -n 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "{\n", "")


# -- attribute ------------------------------------------------------------------------------


@pytest.fixture
def image(tmp_path: Path) -> Path:
    file = tmp_path / "a <star> & more.png"
    Image.fromarray(picture(80)).save(file)
    return file


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every name loads the small model; returns the names that were asked for."""
    asked: list[str] = []

    def load(name: str, *, on_progress: object = None) -> object:
        asked.append(name)
        return small_model()

    monkeypatch.setattr(choosing, "load_model", load)
    return asked


def test_attribute_writes_the_map_and_its_numbers(
    image: Path, tmp_path: Path, small: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "made" / "here"
    words = ["attribute", str(image), "--method", "occlusion", "--target", "HEART", "--json"]
    assert cli.main([*words, "--out", str(out), "--set", "window=16", "--set", "stride=16"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    report = json.loads(captured.out)
    assert small == ["scenes"]
    assert report["files"] == [
        str(out / f"a_star_more-occlusion-2.{ending}") for ending in ("png", "npz")
    ]
    model, given = small_model(), picture(80)
    expected = attribute(model, given, method="occlusion", target=2, window=16, stride=16)
    with np.load(report["files"][1], allow_pickle=False) as archive:
        assert set(archive) == {"values", "picture", "metadata"}
        np.testing.assert_array_equal(archive["values"], expected.values)
        metadata = json.loads(archive["metadata"].item())
    assert metadata["parameters"] == {"window": 16, "stride": 16, "baseline": "mean"}
    assert metadata["provenance"] == "Random weights, for tests."
    with Image.open(report["files"][0]) as drawn:
        pixels = np.asarray(drawn)
    heat = expected.heat
    np.testing.assert_array_equal(
        pixels, overlay(model.picture(given), heat, OPACITY, limit_of(heat))
    )
    assert report["target"]["label"] == "heart"
    assert [p["index"] for p in report["predictions"]] == [p.index for p in expected.predictions]
    assert report["forward_passes"] == expected.forward_passes == 18
    assert report["computed_by"] == expected.computed_by
    assert report["seconds"] > 0
    assert report["convergence_delta"] is None


def test_attribute_tells_people(
    image: Path, tmp_path: Path, small: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["attribute", str(image), "--method", "integrated-gradients", "--out", str(tmp_path)]
    assert cli.main([*words, "--set", "n_steps=8", "--set", "baseline=white"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "convergence delta" in lines[6]
    assert "9" in numbers_in(lines[6])  # forward passes
    assert [line.split()[0] for line in lines[-2:]] == ["wrote", "wrote"]


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        (["--method", "magic"], ["--method", "'magic'"]),
        (["--model", "resnet"], ["--model", "'resnet'"]),
        (["--target", "6"], ["target=6", "0", "5"]),
        (["--target", "-1"], ["target=-1"]),
        (["--target", "sta"], ["'sta'", "6", "star"]),
        (["--target", "\n\x1b[31m"], ["'\\n\\x1b[31m'", "star"]),
        (["--target", "Crane"], ["'Crane'", "3", "4"]),
        (["--set", "n_steps=9"], ["'n_steps'"]),
        (["--set", "layer"], ["--set", "'layer'", "NAME=VALUE"]),
        (["--set", "method=saliency"], ["NAME=VALUE"]),
        (["--set", "layer=block 9"], ["layer='block 9'"]),
        (["--nonsense"], ["--nonsense"]),
    ],
)
def test_attribute_says_what_is_wrong(
    image: Path,
    small: list[str],
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    facts: list[str],
) -> None:
    assert names_in(refused(capsys, "attribute", str(image), *words), *facts) == facts


@pytest.mark.parametrize("content", [None, b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 99])
def test_a_bad_file_costs_one_line(
    tmp_path: Path,
    small: list[str],
    capsys: pytest.CaptureFixture[str],
    content: bytes | None,
) -> None:
    file = tmp_path / "bad.png"
    if content is not None:
        file.write_bytes(content)
    line = refused(capsys, "attribute", str(file))
    assert str(tmp_path) not in line
    assert small == []  # no model is loaded for it


def test_a_bad_file_in_a_shell(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"no picture")
    done = run("attribute", str(tmp_path / "bad.png"), "--json")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_an_absent_model_costs_one_line(
    image: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(_name: str, *, on_progress: object = None) -> object:
        raise ModelUnavailable("Connect once.")

    monkeypatch.setattr(choosing, "load_model", load)
    assert refused(capsys, "attribute", str(image)) == "python -m densenet_viz: Connect once.\n"


def test_a_folder_that_cannot_be_written(
    image: Path, small: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    line = refused(capsys, "attribute", str(image), "--out", str(image / "below"))
    assert "--out" in line
    assert str(image) not in line


def test_ctrl_c_is_clean(
    image: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(_name: str, *, on_progress: object = None) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(choosing, "load_model", load)
    assert cli.main(["attribute", str(image)]) == 130
    assert capsys.readouterr().err.strip().count("\n") == 0


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_the_progress(
    image: Path, tmp_path: Path, small: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert cli.main(["attribute", str(image), "--out", str(tmp_path), "--method", "saliency"]) == 0
    assert terminal.getvalue() == (
        f"\rsaliency [{'.' * 30}]   0%"
        f"\rsaliency [{'#' * 15}{'.' * 15}]  50%"
        f"\rsaliency [{'#' * 30}] 100%\n"
    )


def test_labels_and_numbers() -> None:
    labels = ("star", "tall ship", "ring")
    assert attributing.target_index(labels, None) is None
    assert attributing.target_index(labels, " Tall Ship ") == 1
    assert attributing.target_index(labels, "2") == 2
    with pytest.raises(AttributionError, match="such as ring"):
        attributing.target_index(labels, "rings")


# -- train ----------------------------------------------------------------------------------


def test_train_hands_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import densenet_viz.scenes.train as training

    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(training, "run", lambda **given: calls.append(given))
    assert cli.main(["train", "scenes"]) == 0
    words = ["--seed", "7", "--device", "cpu", "--epochs", "2", "--scenes", "300"]
    words += ["--pairs", "100", "--judged", "50"]
    folders = [tmp_path / name for name in ("out", "checkpoints", "photos")]
    for folder in folders:
        words += [f"--{folder.name}", str(folder)]
    assert cli.main(["train", "cheater", *words]) == 0
    names = ("epochs", "scenes", "pairs", "out", "checkpoints", "photos")
    defaults = {"seed": 0, "device": "auto", "judged": 5000, "keep": 12, **dict.fromkeys(names)}
    assert calls == [
        {"model": "scenes", **defaults},
        {
            "model": "cheater",
            **dict(zip(names, (2, 300, 100, *folders), strict=True)),
            "seed": 7,
            "device": "cpu",
            "judged": 50,
            "keep": 12,
        },
    ]


def test_a_checkpoint_of_another_run_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import densenet_viz.scenes.train as training
    from densenet_viz.scenes.checkpoint import CheckpointError

    def other(**_given: Any) -> None:
        raise CheckpointError("It is of a run with other settings; give those again.")

    monkeypatch.setattr(training, "run", other)
    assert "other settings; give those again." in refused(capsys, "train", "scenes")


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        (["letters"], ["'letters'"]),
        (["digits", "--depth", "23"], ["depth", "23", "148"]),
        (["digits", "--pairs", "2"], ["--pairs"]),
        (["digits", "--learning-rate", "nan"], ["learning_rate", "nan"]),
        (["scenes", "--growth-rate", "8"], ["--growth-rate", "digits"]),
        (["scenes", "--epochs", "0"], ["--epochs", "'0'", "1"]),
        (["scenes", "--scenes", "many"], ["--scenes", "'many'", "1"]),
        (["cheater", "--pairs", "0"], ["--pairs", "'0'", "1"]),
        (["scenes", "--seed", "-1"], ["--seed", "'-1'", "0"]),
        (["scenes", "--device", "tpu"], ["--device", "'tpu'"]),
    ],
)
def test_train_says_what_is_wrong(
    capsys: pytest.CaptureFixture[str], words: list[str], facts: list[str]
) -> None:
    assert names_in(refused(capsys, "train", *words), *facts) == facts


def test_train_digits_reports_its_run(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train", "digits", "--growth-rate", "2", "--depth", "10", "--epochs", "1"]
    assert cli.main([*words, "--seed", "5", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["growth_rate"], told["depth"], told["seed"], told["family"]) == (2, 10, 5, "dense")
    assert len(told["accuracies"]) == 2
    assert len(told["gradients"]) == 10
    assert cli.main([*words, "--family", "plain"]) == 0
    assert "plain" in capsys.readouterr().out


def test_train_without_a_gpu(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert "CUDA" in refused(capsys, "train", "scenes", "--device", "cuda")


# -- benchmark ------------------------------------------------------------------------------


@pytest.fixture
def timed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Measures nothing: ResNet50 takes 10, 40 and 20 ms, the n-th other one n times as long."""
    from densenet_viz.measure import latency

    asked: list[dict[str, Any]] = []

    def benchmark(models: tuple[str, ...], **options: Any) -> Benchmark:
        asked.append({"models": models, **options})
        names = dict.fromkeys((REFERENCE, *models))
        return Benchmark(
            {"processor": "Acme 9", "threads": "2"},
            tuple(
                Timing(name, options["device"], size, 2, (0.01 * n, 0.04 * n, 0.02 * n))
                for n, name in enumerate(names, start=1)
                for size in options["batches"]
            ),
        )

    monkeypatch.setattr(latency, "benchmark", benchmark)
    return asked


def test_benchmark_gives_nine_rows(
    timed: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["benchmark", "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    report = json.loads(captured.out)
    assert report["machine"] == {"processor": "Acme 9", "threads": "2"}
    assert [row["model"] for row in report["rows"]] == list(SYSTEMS)
    assert timed[0]["models"] == tuple(SYSTEMS)
    assert report["rows"][6] == {
        "model": "densenet121",
        "device": timed[0]["device"],
        "batch": 1,
        "threads": 2,
        "median_ms": 140.0,
        "spread_ms": 105.0,
        "ratio_to_resnet50": 7.0,
        "cited_ratio": 1.3247,
        "rounds": 3,
    }


def test_benchmark_takes_what_it_is_asked(
    timed: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--models", "densenet121,DenseNet201", "--models", "densenet121", "--device", "cpu"]
    assert cli.main(["benchmark", *words, "--batch", "1", "8", "--rounds", "7"]) == 0
    assert {key: timed[0][key] for key in ("models", "device", "batches", "rounds")} == {
        "models": ("densenet121", "densenet201"),
        "device": "cpu",
        "batches": [1, 8],
        "rounds": 7,
    }
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "processor: Acme 9"
    assert [line.split()[:3] for line in lines[3:9]] == [
        [name, "batch", size]
        for name in ("resnet50", "densenet121", "densenet201")
        for size in ("1", "8")
    ]
    assert names_in(lines[5], "2.00 × resnet50", "1.32") == ["2.00 × resnet50", "1.32"]


def test_benchmark_is_refused_where_memory_is_short(
    timed: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from densenet_viz.cli import benchmark

    monkeypatch.setattr(benchmark, "spare_bytes", lambda _device: 1_000_000_000)
    said = refused(capsys, "benchmark", "--device", "cpu")
    assert "1.0 GB" in said
    assert timed == []
    assert cli.main(["benchmark", "--device", "cpu", "--models", "densenet121", "--json"]) == 0
    capsys.readouterr()
    said = refused(capsys, "benchmark", "--models", "densenet121", "--batch", "1", "256")
    assert names_in(said, "4.6 GB", "1.0 GB") == ["4.6 GB", "1.0 GB"]
    assert len(timed) == 1


def test_the_benchmark_is_a_command_in_a_shell() -> None:
    done = run("benchmark", "--rounds", "0")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.slow
def test_benchmark_really_measures() -> None:
    done = run("benchmark", "--models", "densenet121", "--rounds", "1", "--device", "cpu", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert [row["model"] for row in report["rows"]] == ["resnet50", "densenet121"]
    assert report["rows"][0]["ratio_to_resnet50"] == 1.0
    assert all(row["median_ms"] > 1 for row in report["rows"])


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        (["--models", "vgg16"], ["--models", "'vgg16'", "resnet50"]),
        (["--models", "resnet50,"], ["--models", "''", "resnet50"]),
        (["--models", "a" * 99], ["--models", f"'{'a' * 40}'"]),
        (["--device", "tpu"], ["--device", "'tpu'"]),
        (["--rounds", "0"], ["--rounds", "'0'", "1000"]),
        (["--rounds", "9" * 5000], ["--rounds", "1000"]),
        (["--batch", "0"], ["--batch", "'0'", "256"]),
        (["--batch", "1", "many"], ["--batch", "'many'", "256"]),
    ],
)
def test_benchmark_says_what_is_wrong(
    timed: list[dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    facts: list[str],
) -> None:
    assert names_in(refused(capsys, "benchmark", *words), *facts) == facts
    assert timed == []


def test_benchmark_without_a_gpu(
    timed: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    from densenet_viz.cli import benchmark

    monkeypatch.setattr(benchmark, "spare_bytes", lambda _device: None)
    assert "CUDA" in refused(capsys, "benchmark", "--device", "cuda")
    assert cli.main(["benchmark", "--json"]) == 0
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert cli.main(["benchmark", "--json"]) == 0
    assert [one["device"] for one in timed] == ["cpu", "cuda"]


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (KeyboardInterrupt(), 130, "\n"),
        (MemoryError(), 2, "python -m densenet_viz: "),
        (RuntimeError("can't allocate memory: you tried"), 2, "python -m densenet_viz: "),
    ],
)
def test_benchmark_ends_cleanly(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    line: str,
) -> None:
    from densenet_viz.measure import latency

    def benchmark(*_: object, **__: object) -> object:
        raise error

    monkeypatch.setattr(latency, "benchmark", benchmark)
    assert cli.main(["benchmark"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(line)
    assert err.strip().count("\n") == 0
    assert "allocate" not in err


# -- help -----------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [[], ["describe"], ["attribute"], ["train"], ["benchmark"]])
def test_help_everywhere(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main([*words, "--help"])
    assert stop.value.code == 0
    out = capsys.readouterr().out
    assert out.startswith("usage: python -m densenet_viz")
    assert "--help" in out


def test_no_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "describe|attribute|train|benchmark" in refused(capsys)
