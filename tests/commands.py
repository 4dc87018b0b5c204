"""Commands, called as functions and as processes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from densenet_viz import cli


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """`python -m densenet_viz WORDS` as a process of its own."""
    command = [sys.executable, "-m", "densenet_viz", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line on stderr with which a request is refused with exit code 2."""
    try:
        code: object = cli.main(words)
    except SystemExit as stop:  # argparse's way
        code = stop.code
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert err.startswith("python -m densenet_viz")
    assert "Traceback" not in err
    return err
