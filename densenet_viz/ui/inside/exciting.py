"""What the inside page shows below a channel: the drawn scenes that excite it most."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import streamlit as st

from densenet_viz.facts.places import Place
from densenet_viz.images.marking import mark_place
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.inside import Excited, Excitement
from densenet_viz.results.traces import Picture
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.ui.work.jobs import Report, desk
from densenet_viz.ui.work.keeping import Kept
from densenet_viz.ui.work.owners import Kind, kept_for
from densenet_viz.ui.work.progress import Notice, redraw
from densenet_viz.ui.work.unfinished import show_unfinished

DESK = "inside-exciting"
EXCITED = Kind("what excites the channels of a layer", shared=24, own=4)
"""A layer of 32 channels takes 0.3 MB, a transition of 512 takes 4 MB."""
DRAWN = Kind("drawn scenes for all layers", shared=1, own=1)
"""All scenes together take 49 MB."""
SCENES = 1000
SHOWN = 8
WIDTH = 112


def show_exciting(model: LoadedModel, place: Place) -> None:
    """Shows the scenes for a channel, or the button that looks for them; elsewhere nothing."""
    mine = desk(DESK)
    key = ("exciting", model.name, place.at)
    if place.channel is None or (mine.job is not None and mine.job.key != key):
        mine.leave()  # a search for another layer would keep the network busy
    if place.level != "channel" or place.channel is None:
        return
    st.subheader(f"The drawn scenes that excite channel {place.channel} most", anchor=False)
    kept = kept_for(EXCITED, model)
    found: Excitement | None = kept.find(key)
    if found is not None:
        _show(model, found, place.channel)
    elif mine.state == "working":
        notice = Notice("Looking at the scenes", cancel_key="exciting_cancel", again_key=None)
        redraw(mine, partial(show_unfinished, mine, notice))
    else:
        _offer(model, place.at, kept)


def _offer(model: LoadedModel, at: str, kept: Kept) -> None:
    def begin() -> None:
        job = _Job(model, at, kept_for(DRAWN))
        desk(DESK).again()
        desk(DESK).ask(("exciting", model.name, at), job.compute, kept)

    st.button(f"Look for them among {SCENES:,}", on_click=begin, key="exciting_begin")
    st.caption(
        "One pass of the network for each scene, up to this layer. The result holds for all "
        "channels of the layer, and is kept."
    )


@dataclass(frozen=True, eq=False)
class _Job:
    model: LoadedModel
    at: str
    drawn: Kept

    def compute(self, report: Report, cancelled: Callable[[], bool]) -> Excitement:
        from densenet_viz.measure.exciting import find_exciting

        return find_exciting(
            self.model,
            self.at,
            _scenes(self.model.name, self.drawn),
            SCENES,
            on_progress=report,
            cancelled=cancelled,
        )


def _scenes(name: str, drawn: Kept) -> Iterator[Picture]:
    """All scenes; they are kept when the last one was drawn."""
    from densenet_viz.evaluation.ablations.connections import drawn_scenes, wants_tags

    tags = wants_tags(name)
    known: list[Picture] | None = drawn.find(tags)
    if known is not None:
        yield from known
        return
    fresh: list[Picture] = []
    for picture, _label in drawn_scenes(SCENES, tags=tags):
        fresh.append(picture)
        yield picture
    drawn.put(tags, fresh)


def _show(model: LoadedModel, found: Excitement, channel: int) -> None:
    from densenet_viz.evaluation.ablations.connections import scene_number, wants_tags

    tags = wants_tags(model.name)
    best = found.most(channel, SHOWN)
    scenes = [scene_number(one.picture, SCENES, tags=tags) for one in best]
    st.image(
        [
            marked(model.picture(picture), one, found.side)
            for one, (picture, _) in zip(best, scenes, strict=True)
        ],
        caption=[
            f"{CLASSES[label]}: {one.value:.3g}"
            for one, (_, label) in zip(best, scenes, strict=True)
        ],
        width=WIDTH,
        alt=[
            f"A drawn {CLASSES[label]}. The frame marks row {one.y}, column {one.x} of the map, "
            f"where the channel is {one.value:.3g}."
            for one, (_, label) in zip(best, scenes, strict=True)
        ],
    )
    least = float(found.values[:, channel].min())
    middle = float(sorted(found.values[:, channel])[len(found.values) // 2])
    st.caption(
        f"Of {len(found.values):,} drawn scenes that were not used in training, those in which the "
        "channel’s largest value is highest, with this value; the frame marks where. The middle "
        f"scene reaches {middle:.3g}, the last one {least:.3g}. The frame has the size of one "
        "pixel of the map, or is larger so that it can be seen; what the channel sees there is "
        "wider."
    )


def marked(picture: Picture, one: Excited, side: int) -> Picture:
    """The picture with a frame around the pixel of a map of `side` x `side` pixels."""
    return mark_place(picture, (one.y + 0.5) / side, (one.x + 0.5) / side, 1 / side)
