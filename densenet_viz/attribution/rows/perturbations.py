"""Perturbations: cover a part and look."""

from __future__ import annotations

import math

from densenet_viz.attribution.baselines import baseline_choice, drawings
from densenet_viz.attribution.call import AT_ONCE, MASK, START, Arguments, Call
from densenet_viz.attribution.errors import AttributionError
from densenet_viz.attribution.method import Cost, Method, Ours
from densenet_viz.attribution.parameters import Number, Parameter, Settings, seed_number
from densenet_viz.facts.spec import DenseNetSpec


def _occlusion(spec: DenseNetSpec) -> tuple[Parameter, ...]:
    size = spec.input_size
    window = max(2, round(size / 5))
    low = max(1, size // 32)
    return (
        Number("window", "Window", window, max(2, size // 16), size // 2, "px"),
        Number("stride", "Stride", max(low, window // 2), low, size // 2, "px"),
        baseline_choice("mean", "Cover"),
    )


def _occlusion_cost(spec: DenseNetSpec, settings: Settings) -> Cost:
    window, stride = settings["window"], settings["stride"]
    steps = math.ceil((spec.input_size - window) / stride) + 1
    return Cost(steps**2 * drawings(settings["baseline"]) + 1, 0)


def _stride_in_window(_spec: DenseNetSpec, settings: Settings) -> None:
    window, stride = settings["window"], settings["stride"]
    if stride > window:
        raise AttributionError(
            f"stride={stride} was given with window={window}. The stride must not be larger "
            "than the window, so that every pixel is covered."
        )


def _superpixels(spec: DenseNetSpec, *more: Parameter, drawn: str = "") -> tuple[Parameter, ...]:
    """The parameters of a method that covers superpixels; `drawn` is what its seed decides."""
    most = min(200, spec.input_size**2 // 16)
    return (
        Number("segments", "Superpixels at most", min(40, most), 4, most),
        *more,
        baseline_choice("mean", "Cover"),
        *([seed_number(f"Seed of the {drawn}")] if drawn else []),
    )


def _orders_cost(_spec: DenseNetSpec, settings: Settings) -> Cost:
    orders, pictures = settings["permutations"], drawings(settings["baseline"])
    calls = len(_sampled_orders(settings).parts(1))
    joined = orders * settings["segments"]
    return Cost(pictures * (calls + joined) + 1 + pictures, 0)


_PARTS = (
    "Each superpixel gets one value, so the map says nothing about the pixels inside it. Other "
    "borders give other values."
)


def _occluded(settings: Settings) -> Call:
    window, stride = settings["window"], settings["stride"]
    arguments = {"sliding_window_shapes": (3, window, window), "strides": (3, stride, stride)}
    covered: Arguments = {"baselines": START, "perturbations_per_eval": AT_ONCE}
    return Call("Occlusion", {**covered, **arguments}, finish="of_windows")


_COVERED: Arguments = {
    "baselines": START,
    "feature_mask": MASK,
    "perturbations_per_eval": AT_ONCE,
}


def _sampled_orders(settings: Settings) -> Call:
    return Call(
        "shapley_sampling",
        {**_COVERED, "n_samples": settings["permutations"]},
        finish="shared_out",
        classes="ShapleyValueSampling",
        averaged="n_samples",
        most=2,
    )


def _regressed(make: str, classes: str, settings: Settings) -> Call:
    """A regression on many scores; a tenth of them gives a first map, if that is enough."""
    samples = settings["samples"]
    return Call(
        make,
        {**_COVERED, "n_samples": samples},
        options={"width": settings["width"] / 100} if "width" in settings else {},
        finish="shared_out",
        classes=classes,
        sketch={"n_samples": samples // 10} if samples >= 160 else {},
    )


def _randomly_covered(settings: Settings) -> Call:
    """A tenth of the covers gives a first map, if that is enough."""
    samples = settings["samples"]
    return Call(
        "Rise",
        {"baselines": START, "n_samples": samples, "perturbations_per_eval": AT_ONCE},
        options={"cells": settings["cells"]},
        classes="LimeBase",
        sketch={"n_samples": samples // 10} if samples >= 160 else {},
    )


ROWS: tuple[Method, ...] = (
    Method(
        name="occlusion",
        title="Occlusion",
        family="perturbations",
        question="How far does the score fall when this part of the picture is covered?",
        caution=(
            "The network never saw covered pictures in training. If either of two parts is "
            "enough, both look unimportant. The result depends on the size and colour of the "
            "window."
        ),
        unit="fall of the class's score",
        paper=(
            'Zeiler, Fergus, "Visualizing and Understanding Convolutional Networks", '
            "ECCV 2014, section 4.2"
        ),
        parameters=_occlusion,
        cost=_occlusion_cost,
        call=_occluded,
        ours=Ours(
            "occlusion.occlusion",
            likeness="equal to Captum's within 1e-4 of the largest value",
            reason=(
                "only the patch that a window changes is computed again in the first block: 1.2 "
                "to 1.7 times as fast as Captum's call"
            ),
            equal=True,
        ),
        axioms=("sensitivity", "dummy", "implementation invariance"),
        check=_stride_in_window,
    ),
    Method(
        name="feature-ablation",
        title="Feature ablation",
        family="perturbations",
        question="How far does the score fall when this superpixel alone is covered?",
        caution=(
            f"{_PARTS} If either of two parts is enough, both look unimportant, because each is "
            "covered while the other is still visible."
        ),
        unit="fall of the class's score, divided evenly among the superpixel's pixels",
        paper=(
            'Robnik-Šikonja, Kononenko, "Explaining Classifications For Individual Instances", '
            'IEEE TKDE 2008; superpixels: Achanta et al., "SLIC Superpixels Compared to '
            'State-of-the-Art Superpixel Methods", TPAMI 2012'
        ),
        parameters=_superpixels,
        cost=lambda _spec, settings: Cost(
            (1 + settings["segments"]) * drawings(settings["baseline"]), 0
        ),
        call=lambda _settings: Call("FeatureAblation", _COVERED, finish="shared_out"),
        axioms=("sensitivity", "implementation invariance", "linearity"),
    ),
    Method(
        name="shapley-sampling",
        title="Shapley value sampling",
        family="perturbations",
        question="How much does each superpixel add to the score, on average over all orders?",
        caution=(
            f"{_PARTS} A few random orders leave noise in the single values, though their sum is "
            "exact: another seed shows how far to trust them. Most of the half-covered pictures "
            "are unlike those in training."
        ),
        unit=(
            "share of the class's score; a superpixel's share is divided evenly among its pixels, "
            "so the map's sum is the superpixels' sum"
        ),
        paper=(
            'Castro, Gómez, Tejada, "Polynomial calculation of the Shapley value based on '
            'sampling", Computers & Operations Research 2009; Štrumbelj, Kononenko, "An Efficient '
            'Explanation of Individual Classifications using Game Theory", JMLR 2010'
        ),
        parameters=lambda spec: _superpixels(
            spec, Number("permutations", "Random orders", 6, 1, 100), drawn="orders"
        ),
        cost=_orders_cost,
        call=_sampled_orders,
        axioms=("completeness", "sensitivity", "implementation invariance", "linearity"),
        complete=True,
    ),
    Method(
        name="kernel-shap",
        title="Kernel SHAP",
        family="perturbations",
        question="Which value for each superpixel best explains the scores of all combinations?",
        caution=(
            f"{_PARTS} With few coalitions the single values are rough, though their sum is "
            "exact: another seed shows how far to trust them. Most of the half-covered pictures "
            "are unlike those in training."
        ),
        unit=(
            "share of the class's score; a superpixel's share is divided evenly among its pixels, "
            "so the map's sum is the superpixels' sum"
        ),
        paper=(
            'Lundberg, Lee, "A Unified Approach to Interpreting Model Predictions", NeurIPS 2017, '
            'section 4.1; pairs of coalitions: Covert, Lee, "Improving KernelSHAP", AISTATS 2021'
        ),
        parameters=lambda spec: _superpixels(
            spec, Number("samples", "Coalitions at most", 256, 16, 2000), drawn="coalitions"
        ),
        cost=lambda _spec, settings: Cost(
            (settings["samples"] + 1) * drawings(settings["baseline"]) + 1, 0
        ),
        call=lambda settings: _regressed("kernel_shap", "KernelShap", settings),
        axioms=("completeness", "implementation invariance", "linearity"),
        complete=True,
    ),
    Method(
        name="lime",
        title="LIME",
        family="perturbations",
        question="Which superpixels count in a linear model of the score near this picture?",
        caution=(
            f"{_PARTS} It fits a linear model to a score that is not linear. The values depend "
            "on the width of the neighbourhood, another seed can give another map, and they do "
            "not add up to the score."
        ),
        unit=(
            "weight in a linear model of the class's score; a superpixel's weight is divided "
            "evenly among its pixels, so the map's sum is the superpixels' sum"
        ),
        paper=(
            "Ribeiro, Singh, Guestrin, \"'Why Should I Trust You?' Explaining the Predictions of "
            'Any Classifier", KDD 2016, section 3'
        ),
        parameters=lambda spec: _superpixels(
            spec,
            Number("samples", "Random pictures", 256, 16, 2000),
            Number("width", "Width of the neighbourhood", 25, 5, 100, "% of cosine distance"),
            drawn="random pictures",
        ),
        cost=lambda _spec, settings: Cost(settings["samples"] * drawings(settings["baseline"]), 0),
        call=lambda settings: _regressed("lime", "Lime", settings),
        axioms=("implementation invariance", "linearity"),
    ),
    Method(
        name="rise",
        title="RISE",
        family="perturbations",
        question="How much higher is the score when a random cover lets this pixel through?",
        caution=(
            "It is as coarse as the cells of its covers. A map of few covers also shows their "
            "pattern: another seed shows how far to trust it. The network never saw half-covered "
            "pictures in training."
        ),
        unit="rise of the class's score over its mean under all covers",
        paper=(
            'Petsiuk, Das, Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box '
            'Models", BMVC 2018, equation 6; without the mean score, so that 0 means no difference'
        ),
        parameters=lambda spec: (
            Number("cells", "Cells on a side", 7, 3, min(16, spec.input_size // 8)),
            Number("samples", "Random covers", 300, 16, 4000),
            baseline_choice("mean", "Cover"),
            seed_number("Seed of the covers"),
        ),
        cost=lambda _spec, settings: Cost(settings["samples"] * drawings(settings["baseline"]), 0),
        call=_randomly_covered,
        axioms=("implementation invariance", "linearity"),
    ),
)
