"""What Python sends to a stage is what its JavaScript expects, field by field.

Each stage's scene is a `TypedDict` in its folder, named after the stage. TypeScript reads the type
of what the stage's `mount` takes (`js/scene-types.mjs`), and both have to be the same. A pair such
as `[number, number]` is a list in Python: JSON has nothing else, and no scene holds a tuple. A
machine without node skips these tests; where `CI` is set they fail there instead.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType, NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from densenet_viz.stage.modules import FOLDER

ROOT = FOLDER.parent.parent
OTHERS = ("lecture", "follow")
"""Their scenes are a whole deck, whose parts `densenet_viz.lecture` makes."""

NAMES = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    None: "null",
    NoneType: "null",
}


def drawing_modules() -> list[Path]:
    """Every module that draws a scene, looked for in the folder itself."""
    return sorted(
        file
        for file in FOLDER.rglob("*.js")
        if file.parent.name not in OTHERS and "export function mount(" in file.read_text("utf-8")
    )


STAGES = {
    file.parent.name if file.stem == file.parent.name else f"{file.parent.name}-{file.stem}": file
    for file in drawing_modules()
}


def modules_of(folder: Path) -> list[ModuleType]:
    return [
        import_module(f"densenet_viz.stage.{folder.name}.{file.stem}")
        for file in sorted(folder.glob("*.py"))
        if file.stem != "__init__"
    ]


def declared(stage: str) -> type:
    """The stage's `TypedDict`: `VariantsCountScene` of the stage `variants-count`."""
    name = "".join(part.capitalize() for part in stage.split("-")) + "Scene"
    modules = modules_of(STAGES[stage].parent)
    found = {getattr(module, name) for module in modules if hasattr(module, name)}
    assert len(found) == 1, f"{name} is declared {len(found)} times in stage/{stage}"
    return found.pop()


def describe(hint: Any) -> Any:
    """A type in the words of `scene-types.mjs`."""
    if hint in NAMES:
        return NAMES[hint]
    if is_typeddict(hint):
        return {
            "fields": {
                name: {"optional": name in hint.__optional_keys__, "type": describe(field)}
                for name, field in get_type_hints(hint).items()
            }
        }
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return union([describe(part) for part in parts])
    if origin is Literal:
        return union([{"literal": part} for part in parts])
    if origin is list:
        return {"list": describe(parts[0])}
    if origin is dict and parts[0] is str:
        return {"record": describe(parts[1])}
    raise TypeError(f"{hint} cannot stand in a scene.")


def union(members: list[Any]) -> Any:
    """Each member once and in one order, those of inner unions among them."""
    flat = [
        one
        for member in members
        for one in (member["union"] if isinstance(member, dict) and "union" in member else [member])
    ]
    unique = {json.dumps(one, sort_keys=True): one for one in flat}
    return {"union": [unique[key] for key in sorted(unique)]} if len(unique) > 1 else flat[0]


def ordered(told: Any) -> Any:
    """What JavaScript tells, with its unions in the same order."""
    if isinstance(told, list):
        return [ordered(one) for one in told]
    if not isinstance(told, dict):
        return told
    if set(told) == {"union"}:
        return union([ordered(one) for one in told["union"]])
    return {name: ordered(one) for name, one in told.items()}


@cache
def expected() -> dict[str, Any]:
    """What each stage's JavaScript takes, by the stage's name."""
    if shutil.which("node") is None or not (ROOT / "node_modules" / "typescript").is_dir():
        if os.environ.get("CI") or os.environ.get("BROWSER_TESTS") == "required":
            pytest.fail("node or TypeScript is not installed, and has to be here")
        pytest.skip("node or TypeScript is not installed")
    files = {str(file.relative_to(ROOT)): stage for stage, file in STAGES.items()}
    told = subprocess.run(
        ["node", "tests/js/scene-types.mjs", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {files[file]: ordered(scene) for file, scene in json.loads(told.stdout).items()}


def test_every_picture_has_a_scene() -> None:
    folders = {file.parent.name for file in FOLDER.glob("*/scene.py")}
    assert folders == {file.parent.name for file in STAGES.values()}


@pytest.mark.parametrize("stage", STAGES)
def test_the_scene_is_what_the_picture_takes(stage: str) -> None:
    sent, taken = describe(declared(stage))["fields"], expected()[stage]["fields"]
    names = sent.keys() | taken.keys()
    differ = {
        name: {"sent": sent.get(name), "taken": taken.get(name)}
        for name in names
        if sent.get(name) != taken.get(name)
    }
    assert differ == {}
