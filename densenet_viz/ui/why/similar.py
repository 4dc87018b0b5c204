"""Part of the page Why it works: how alike the features of two layers are in each family."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from densenet_viz.figures.along_training import similarity_figure
from densenet_viz.figures.families import LOOKS
from densenet_viz.results.along_training import FamilyTraining, mean_within_blocks, means_by_block
from densenet_viz.ui.charts import show_chart
from densenet_viz.ui.inside.choices import choose
from densenet_viz.ui.narrow import controls_place, rest_place
from densenet_viz.ui.why.training import KEYS as TRAINING_KEYS
from densenet_viz.ui.why.training import Found, choose_training, show_trainings

_DESK = "why-similar"
DESKS = (_DESK,)
KEYS = (*TRAINING_KEYS, "similar_when")
WHEN = {"after": "after training", "before": "with random first weights"}


def show_similar() -> None:
    """Shows the whole part."""
    st.markdown(
        "How similar are the maps that two layers write for the same 200 digits? **Linear CKA** "
        "says it in one number: 1 if they are the same up to a rotation and a scale, 0 if they "
        "have nothing in common."
    )
    with controls_place("similar"):
        trained = choose_training()
        when = choose("Compared", WHEN, "similar_when")
    if trained is None:
        st.info("Choose at least one family.")
        return
    show_trainings(trained, lambda found: _draw(found, when), _DESK)
    with rest_place("similar"):
        st.markdown(
            "Two layers that write nearly the same maps waste parameters. A dense layer can read "
            "all earlier maps, so it does not have to write them again. Late layers do read early "
            "maps: see [who reads whom, in Inside](inside?part=reuse)."
        )
        _explain()


def _draw(found: Found, when: str) -> None:
    shown = tuple(one for one in found if when == "before" or one.after is not None)
    if not shown:
        return
    known = [matrix for one in shown if (matrix := _matrix(one, when)) is not None]
    words = similar_words(shown, when)
    st.markdown(words)
    show_chart(
        similarity_figure(shown, known),
        key="similar-chart",
        alt=f"A heat map for each family: the similarity of every pair of layers. {words}",
        file="similar-layers",
    )
    with st.expander("The numbers as a table"):
        st.dataframe(table_of(shown), hide_index=True, key="similar_table")


def table_of(found: Found) -> list[dict[str, str]]:
    """A row for each family, and before and after training."""
    rows = []
    for one in found:
        for when, words in WHEN.items():
            matrix = _matrix(one, when)
            if matrix is not None:
                means = means_by_block(matrix, one.spec.layers)
                rows.append(
                    {
                        "family": LOOKS[one.family].title,
                        "compared": words,
                        **{f"in block {n}": f"{mean:.3f}" for n, mean in enumerate(means, 1)},
                        "right answers": f"{one.accuracies[0 if when == 'before' else -1]:.1%}",
                    }
                )
    return rows


def _matrix(one: FamilyTraining, when: str) -> NDArray[np.float64] | None:
    return one.before if when == "before" else one.after


def similar_words(found: Found, when: str) -> str:
    """How alike two layers of a block are on average, in each family: all, first and last block."""
    parts, lowest, least = [], "", 2.0
    for one in found:
        matrix = _matrix(one, when)
        if matrix is None:
            continue
        layers, title = one.spec.layers, LOOKS[one.family].title
        first, _, last = means_by_block(matrix, layers)
        mean = mean_within_blocks(matrix, layers)
        parts.append(f"**{title}** {mean:.2f} (first block {first:.2f}, last block {last:.2f})")
        if mean < least:
            lowest, least = title, mean
    return (
        f"The mean similarity of two layers of the same block, {WHEN[when]}: {', '.join(parts)}. "
        f"The layers of **{lowest}** differ most."
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
