"""Stages as pages of their own, each with a scene, which a browser opens without a server."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np

from densenet_viz.lecture.pictures import scene_of
from densenet_viz.lecture.reading import deck_of
from densenet_viz.results import Attribution, Prediction
from densenet_viz.stage.agreement import agreement_scene
from densenet_viz.stage.attribution import attribution_scene
from densenet_viz.stage.bench import Panel, bench_scene
from densenet_viz.stage.lineup import Witness, lineup_scene
from densenet_viz.stage.modules import adapted, style, style_of
from densenet_viz.stage.scoreboard import scoreboard_scene
from tests.small_models import picture, small_model
from tests.stage_scenes import faithful, sanity, scoreboard, truth, two

STAGES = ("growth", "block", "transition", "overview")
SIDE = 64
RING, STAR = Prediction(1, "ring", 0.75), Prediction(0, "star", 0.25)
DECK = "title: All\nminutes: 4\n" + "".join(
    f"\n---\n# {name}\nminutes: 1\npicture: {name}{', k=4' * (name == 'growth')}\n"
    for name in STAGES
)
PAGE = """<!doctype html><meta charset="utf-8"><style>body {{ margin: 0; padding: 16px;
background: #fcfbf8; color-scheme: light }}</style><div id="place"></div><script type="module">
const {{ default: component }} = await import("data:text/javascript;base64,{module}");
const root = document.getElementById("place").attachShadow({{ mode: "open" }});
const sheet = document.createElement("style");
sheet.textContent = {css};
root.append(sheet);
component({{ data: {scene}, parentElement: root, setStateValue() {{}} }});
</script>"""
MAPS = ("attribution", "lineup", "bench", "agreement")
CHECKS = ("faithful", "sanity", "scoreboard", "truth", "two")


def seen(seed: int) -> Attribution:
    """A map that is nothing but noise, strongest in the middle."""
    heat = np.random.default_rng(seed).normal(0, 0.1, (SIDE, SIDE)).astype(np.float32)
    heat[24:40, 24:40] += 1
    return Attribution("saliency", heat[None], RING, (RING, STAR), 0.1, 1)


def map_scenes() -> dict[str, Any]:
    """The pictures of maps: their stages by name, each with its scene."""
    drawn, (mask, tag) = picture(SIDE), np.zeros((2, SIDE, SIDE), bool)
    mask[16:48, 16:48], tag[2:12, 2:12] = True, True
    first, second = (
        Witness(name, RING, right=True, on_object=0.5, on_tag=0.25, heat=seen(place).heat)
        for place, name in enumerate(("Model A", "Model B"))
    )
    panels = [Panel(name, "slope", "", seen(place)) for place, name in enumerate(("One", "Other"))]
    words = {"caption": "a drawn ring", "title": "Two ways to ask", "lesson": "They differ."}
    return {
        "attribution": attribution_scene(
            drawn,
            caption="a drawn ring",
            method="Saliency",
            target=RING,
            is_top=True,
            verdict="It says ring, and is right.",
            attribution=seen(0),
        ),
        "lineup": lineup_scene(
            drawn,
            caption="a drawn ring",
            truth="ring",
            tag="star",
            witnesses=(first, second),
            mask=mask,
            tag_mask=tag,
        ),
        "bench": bench_scene(drawn, panels, label="ring", **words),
        "agreement": agreement_scene(
            ["One", "Other"], np.eye(2) + 0.25, np.eye(2) + 0.5, lesson="They differ."
        ),
    }


def check_scenes() -> dict[str, Any]:
    """The pictures of checks, as their own tests have them."""
    return {
        "faithful": faithful.scene(faithful.line("Saliency"), faithful.line("Occlusion", 0.2)),
        "sanity": sanity.scene(sanity.strip()),
        "scoreboard": scoreboard_scene(scoreboard.board(*scoreboard.ALL)),
        "truth": truth.scene(),
        "two": two.scene(),
    }


def network_scenes() -> dict[str, Any]:
    """The pictures of a small live network."""
    deck = scene_of(deck_of(DECK), model=lambda _: small_model())
    pictures = [slide["picture"] for slide in deck["slides"]]
    return {one["stage"]: deck["scenes"][one["key"]] for one in pictures}


def written(folder: Path) -> dict[str, str]:
    """Writes each stage's page into `folder`; gives their addresses by the stages' names."""
    found = {}
    for name, scene in (network_scenes() | map_scenes() | check_scenes()).items():
        file = folder / f"{name}.html"
        file.write_text(
            PAGE.format(
                module=base64.b64encode(adapted(name).encode()).decode(),
                css=json.dumps(style("stage.css") + "\n" + style_of(name)),
                scene=json.dumps(scene),
            ),
            encoding="utf-8",
        )
        found[name] = file.as_uri()
    return found
