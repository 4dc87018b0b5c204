"""Words that several pictures use: values of a map, parts of a whole, what enters a block."""

from __future__ import annotations

from densenet_viz.results.attributions import Explains


def score_word(explains: Explains) -> str:
    """What "score" a map explains, in a word."""
    return "score" if explains == "logit" else "probability"


def number(value: float) -> str:
    """Three digits of a value, with a real minus.

    >>> number(0.012345), number(-3.2104), number(0.0), number(1.2e-7), number(123.4)
    ('0.0123', '−3.21', '0', '1.20e−7', '123')
    """
    strength = abs(value)
    if strength >= 1000:
        text = f"{value:,.0f}"
    elif strength >= 1e-4:
        text = f"{value:#.3g}".rstrip(".")
    else:
        text = f"{value:.2e}".replace("e-0", "e-") if value else "0"
    return text.replace("-", "−")


def probability_words(probability: float) -> str:
    """A probability of a network, which is never 0% or 100%: a computer only rounds it to them.

    >>> probability_words(0.9731), probability_words(1.0), probability_words(0.0)
    ('97.3%', 'over 99.9%', 'under 0.1%')
    """
    return percent(min(max(probability, 1e-9), 1 - 1e-9))


def percent(part: float) -> str:
    """A part of a whole in words; values close to 0% or 100% are not rounded to them.

    >>> percent(0.9731), percent(0.9999), percent(0.0004), percent(1.0), percent(0.0)
    ('97.3%', 'over 99.9%', 'under 0.1%', '100.0%', '0.0%')
    """
    if 0 < part < 0.001:
        return "under 0.1%"
    return "over 99.9%" if 0.999 < part < 1 else f"{part:.1%}"


_OURS = "ours: "


def maker_words(computed_by: str) -> str:
    """Who computed a map (`Attribution.computed_by`), as words after "computed by".

    >>> maker_words("Captum 0.9.0 · Saliency"), maker_words("ours: equal to Captum's")
    ('Captum 0.9.0 · Saliency', "this app, not by Captum: equal to Captum's")
    """
    if not computed_by.startswith(_OURS):
        return computed_by
    return f"this app, not by Captum: {computed_by.removeprefix(_OURS)}"


def maker_mark(computed_by: str) -> str:
    """The same in two or three words.

    >>> maker_mark("Captum 0.9.0 · Saliency"), maker_mark("ours: equal to Captum's")
    ('by Captum', 'by this app')
    """
    if not computed_by:
        return ""
    return "by this app" if computed_by.startswith(_OURS) else "by Captum"


def entering(block: int) -> str:
    """What gives a block its first maps.

    >>> entering(1), entering(2)
    ('the stem', 'transition 1')
    """
    return "the stem" if block == 1 else f"transition {block - 1}"
