"""Noise: a gradient method, averaged over noisy copies of the picture."""

from __future__ import annotations

from dataclasses import replace

from densenet_viz.attribution.call import AT_ONCE, STDEVS, Call
from densenet_viz.attribution.method import Cost, Method
from densenet_viz.attribution.parameters import Choice, Number, Settings, seed_number
from densenet_viz.attribution.rows import gradients, paths, rules
from densenet_viz.facts.spec import DenseNetSpec

NOISE_OVER = ("saliency", "input-x-gradient", "integrated-gradients", "guided-backprop", "deeplift")
"""The gradient methods that can be averaged over noisy copies."""

_INNER = {row.name: row for row in (*gradients.ROWS, *paths.ROWS, *rules.ROWS)}


def _noise_cost(spec: DenseNetSpec, settings: Settings) -> Cost:
    inner = _INNER[settings["over"]]
    one = inner.cost(spec, inner.settings(spec, {}))
    samples = settings["samples"]
    return Cost(samples * one.forward, samples * one.backward)


ROUNDED = 16
"""From this many noisy copies on, rounding errors of a faster forward pass average out: the cosine
to the float32 map is 0.998 or more."""

_FORMS = {"mean": "smoothgrad", "squared": "smoothgrad_sq", "variance": "vargrad"}


def _noisy(settings: Settings) -> Call:
    """The call of the method under the noise with its own defaults, with noise around it."""
    inner = _INNER[settings["over"]]
    assert inner.call is not None
    one = inner.call(inner.settings(DenseNetSpec(), {}))
    form, samples = _FORMS[settings["form"]], settings["samples"]
    noise = {"nt_type": form, "nt_samples": samples, "stdevs": STDEVS}
    return replace(
        one,
        arguments={**noise, "nt_samples_batch_size": AT_ONCE, **one.arguments},
        around="NoiseTunnel",
        averaged="nt_samples" if form != "vargrad" else "",
        most=8,
        rounded=samples >= ROUNDED,
    )


ROWS = (
    Method(
        name="smoothgrad",
        title="SmoothGrad",
        family="gradients",
        question="Which pixels matter to a gradient method when its noise is averaged away?",
        caution=(
            "The network never saw such noisy pictures in training. The forms squared and "
            "variance lose the sign: they show that a pixel matters, not in which direction."
        ),
        unit="unit of the averaged method; its square in the forms squared and variance",
        paper=(
            'Smilkov, Thorat, Kim, Viégas, Wattenberg, "SmoothGrad", 2017 (arXiv 1706.03825), '
            "section 2; squared: Hooker et al., NeurIPS 2019; variance: Adebayo et al., 2018, "
            '"Local Explanation Methods for Deep Neural Networks Lack Sensitivity"'
        ),
        parameters=lambda _spec: (
            Choice("over", "Method under the noise", "saliency", NOISE_OVER),
            Choice("form", "Form", "mean", tuple(_FORMS)),
            Number("samples", "Noisy copies", 25, 2, 100),
            Number("noise", "Noise", 15, 1, 50, "% of the range"),
            seed_number("Seed of the noise"),
        ),
        cost=_noise_cost,
        call=_noisy,
        axioms=("dummy",),
    ),
)
