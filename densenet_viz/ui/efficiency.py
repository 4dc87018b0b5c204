"""The controls and words of the page on parameter efficiency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import streamlit as st

from densenet_viz.facts.cited.cifar import TABLE_2, DataSet
from densenet_viz.facts.cited.imagenet import FIGURE_3, MEASURES, PUBLISHED_ERRORS, ErrorMeasure
from densenet_viz.facts.cited.sources import (
    AUTHORS_README,
    FB_RESNET,
    KERAS_APPLICATIONS,
    MMPRETRAIN,
    PAPER_TABLE_2,
    PAPER_TABLE_3,
    TORCHVISION,
    Source,
)
from densenet_viz.facts.efficiency import (
    COSTS,
    Cost,
    Match,
    cifar_entries,
    imagenet_entries,
    match_for,
)
from densenet_viz.figures.published import published_figure
from densenet_viz.stage.scatter.efficiency import ASKED, in_words, match_words
from densenet_viz.ui.charts import show_chart

IMAGENET = "ImageNet"
_GUESSES = {"40 million": 40, "20 million": 20, "10 million": 10}
_SHOW = "Just show me"
_IN_ORDER: tuple[DataSet, ...] = ("C10+", "C100+", "C10", "C100", "SVHN")
_SMALL, _DEEP = "DenseNet-BC-100 (k = 12)", "Pre-activation ResNet-1001"
"""The paper's example of section 4.3."""
_TOLD = "DenseNet-169"
"""The network whose published errors are explained one by one."""


# -- controls -----------------------------------------------------------------------------------


def choose_data() -> DataSet | None:
    """A column of table 2, or None for ImageNet."""
    chosen = st.segmented_control(
        "Pictures",
        [IMAGENET, *_IN_ORDER],
        default=IMAGENET,
        required=True,
        key="data",
        bind="query-params",
        help="ImageNet: the paper’s figure 3. CIFAR-10, CIFAR-100 and SVHN: its table 2, where + "
        "means that pictures were shifted and mirrored in training.",
    )
    return None if chosen == IMAGENET else cast("DataSet", chosen)


def choose_cost() -> Cost:
    """The quantity on the x axis."""
    chosen: Cost = st.segmented_control(
        "Cost",
        COSTS,
        default=COSTS[0],
        required=True,
        format_func=str.capitalize,
        key="cost",
        bind="query-params",
        help="Counted here from the architectures: trained weights, or multiply-adds for one "
        "picture.",
    )
    return chosen


def choose_measure() -> ErrorMeasure:
    """How an error on ImageNet is counted."""
    chosen: ErrorMeasure = st.selectbox(
        "Error",
        MEASURES,
        format_func=str.capitalize,
        key="mistake",
        bind="query-params",
        width=170,
        help="Top-5: all of the first five answers are wrong. Ten crops: answers averaged over the "
        "picture’s corners and centre, each also mirrored.",
    )
    return chosen


# -- the question -------------------------------------------------------------------------------


def asked_match() -> Match:
    """What the question is about: ResNet-101 and the DenseNet nearest to its error."""
    return match_for(imagenet_entries("top-1"), ASKED)


def ask_guess() -> str | None:
    """Lets the visitor guess before the DenseNets appear; None until something is chosen."""
    match = asked_match()
    with st.container(border=True):
        words = st.empty()
        guess: str | None = st.segmented_control(
            "Parameters that a DenseNet needs",
            [*_GUESSES, _SHOW],
            key="guess",
            bind="query-params",
            label_visibility="collapsed",
        )
        words.markdown(_verdict(_GUESSES[guess], match) if guess in _GUESSES else _question(match))
    return guess


def lit_by(guess: str | None) -> Sequence[str]:
    """The networks that the answer highlights in the chart."""
    match = asked_match()
    return (match.rival.title, match.densenet.title) if guess in _GUESSES else ()


def _question(match: Match) -> str:
    return (
        f"**Guess before you look.** {ASKED} is wrong on {match.rival.error}% of the pictures, "
        f"with {match.rival.parameters / 1e6:.1f} million parameters. How many does a DenseNet "
        "need for about the same error?"
    )


def _verdict(guess: int, match: Match) -> str:
    millions = match.densenet.parameters / 1e6
    best = min(_GUESSES.values(), key=lambda one: abs(one - millions))
    start = "Yes" if guess == best else "Fewer" if guess > best else "More"
    densenet, rival = match.densenet, match.rival
    return (
        f"**{start}: {millions:.1f} million.** {densenet.title} is wrong on {densenet.error:.2f}%, "
        f"{rival.title} on {rival.error:.2f}%. Both are highlighted below."
    )


# -- ImageNet -----------------------------------------------------------------------------------


def show_matches(matches: Iterable[Match]) -> None:
    """A table: what the nearest DenseNet costs beside each ResNet."""
    st.subheader("Each ResNet, and the DenseNet nearest to its error", anchor=False)
    rows = [
        {
            "ResNet": f"{match.rival.title}, {match.rival.error:.2f}%",
            "Nearest DenseNet": f"{match.densenet.title}, {match.densenet.error:.2f}%",
            "Its parameters": _of(match, "parameters", 1e6, "M"),
            "Its multiply-adds": _of(match, "multiply-adds", 1e9, "G"),
        }
        for match in matches
    ]
    st.table(rows, hide_index=True, alt="What the nearest DenseNet costs beside each ResNet")


