"""Paths: from a picture that shows nothing to this one."""

from __future__ import annotations

from densenet_viz.attribution.baselines import baseline_choice, drawings
from densenet_viz.attribution.call import AT_ONCE, START, STARTS, STDEVS, Call
from densenet_viz.attribution.method import Cost, Method, Ours
from densenet_viz.attribution.parameters import Choice, Number, Settings, seed_number
from densenet_viz.facts.spec import DenseNetSpec


def _integration_cost(_spec: DenseNetSpec, settings: Settings) -> Cost:
    steps, pictures = settings["n_steps"], drawings(settings["baseline"])
    ends = 1 + pictures if settings["rule"] == "gauss-legendre" else 0  # for the delta
    return Cost(pictures * steps + ends, pictures * steps)


ROWS = (
    Method(
        name="integrated-gradients",
        title="Integrated gradients",
        family="paths",
        question=(
            "How much does each pixel contribute to the score, compared with a blank picture?"
        ),
        caution=(
            "It depends on its baseline: parts that look like the baseline (black parts, for a "
            "black baseline) get zero. If the steps' sum is far from the score's rise, there "
            "were too few steps."
        ),
        unit="share of the class's score",
        paper=(
            'Sundararajan, Taly, Yan, "Axiomatic Attribution for Deep Networks", '
            "ICML 2017, section 3"
        ),
        parameters=lambda _spec: (
            Number("n_steps", "Steps at most", 64, 8, 300),
            Choice("rule", "Where the steps lie", "adaptive", ("adaptive", "gauss-legendre")),
            baseline_choice(),
        ),
        cost=_integration_cost,
        call=lambda settings: Call(
            "IntegratedGradients",
            {
                "baselines": START,
                "n_steps": settings["n_steps"],
                "internal_batch_size": AT_ONCE,
            },
        ),
        ours=Ours(
            "paths.integrated_gradients",
            likeness="cosine about 0.99 or more to Captum's with 300 steps",
            reason=(
                "with 16 to 24 steps it is as near to 300 steps (cosine 0.99 or more on ten "
                "scenes) as Captum's fixed steps are with 50, which take 2.6 times as long"
            ),
            when=lambda settings: settings["rule"] == "adaptive",
        ),
        axioms=(
            "completeness",
            "sensitivity",
            "dummy",
            "implementation invariance",
            "linearity",
            "symmetry",
        ),
        complete=True,
    ),
    Method(
        name="gradient-shap",
        title="Gradient SHAP",
        family="paths",
        question=(
            "How much does each pixel contribute on average, compared with many blank pictures?"
        ),
        caution=(
            "A few random samples leave noise, and the sum equals the score's rise only on "
            "average. Another seed shows how far to trust the map."
        ),
        unit="share of the class's score",
        paper=(
            'Lundberg, Lee, "A Unified Approach to Interpreting Model Predictions", NeurIPS 2017; '
            'Erion et al., "Improving performance of deep learning models with axiomatic '
            'attribution priors and expected gradients", 2021'
        ),
        parameters=lambda _spec: (
            Number("samples", "Samples", 32, 4, 200),
            Number("noise", "Noise on the picture", 9, 1, 50, "% of the range"),
            baseline_choice("noise"),
            seed_number("Seed"),
        ),
        cost=lambda _spec, settings: Cost(settings["samples"], settings["samples"]),
        call=lambda settings: Call(
            "GradientShap",
            {"baselines": STARTS, "n_samples": settings["samples"], "stdevs": STDEVS},
            averaged="n_samples",
            most=8,
            draws_with_numpy=True,
        ),
        axioms=("dummy", "implementation invariance", "linearity"),
    ),
)
