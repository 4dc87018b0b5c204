"""The attribution page's answer: words and tables about a finished map."""

from __future__ import annotations

import streamlit as st

from densenet_viz.network.familiarity import PERCENTILE
from densenet_viz.network.models import LoadedModel
from densenet_viz.results.attributions import Attribution, Verdict
from densenet_viz.results.regions import strongest_regions
from densenet_viz.stage.attribution.scene import verdict_words
from densenet_viz.stage.shared.words import number, percent
from densenet_viz.ui.attribution.answers import answer_of
from densenet_viz.ui.attribution.explaining import MapQuestion
from densenet_viz.ui.bench.words import axiom_words, completeness_words, cost_words
from densenet_viz.ui.current import BUNDLED, CHEATER, CurrentPicture


def verdict(question: MapQuestion) -> str:
    """What the network says about the picture, and whether that is right, if it is known."""
    truth = question.picture.truth
    known = truth if truth in question.model.labels else None
    return verdict_words(question.predictions[0], question.target, known)


def show_limits_of_knowledge(model: LoadedModel, picture: CurrentPicture) -> None:
    """Warns when a picture is not like those that the model learned from."""
    found, uploaded = answer_of(model, picture).verdict, picture.truth is None
    other = " You can choose an ImageNet network below." if uploaded else ""
    if found is not None and not found.familiar:
        st.warning(f"**{model.title}.** {stranger_words(model, found)}{other}")
    elif uploaded and (found is not None or model.name in (BUNDLED, CHEATER)):
        near = (
            ""
            if found is None
            else f" By its distance your picture could be one of its own scenes "
            f"({distance_words(found)}). If it is not, this measure is wrong here."
        )
        st.warning(
            f"**{model.title}.** {model.knows}{near} For any other picture its answer, and this "
            f"map, are a guess.{other}"
        )
    elif picture.truth is not None and picture.truth not in model.labels:
        st.info(f"**{model.title}.** {model.knows}")


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
    st.markdown(f"**What it answers.** {method.question}")
    st.markdown(f"**When not to trust it.** {method.caution}")
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
    words = f"{cost_words([attribution])} Unit of its values: {question.method.unit}."
    three = len(attribution.values) == 3
    return f"{words} Each pixel's value is the sum over its three colours." if three else words


def show_tables(question: MapQuestion, attribution: Attribution) -> None:
    """The predictions and the strongest regions as tables."""
    with st.expander("The numbers as a table"):
        st.table(
            [
                {"Class": one.label, "Probability": percent(one.probability)}
                for one in question.predictions
            ],
            hide_index=True,
            alt="The most probable classes",
        )
        st.table(
            [
                {
                    "Region (px)": region.name,
                    "Sum of the map": number(region.total),
                    f"Part of what raises {question.target.label}": f"{region.share:.1%}",
                }
                for region in strongest_regions(attribution.heat)[:5]
            ],
            hide_index=True,
            alt="The strongest regions of the map",
        )
