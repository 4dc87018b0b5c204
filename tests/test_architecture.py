"""docs/architecture.md holds: who imports whom, what is pinned, what is configured."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from densenet_viz import __version__
from densenet_viz.network.own.spec import SIZE_LIMIT as WEIGHTS_LIMIT
from densenet_viz.ui.pages import PAGES

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = [ROOT / "app.py", *(ROOT / row.path for row in PAGES)]
PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s#]+)$")


def imported_modules(script: Path) -> set[str]:
    """Every module that a script imports, also inside its functions."""
    found = set()
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or ".")
    return found


def pins(name: str) -> dict[str, str]:
    """The `name==version` lines of a requirements file."""
    lines = (line.strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    required = [line for line in lines if line and not line.startswith(("#", "-"))]
    matches = {line: PIN.match(line) for line in required}
    assert None not in matches.values(), f"not pinned exactly: {matches}"
    return {match[1]: match[2] for match in matches.values() if match}


def luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB as WCAG 2.2 defines it, 0 to 1."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours as WCAG 2.2 defines it, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    return tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, densenet_viz;"
        "print(*sorted({'torch', 'torchvision', 'captum', 'streamlit', 'plotly', 'PIL'}"
        " & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_app_and_pages_reach_frameworks_only_through_the_package(script: Path) -> None:
    allowed = {"streamlit", "densenet_viz", "numpy", *sys.stdlib_module_names}
    outside = {name for name in imported_modules(script) if name.split(".")[0] not in allowed}
    assert outside == set()


def test_nothing_imports_a_page_or_the_app() -> None:
    above = {"app", "benchmarks", "scripts", "tests", *(row.path.split("/")[0] for row in PAGES)}
    for module in (ROOT / "densenet_viz").rglob("*.py"):
        roots = {name.split(".")[0] for name in imported_modules(module)}
        assert roots.isdisjoint(above), module.name


READER = ROOT / "densenet_viz" / "network" / "own" / "pickled.py"


def test_no_pickle_anywhere_but_in_the_reader_of_weight_files() -> None:
    for module in [*SCRIPTS, *(ROOT / "densenet_viz").rglob("*.py")]:
        roots = {name.split(".")[0] for name in imported_modules(module)}
        found = roots & {"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
        assert found == ({"pickle"} if module == READER else set())


def test_that_reader_finds_no_class_of_a_file() -> None:
    """It uses nothing of pickle but the class whose names it replaces."""
    tree = ast.parse(READER.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    used = [
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "pickle"
    ]
    assert used == ["_Unpickler"]
    (reader,) = (
        node
        for node in nodes
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Attribute) for base in node.bases)
    )
    made = {node.name for node in reader.body if isinstance(node, ast.FunctionDef)}
    assert {"find_class", "persistent_load"} <= made
    called = [node.attr for node in ast.walk(reader) if isinstance(node, ast.Attribute)]
    assert "find_class" not in called


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "constraints.txt"])
def test_what_is_pinned_is_what_runs(name: str) -> None:
    pinned = pins(name)
    assert {package: version(package).split("+")[0] for package in pinned} == pinned


def test_what_the_app_runs_on_is_pinned() -> None:
    assert set(pins("requirements.txt")) == {
        "captum",
        "filelock",
        "numpy",
        "pillow",
        "plotly",
        "safetensors",
        "scikit-image",
        "scikit-learn",
        "scipy",
        "segno",
        "starlette",
        "streamlit",
        "torch",
        "torchvision",
    }


def test_nothing_is_sent_and_nothing_leaks(config: dict[str, Any]) -> None:
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["toolbarMode"] == "minimal"
    assert config["server"]["maxUploadSize"] << 20 == WEIGHTS_LIMIT


def test_fonts_are_the_systems(config: dict[str, Any]) -> None:
    fonts = [value for key, value in config["theme"].items() if key.lower().endswith("font")]
    assert len(fonts) == 3
    assert not any("http" in font or "fontFaces" in config["theme"] for font in fonts)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "text", ["textColor", "primaryColor", "linkColor", "greenColor", "redColor", "grayColor"]
)
def test_theme_can_be_read(config: dict[str, Any], theme: str, text: str) -> None:
    """WCAG 2.2, 1.4.3: text keeps 4.5:1 on each ground it stands on."""
    colours = config["theme"][theme]
    grounds = [colours["backgroundColor"], colours["sidebar"]["backgroundColor"]]
    assert min(contrast(colours[text], ground) for ground in grounds) >= 4.5


def test_themes_differ_in_ground_and_not_in_what_they_define(config: dict[str, Any]) -> None:
    light, dark = config["theme"]["light"], config["theme"]["dark"]
    assert light.keys() == dark.keys()
    assert luminance(light["backgroundColor"]) > 0.9
    assert luminance(dark["backgroundColor"]) < 0.02


def test_version_stands_in_the_changelog() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_picture_of_the_readme_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    pictures = re.findall(r"(?:\]\(|src=\")(docs/[^)\"]+\.png)", text)
    assert len(pictures) >= 10
    assert [name for name in pictures if not (ROOT / name).is_file()] == []
