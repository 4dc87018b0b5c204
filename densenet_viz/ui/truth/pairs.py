"""Part 2 of the ground-truth page: two objects, and a map for one of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import streamlit as st

from densenet_viz.attribution import METHODS
from densenet_viz.attribution.methods import FIRST
from densenet_viz.evaluation import metrics
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.models import LoadedModel
from densenet_viz.results.attributions import Attribution, Prediction
from densenet_viz.scenes.generator import PairScene, draw_pair
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.stage.truth.scene import truth_scene
from densenet_viz.ui.attribution.methods import choose_method
from densenet_viz.ui.current import take_from_address
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.suited import BUNDLED
from densenet_viz.ui.truth import twins
from densenet_viz.ui.work.progress import Notice

PAIRS = (
    ("ring", "arrow"),
    ("heart", "gear"),
    ("left spiral", "right spiral"),
    ("star", "square"),
    ("hexagon", "octagon"),
    ("flower", "cross"),
)
KEYS = ("pair", "pair_asked", "pair_map")
_TITLES = {f"{first} and {second}": (first, second) for first, second in PAIRS}
NO_TABLE = "The table was not computed. The map above stays as it is."
DESKS = _MAP, _TABLE = "pair-map", "pair-table"


def show_pairs() -> None:
    """Shows the whole part: scene, chosen object, its map, and every method's share."""
    st.header("Two objects: ask about one", anchor=False)
    st.markdown(
        "A map answers a question. Ask about the other object, and the map should move there."
    )
    model = twins.twin_or_none(BUNDLED)
    if model is None:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        take_from_address("pair", _TITLES)
        title = st.selectbox("Scene", list(_TITLES), key="pair", bind="query-params", width=240)
        scene = pair_of(title)
        asked = _choose_object(scene)
        method = choose_method("pair_map", width=220)
    twins.let_go(_MAP, scene.image)
    twins.let_go(_TABLE, scene.image)
    named = twins.answers(model, scene.image)
    st.markdown(named_words(named[:2], scene.names))
    ask = twins.TwinAsk(model, method.name, scene.labels[asked])

    def draw(maps: Sequence[Attribution]) -> None:
        _show_map(scene, asked, method.title, maps[0])
        _show_shares(model, scene)

    twins.run(_MAP, twins.TwinMaps(scene.image, (ask,)), draw, Notice(method.title))


@cache
def pair_of(title: str) -> PairScene:
    first, second = (CLASSES.index(name) for name in _TITLES[title])
    return draw_pair(0, "sample", list(_TITLES).index(title), (first, second))


def _choose_object(scene: PairScene) -> int:
    """Which of the two objects is asked about: 0 or 1."""
    if st.session_state.get("pair_asked") not in scene.names:
        given = st.query_params.get("pair_asked")
        st.session_state["pair_asked"] = given if given in scene.names else scene.names[0]
    name = st.segmented_control(
        "Ask about", scene.names, required=True, key="pair_asked", bind="query-params"
    )
    return scene.names.index(name or scene.names[0])


def named_words(best: Sequence[Prediction], names: tuple[str, str]) -> str:
    """Whether the two most probable classes are the two objects.

    >>> best = Prediction(2, "ring", 0.52), Prediction(15, "arrow", 0.47)
    >>> named_words(best, ("ring", "arrow"))
    'It names both: ring (52.0%) and arrow (47.0%).'
    >>> named_words(best, ("ring", "star"))
    'Its two most probable classes are ring (52.0%) and arrow (47.0%); the star is not among them.'
    """
    two = " and ".join(map(twins.answer_words, best))
    labels = [one.label for one in best]
    missing = [name for name in names if name not in labels]
    if not missing:
        return f"It names both: {two}."
    them = " and ".join(f"the {name}" for name in missing)
    verb = "is" if len(missing) == 1 else "are"
    return f"Its two most probable classes are {two}; {them} {verb} not among them."


def share_on(result: Attribution, scene: PairScene, asked: int) -> float:
    """Of the positive values near one of the two objects, the share near the one asked about."""
    near = [twins.near(mask) for mask in scene.masks]
    return metrics.share_on_asked(np.maximum(result.heat, 0), near[asked], near[1 - asked])


def share_title(share: float, asked: str, other: str) -> str:
    """Whether the map follows the question; `share` is the part on the object asked about.

    >>> share_title(0.958, "ring", "arrow")
    'Asked about the ring, the map is on the ring: 96% to 4%'
    >>> share_title(0.4, "ring", "arrow")
    'Asked about the ring, the map is on the arrow: 60% to 40%'
    """
    place, most = (asked, share) if share >= 0.5 else (other, 1 - share)
    return f"Asked about the {asked}, the map is on the {place}: {most:.0%} to {1 - most:.0%}"


def _show_map(scene: PairScene, asked: int, title: str, result: Attribution) -> None:
    mask, other = scene.masks[asked], scene.masks[1 - asked]
    name, left_out = scene.names[asked], scene.names[1 - asked]
    share = share_on(result, scene, asked)
    scene_words = truth_scene(
        scene.image,
        mask,
        result.heat,
        caption=f"{twins.with_article(name)} and {twins.with_article(left_out)}",
        method=title,
        target=result.target,
        curve=metrics.precision_recall(result.heat, mask),
        shares={f"on the {name}": share, f"on the {left_out}": 1 - share},
        other_mask=other,
        other_label=left_out,
        title=share_title(share, name, left_out),
        view="over",
    )
    show_stage("truth", scene_words, key="pair-truth")
    st.caption(f"Shares of the positive values on the two objects. {twins.NEAR_WORDS}")


FEW = 2
"""The most forward passes of a quick method."""

# -- the quick methods --------------------------------------------------------------------------


def _show_shares(model: LoadedModel, scene: PairScene) -> None:
    """Shows a table: for each method and object, the share on the object asked about."""
    st.subheader("Does the map follow the question? The quick methods", anchor=False)
    names = quick_methods(model.spec)
    asks = tuple(twins.TwinAsk(model, name, label) for name in names for label in scene.labels)

    def draw(maps: Sequence[Attribution]) -> None:
        rows = shares_table(scene, maps)
        st.table(rows, hide_index=True, alt="Share on the object asked about, for each method")

    notice = Notice(
        "The methods",
        cancelled=NO_TABLE,
        failed=NO_TABLE,
        resume="Compute the table",
        cancel_key="cancel_table",
        again_key="table_again",
    )
    twins.run(_TABLE, twins.TwinMaps(scene.image, asks), draw, notice)


def quick_methods(spec: DenseNetSpec) -> tuple[str, ...]:
    """The first four methods, and those of few passes: two maps of each are still quick."""
    return tuple(
        name
        for name, row in METHODS.items()
        if name in FIRST or row.cost(spec, row.settings(spec, {})).forward <= FEW
    )


def shares_table(scene: PairScene, maps: Sequence[Attribution]) -> list[dict[str, str]]:
    """A row for each method; `maps` has two maps per method, one for each object."""
    return [
        {
            "Method": METHODS[first.method].title,
            **{
                f"Asked about the {name}: on it": f"{share_on(result, scene, asked):.0%}"
                for asked, (name, result) in enumerate(
                    zip(scene.names, (first, second), strict=True)
                )
            },
        }
        for first, second in zip(maps[::2], maps[1::2], strict=True)
    ]
