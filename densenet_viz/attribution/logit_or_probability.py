"""What a map explains: a class's logit, or its probability.

Loading this loads no framework.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from densenet_viz.attribution.errors import AttributionError
from densenet_viz.attribution.methods import METHODS
from densenet_viz.attribution.parameters import Settings, show_value
from densenet_viz.results.attributions import EXPLAINS, Explains

if TYPE_CHECKING:
    from densenet_viz.attribution.method import Method
    from densenet_viz.network.loaded import LoadedModel


def meaning(explains: Explains, model: LoadedModel) -> str:
    """What a map's choice means for the outputs of a model, in one sentence."""
    if explains == "logit":
        return "The logit is the raw score of the class, before it becomes a probability."
    if model.layout is not None and model.layout.single:
        return "The probability is the sigmoid of the network’s one score: it is flat at both ends."
    if model.exclusive:
        return "The probability also rises when the score of another class falls (softmax)."
    return "The probability rises with the raw score of its class alone (sigmoid)."


def why_only_logit(row: Method, settings: Settings) -> str:
    """Why a method with these settings cannot explain a probability; "" if it can."""
    over = METHODS.get(str(settings.get("over")))
    return row.only_logit or ("" if over is None else over.only_logit)


def possible_for(row: Method, settings: Settings, wanted: Explains) -> Explains:
    """What is wanted, or the logit if the method can explain only that."""
    return "logit" if why_only_logit(row, settings) else wanted


def check_explains(row: Method, settings: Settings, given: object) -> Explains:
    """The given word, if the method can explain that; else `AttributionError`."""
    wanted = next((each for each in EXPLAINS if each == given), None)
    if wanted is None:
        raise AttributionError(
            f"explains={show_value(given)} was given; allowed: {', '.join(EXPLAINS)}."
        )
    if wanted == "probability" and (why := why_only_logit(row, settings)):
        raise AttributionError(f"{row.title} explains the logit only: {why}")
    return wanted


def words_for(text: str, explains: Explains) -> str:
    """A method's words about "the score", for this choice.

    >>> words_for("How does the score fall? The scores differ.", "probability")
    'How does the probability fall? The probabilities differ.'
    """
    if explains == "logit":
        return text
    return text.replace("scores", "probabilities").replace("score", "probability")