def _of(match: Match, kind: Cost, per: float, unit: str) -> str:
    ours, theirs = ((one.cost(kind) or 0) / per for one in (match.densenet, match.rival))
    return f"{match.share(kind):.0%} ({ours:.1f} of {theirs:.1f} {unit})"


def show_published_errors() -> None:
    """Why one network has several errors: a chart, what is known, what is not, a table."""
    names = dict.fromkeys(error.name for error in PUBLISHED_ERRORS)
    titles = {name: f"DenseNet-{name.removeprefix('densenet')}" for name in sorted(names)}
    st.header("One network, several published errors", anchor="several-errors")
    own = [one for one in PUBLISHED_ERRORS if titles[one.name] == _TOLD]
    low, high = (pick(own, key=lambda one: one.top1) for pick in (min, max))
    show_chart(
        published_figure(PUBLISHED_ERRORS, titles),
        key="published",
        file="published-errors",
        alt=f"Published top-1 errors of {len(titles)} DenseNets, a mark for each source. "
        f"{_TOLD} lies between {low.text} ({low.source.short}) and {high.text} "
        f"({high.source.short}).",
    )
    st.markdown(_why_they_differ())
    with st.expander("Every published error, with its source"):
        rows = [
            {"Network": titles[one.name], "Top-1 error": one.text, "Source": one.source.link}
            for one in sorted(PUBLISHED_ERRORS, key=lambda one: one.name)
        ]
        st.table(rows, hide_index=True, alt="Every published error, with its source")


def _why_they_differ() -> str:
    told = {one.source: one for one in PUBLISHED_ERRORS if one.name == "densenet169"}
    paper, ported, again = (told[s].top1 for s in (PAPER_TABLE_3, TORCHVISION, MMPRETRAIN))
    ten = next(row for row in FIGURE_3 if row.title == _TOLD).errors["top-1, ten crops"]
    return f"""
**Known.** For {_TOLD} the paper prints {paper:.2f}%, its authors’ code page
{told[AUTHORS_README].text}, torchvision {ported:.2f}%, Keras
{told[KERAS_APPLICATIONS].top1:.1f}%. torchvision’s weights are the authors’ own, ported from Lua
Torch, and for the same file MMPretrain prints {again:.2f}%. So the *same weights* have errors that
differ by {ported - again:.2f} points. The reason is how a picture is read, resized and cropped
before the network sees it: the authors’ code resizes by bicubic interpolation, torchvision by
smoothed bilinear interpolation. More crops help too: averaged over ten crops, the paper’s
{paper:.2f}% become {ten:.2f}%.

**Not known.** Whether the paper’s and the code page’s numbers come from one training or from two;
how Keras’s weights were made; which step of the preparation matters most. ImageNet’s pictures do
not come with this app, so none of this was measured here. An error without its source means
little, and a difference below half a point between two sources proves nothing.
"""


# -- CIFAR and SVHN -----------------------------------------------------------------------------


def show_cifar_words(data: DataSet, kind: Cost) -> None:
    """The paper's own example, what the chart omits, and where print and count differ."""
    shown = {one.title: one for one in cifar_entries(data) if one.cost(kind) is not None}
    small, deep = shown[_SMALL], shown.get(_DEEP)
    if deep is not None:
        match = Match(deep, small)
        st.markdown(
            f"**A hundred layers or a thousand.** {match_words(match, 'parameters')} and "
            f"{match.share('multiply-adds'):.0%} of its multiply-adds: {in_words(small)}, compared "
            f"with {in_words(deep)}."
        )
    if data == "C10+":
        st.markdown(
            "**A third.** Training many small networks, the paper found that a DenseNet-BC needs "
            "about a third of a pre-activation ResNet’s parameters for the same error (figure 4)."
        )
    if data == "SVHN":
        st.markdown(
            "**Not here.** On house numbers a wide ResNet of 2.7 million parameters has a lower "
            "error than every DenseNet except the largest. The paper’s explanation: the task is "
            "easy, and very deep networks overfit (section 4.3)."
        )
    absent = [row.title for row in TABLE_2 if data in row.errors and row.title not in shown]
    if absent:
        st.markdown(
            f"**Only in the table:** {', '.join(absent)}. The paper does not give enough to "
            "count what they cost."
        )
    for row in TABLE_2:
        if row.note and data in row.errors:
            st.markdown(f"**{row.title}:** {row.note}.")
    st.caption(
        "\\* measured by the paper’s authors; they cite all other errors, except those of the "
        "DenseNets. On C10, C100 and SVHN all DenseNets were trained with dropout. “–”: not given, "
        "or not enough is given to count it. Each network is counted with as many classes as the "
        "pictures have."
    )


def show_sources(data: DataSet | None) -> None:
    """The sources of the cited numbers."""
    used: tuple[Source, ...] = (PAPER_TABLE_2,)
    if data is None:
        used = tuple(dict.fromkeys([*(row.source for row in FIGURE_3), *_ERROR_SOURCES]))
    st.caption(
        "Cited: " + "; ".join(source.link for source in used) + ". The paper prints no numbers in "
        "figure 3; its DenseNets are those of table 3, its ResNets those of "
        f"{FB_RESNET.title}, whose training settings it used."
        if data is None
        else f"Cited: {used[0].link}."
    )


_ERROR_SOURCES = dict.fromkeys(error.source for error in PUBLISHED_ERRORS)
