"""Part of the page Why it works: how alike the features of two layers are in each family."""

from __future__ import annotations

import streamlit as st

from densenet_viz.figures.along_training import similarity_figure
from densenet_viz.figures.families import LOOKS
from densenet_viz.results.along_training import mean_within_blocks
from densenet_viz.ui.charts import show_chart
from densenet_viz.ui.inside.choices import choose
from densenet_viz.ui.why.training import KEYS as TRAINING_KEYS
from densenet_viz.ui.why.training import Found, choose_training, show_trainings

_DESK = "why-similar"
DESKS = (_DESK,)
KEYS = (*TRAINING_KEYS, "similar_when")
WHEN = {"after": "after training", "before": "with random first weights"}


def show_similar() -> None:
    """Shows the whole part."""
    st.markdown(
        "If two layers write nearly the same features, one of them is not needed. **Linear CKA** "
        "compares what two layers write for the same 200 digits: 1 is the same up to a turn and a "
        "scale. A dense layer can read all earlier maps, so it has no need to write them again."
    )
    trained = choose_training()
    when = choose("Compared", WHEN, "similar_when")
    if trained is None:
        st.info("Choose at least one family.")
        return
    show_trainings(trained, lambda found: _draw(found, when), _DESK)
    st.markdown(
        "Early features that are **still read late**: "
        "[who reads whom, in Inside](inside?part=reuse)."
    )
    _explain()


def _draw(found: Found, when: str) -> None:
    shown = tuple(one for one in found if when == "before" or one.after is not None)
    if not shown:
        return
    matrices = [one.before if when == "before" else one.after for one in shown]
    known = [matrix for matrix in matrices if matrix is not None]
    words = similar_words(shown, when)
    st.markdown(words)
    show_chart(
        similarity_figure(shown, known),
        key="similar-chart",
        alt=f"A heat map for each family: the similarity of every pair of layers. {words}",
        file="similar-layers",
    )
    with st.expander("The numbers as a table"):
        st.dataframe(
            [
                {
                    "family": LOOKS[one.family].title,
                    "within a block, random first weights": f"{_mean(one, 'before'):.3f}",
                    "within a block, after training": f"{_mean(one, 'after'):.3f}",
                    "right answers": f"{one.accuracy:.1%}",
                }
                for one in shown
                if one.after is not None
            ],
            hide_index=True,
        )


def _mean(one: object, when: str) -> float:
    matrix = getattr(one, when)
    return mean_within_blocks(matrix, one.spec.layers)  # type: ignore[attr-defined]


def similar_words(found: Found, when: str) -> str:
    """How alike two layers of a block are on average, in each family."""
    parts = [
        f"{_mean(one, when):.2f} in the **{LOOKS[one.family].title}** network" for one in found
    ]
    lowest = min(found, key=lambda one: _mean(one, when))
    return (
        f"Two layers of the same block have, {WHEN[when]}, a mean similarity of "
        f"{', '.join(parts)}. The most different features: {LOOKS[lowest.family].title}."
    )


def _explain() -> None:
    with st.expander("The definition, and what it does not show"):
        st.markdown(
            "- For n pictures, X is what one layer writes and Y what another writes, each feature "
            "with mean 0: CKA(X, Y) = ‖YᵀX‖² / (‖XᵀX‖ ‖YᵀY‖). Kornblith, Norouzi, Lee and Hinton, "
            "*Similarity of Neural Network Representations Revisited*, ICML 2019.\n"
            "- What is compared is what each layer **writes**: in a residual network, what is "
            "added, and not the sum.\n"
            "- Layers with random weights are already alike, because all of them see the same "
            "digits. So compare the families, and before with after.\n"
            "- Low similarity does not prove that the features are useful: look at the right "
            "answers, too."
        )
