"""What `make` would do, as `make --dry-run` tells it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.facts import names_in


def planned(*arguments: str, cwd: Path) -> str:
    run = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout


def test_run_takes_the_port_and_can_stay_headless(root: Path) -> None:
    commands = planned("run", "PORT=9999", "HEADLESS=1", cwd=root)
    assert "streamlit run app.py --server.port 9999 --server.headless true" in commands


def test_run_stands_on_8501_and_opens_a_browser(root: Path) -> None:
    commands = planned("run", cwd=root)
    assert "streamlit run app.py --server.port 8501" in commands
    assert "--server.headless" not in commands


def test_second_run_installs_nothing(root: Path, tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.txt", "constraints.txt"):
        shutil.copy(root / name, tmp_path)
    assert "pip install" in planned("run", cwd=tmp_path)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    (tmp_path / ".venv" / ".requirements").touch()
    assert "pip install" not in planned("run", cwd=tmp_path)


def test_missing_python_is_said_in_one_sentence(root: Path, tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.txt", "constraints.txt"):
        shutil.copy(root / name, tmp_path)
    run = subprocess.run(
        ["make", "run", "PYTHON=no-such-python"], cwd=tmp_path, capture_output=True, text=True
    )
    assert run.returncode != 0
    assert names_in(run.stderr, "no-such-python", "3.11") == ["no-such-python", "3.11"]


def test_old_python_is_said_in_one_sentence(root: Path, tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.txt", "constraints.txt"):
        shutil.copy(root / name, tmp_path)
    old = tmp_path / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo Python 3.10.2 && exit\nexit 1\n')
    old.chmod(0o755)
    run = subprocess.run(
        ["make", "run", "PYTHON=./old-python"], cwd=tmp_path, capture_output=True, text=True
    )
    assert run.returncode != 0
    facts = ["./old-python", "3.10.2", "3.11"]
    assert names_in(run.stderr, *facts) == facts
    assert not (tmp_path / ".venv").exists()


def test_weights_are_those_of_one_network_of_some_or_of_all(root: Path) -> None:
    for given, options in (
        ([], ""),
        (["MODEL=densenet161 densenet201"], "--model densenet161 densenet201"),
        (["ALL=1"], "--all"),
    ):
        last = planned("weights", *given, cwd=root).splitlines()[-1]
        assert last.split("weights")[1].strip() == options
