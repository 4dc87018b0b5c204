"""Gradients: what a small change does."""

from __future__ import annotations

from densenet_viz.attribution.method import Cost, Method, lazily, no_parameters, once
from densenet_viz.attribution.parameters import Choice, Number, Parameter, Settings
from densenet_viz.facts.spec import DenseNetSpec

NOISE_OVER = ("saliency", "input-x-gradient", "integrated-gradients", "guided-backprop", "deeplift")
"""The gradient methods that noise can be put under."""


def _noise(_spec: DenseNetSpec) -> tuple[Parameter, ...]:
    return (
        Choice("over", "Method under the noise", "saliency", NOISE_OVER),
        Choice("form", "Form", "mean", ("mean", "squared", "variance")),
        Number("samples", "Noisy copies", 25, 2, 100),
        Number("noise", "Noise", 15, 1, 50, "% of the range"),
        Number("seed", "Seed of the noise", 0, 0, 9999),
    )


def _noise_cost(spec: DenseNetSpec, settings: Settings) -> Cost:
    from densenet_viz.attribution.methods import METHODS

    inner = METHODS[str(settings["over"])]
    one = inner.cost(spec, inner.settings(spec, {}))
    samples = int(settings["samples"])
    return Cost(samples * one.forward, samples * one.backward)


ROWS = (
    Method(
        name="saliency",
        title="Saliency",
        family="gradients",
        question="Which pixels change the score most if they change a little?",
        caution=(
            "It is noisy and only local: where the network is sure, the gradient can be small "
            "although the pixel matters; look at where it gathers, not at single pixels."
        ),
        unit="change of the class's score per unit of input",
        paper=(
            'Simonyan, Vedaldi, Zisserman, "Deep Inside Convolutional Networks", '
            "ICLR workshop 2014, section 3; signs are kept"
        ),
        parameters=no_parameters,
        cost=once,
        explain=lazily("gradients", "saliency"),
        axioms=("dummy", "implementation invariance", "linearity"),
    ),
    Method(
        name="input-x-gradient",
        title="Input × gradient",
        family="gradients",
        question="How much would each pixel add, if the score were the straight line it is here?",
        caution=(
            "The score is no straight line: the values do not add up to it, and a pixel of the "
            "training pictures' mean colour gets nothing however much it matters."
        ),
        unit="share of the score's linear part",
        paper=(
            'Shrikumar, Greenside, Shcherbina, Kundaje, "Not Just a Black Box", 2016 '
            "(arXiv 1605.01713), section 3"
        ),
        parameters=no_parameters,
        cost=once,
        explain=lazily("gradients", "input_x_gradient"),
        axioms=("dummy", "implementation invariance", "linearity"),
    ),
    Method(
        name="smoothgrad",
        title="SmoothGrad",
        family="gradients",
        question="Which pixels matter to a gradient method when its noise is averaged away?",
        caution=(
            "The noisy copies are pictures the network never learned from; squared and variance "
            "lose the sign, so they say that a pixel matters, not for what."
        ),
        unit="as of the method under the noise; its square where squares or variances are taken",
        paper=(
            'Smilkov, Thorat, Kim, Viégas, Wattenberg, "SmoothGrad", 2017 (arXiv 1706.03825), '
            "section 2; squared: Hooker et al., NeurIPS 2019; variance: Adebayo et al., 2018, "
            '"Local Explanation Methods for Deep Neural Networks Lack Sensitivity"'
        ),
        parameters=_noise,
        cost=_noise_cost,
        explain=lazily("gradients", "smoothgrad"),
        axioms=("dummy",),
    ),
)
