"""Scenes of the stages of maps and checks, one each."""

from __future__ import annotations

from typing import Any

import numpy as np

from densenet_viz.results.attributions import Attribution, Prediction
from densenet_viz.stage.agreement.scene import agreement_scene
from densenet_viz.stage.attribution.scene import attribution_scene
from densenet_viz.stage.bench.scene import Panel, bench_scene
from densenet_viz.stage.lineup.scene import Witness, lineup_scene
from densenet_viz.stage.scoreboard.scene import scoreboard_scene
from tests.small_models import picture
from tests.stage_scenes import faithful, sanity, scoreboard, truth, two

SIDE = 64
RING, STAR = Prediction(1, "ring", 0.75), Prediction(0, "star", 0.25)
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
            is_said=True,
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
