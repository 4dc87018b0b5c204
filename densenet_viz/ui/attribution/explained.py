"""The attribution page's answer: words and tables about a finished map."""

from __future__ import annotations

import streamlit as st

from densenet_viz.attribution.logit_or_probability import words_for
from densenet_viz.network.familiarity import PERCENTILE
from densenet_viz.network.models import MODELS, LoadedModel
from densenet_viz.results.attributions import Attribution, Prediction, Verdict
from densenet_viz.results.regions import strongest_regions
from densenet_viz.stage.attribution.scene import verdict_words
from densenet_viz.stage.attribution.words import Headline
from densenet_viz.stage.shared.words import number, probability_words, score_word
from densenet_viz.ui import fetching
from densenet_viz.ui.attribution.answers import answer_of
from densenet_viz.ui.attribution.explaining import MOST_LISTED, MapQuestion
from densenet_viz.ui.bench.words import axiom_words, completeness_words, cost_words
from densenet_viz.ui.plain_text import plain
from densenet_viz.ui.suited import DRAWN, IMAGENET, choose_imagenet, chosen_model
from densenet_viz.ui.uploads import CurrentPicture

ONLY_SHAPES = "This network knows drawn shapes only"


def verdict(question: MapQuestion) -> str:
    """What the network says about the picture, and whether that is right, if it is known."""
    truth = question.picture.truth
    known = truth if truth in question.model.labels else None
    exclusive = question.model.exclusive
    return verdict_words(question.predictions[0], question.target, known, exclusive=exclusive)


def knows_only_shapes(model: LoadedModel, picture: CurrentPicture) -> bool:
    """Whether a picture that is no drawn scene is shown to a model that knows only those."""
    learned = model.name in DRAWN or model.familiarity is not None  # measured on drawn scenes
    return learned and picture.truth is None


def answer_title(model: LoadedModel, picture: CurrentPicture) -> str:
    """The heading of the answer's bars."""
    if knows_only_shapes(model, picture):
        return "Its drawn shapes"
    return "What it says"


def headline(question: MapQuestion) -> Headline | None:
    """What stands over the map of a picture that the model cannot know, else None."""
    if not knows_only_shapes(question.model, question.picture):
        return None
    found = answer_of(question.model, question.picture).verdict
    measured = "" if found is None else f" Measured on its features: {distance_words(found)}."
    return {
        "title": ONLY_SHAPES,
        "sentence": f"The map shows what raises the {score_word(question.explains)} of "
        f"{question.subject.label}, one of its "
        f"{len(question.model.labels)} shapes.{measured}",
    }


def show_limits_of_knowledge(model: LoadedModel, picture: CurrentPicture) -> None:
    """Says so when a picture is not like those that the model learned from."""
    found = answer_of(model, picture).verdict
    if knows_only_shapes(model, picture):
        if chosen_model() in DRAWN:  # else its weights are on their way, and the page says so
            st.warning(f"**{ONLY_SHAPES}.** Its answer says nothing about your picture.")
            _offer_imagenet()
    elif found is not None and not found.familiar:
        st.warning(f"**{model.title}.** {stranger_words(model, found)}")
    elif picture.truth is not None and picture.truth not in model.labels:
        st.info(f"**{model.title}.** {model.knows}")


def _offer_imagenet() -> None:
    """One click chooses the network for photographs, and downloads it if it is not here."""
    size = f", {MODELS[IMAGENET].megabytes:.0f} MB" if fetching.is_absent(IMAGENET) else ""
    st.button(
        f"Use DenseNet-121 trained on photographs{size}",
        type="primary",
        on_click=choose_imagenet,
        key="use_imagenet",
    )


def stranger_words(model: LoadedModel, found: Verdict) -> str:
    """What it means for the answer that a picture is far from all training pictures."""
    return (
        "This picture is far from anything the network was trained on "
        f"({distance_words(found)}). The network still names one of its {len(model.labels)} "
        "classes, but its probability means nothing here: its answer, and this map, are a guess."
    )


def distance_words(found: Verdict) -> str:
    """The measured distance and the limit that it is compared with."""
    return (
        f"distance {found.score:.1f}; {PERCENTILE:.0f}% of its own scenes are below "
        f"{found.limit:.1f}"
    )


def show_words(question: MapQuestion, attribution: Attribution | None) -> None:
    """What the method answers and when not to trust it; with a map, also its cost and sum."""
    method = question.method
    explains = question.explains
    st.markdown(f"**What it answers.** {words_for(method.question, explains)}")
    st.markdown(f"**When not to trust it.** {words_for(method.caution, explains)}")
    if attribution is not None:
        st.markdown(f"**What it cost.** {value_words(question, attribution)}")
        if chosen := chosen_words(question, attribution):
            st.markdown(f"**What it chose itself.** {chosen}")
        if method.complete:
            st.markdown(f"**Does it add up?** {completeness_words(attribution)}")
    st.markdown(f"**What it promises.** {axiom_words(method)}")
    st.caption(f"Source: {method.paper}.")


def chosen_words(question: MapQuestion, attribution: Attribution) -> str:
    """The settings that the method chose for this picture, such as a channel; "" if none."""
    given = question.settings
    chosen = {n: v for n, v in attribution.parameters.items() if n in given and given[n] != v}
    return ", ".join(f"{name} {value}" for name, value in chosen.items())


def value_words(question: MapQuestion, attribution: Attribution) -> str:
    """Passes and seconds, and the unit of the values."""
    unit = words_for(question.method.unit, question.explains)
    words = f"{cost_words([attribution])} Unit of its values: {unit}."
    three = len(attribution.values) == 3
    return f"{words} Each pixel's value is the sum over its three colours." if three else words


def _listed(question: MapQuestion) -> tuple[Prediction, ...]:
    """The most probable classes; of findings, where several count, many more."""
    if question.model.exclusive:
        return question.predictions
    logits = answer_of(question.model, question.picture).logits
    return question.model.predictions(logits, MOST_LISTED)


def show_tables(question: MapQuestion, attribution: Attribution) -> None:
    """The predictions and the strongest regions as tables."""
    exclusive = question.model.exclusive
    kind = "Class" if exclusive else "Finding"
    with st.expander("The numbers as a table"):
        st.table(
            [
                {kind: plain(one.label), "Probability": probability_words(one.probability)}
                for one in _listed(question)
            ],
            hide_index=True,
            alt="The most probable classes" if exclusive else "The findings, the highest first",
        )
        st.table(
            [
                {
                    "Region (px)": region.name,
                    "Sum of the map": number(region.total),
                    f"Part of what raises {plain(question.subject.label)}": f"{region.share:.1%}"
                    if region.share > 0
                    else "none",
                }
                for region in strongest_regions(attribution.heat)[:5]
            ],
            hide_index=True,
            alt="The strongest regions of the map",
        )
