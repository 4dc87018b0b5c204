"""The methods as rows of data: a new one costs a row here and a function in `explainers.py`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from densenet_viz.attribution import explainers
from densenet_viz.attribution.errors import AttributionError
from densenet_viz.attribution.parameters import Choice, Number, Parameter, Settings, settled
from densenet_viz.spec import DenseNetSpec

if TYPE_CHECKING:
    from torch import Tensor

    from densenet_viz.network.models import LoadedModel

Explain = Callable[["LoadedModel", "Tensor", int, Settings], explainers.Explanation]


@dataclass(frozen=True)
class Cost:
    """Pictures that go forward and gradients that come back, the naming pass not counted."""

    forward: int
    backward: int


@dataclass(frozen=True)
class Method:
    """One way to ask what a network looked at.

    `question` is what its map answers, `caution` when not to trust it, `unit` what its values
    measure, `paper` where it comes from. `complete` says whether the values promise to add up to
    the score's rise over the baseline's. `parameters` and `cost` depend on the network, since
    its input size and number of blocks set the limits.
    """

    name: str
    title: str
    question: str
    caution: str
    unit: str
    paper: str
    complete: bool
    parameters: Callable[[DenseNetSpec], tuple[Parameter, ...]] = field(repr=False)
    cost: Callable[[DenseNetSpec, Settings], Cost] = field(repr=False)
    explain: Explain = field(repr=False)
    check: Callable[[Settings], None] = field(repr=False, default=lambda _settings: None)

    def settings(self, spec: DenseNetSpec, given: Mapping[str, object]) -> Settings:
        """Every parameter with its given value or its default, checked.

        Raises:
            AttributionError: a name is unknown or a value is not allowed.
        """
        settings = settled(self.parameters(spec), given)
        self.check(settings)
        return settings


def method_named(name: str) -> Method:
    """The row of `METHODS`, or `AttributionError`."""
    if name in METHODS:
        return METHODS[name]
    raise AttributionError(f"There is no method {name[:40]!r}; there are {', '.join(METHODS)}.")


def _no_parameters(_spec: DenseNetSpec) -> tuple[Parameter, ...]:
    return ()


def _integration(_spec: DenseNetSpec) -> tuple[Parameter, ...]:
    return (
        Number("n_steps", "Steps", 32, 8, 200),
        Choice("baseline", "Baseline", "black", explainers.BASELINES),
    )


def _integration_cost(_spec: DenseNetSpec, settings: Settings) -> Cost:
    steps = int(settings["n_steps"])
    return Cost(steps + 2, steps)  # picture and baseline once more, for the delta


def _cam(spec: DenseNetSpec) -> tuple[Parameter, ...]:
    blocks = tuple(f"block {block}" for block in range(1, len(spec.block_config) + 1))
    return (Choice("layer", "Layer", "final", (*blocks, "final")),)


def _occlusion(spec: DenseNetSpec) -> tuple[Parameter, ...]:
    size = spec.input_size
    window = max(2, round(size / 5))
    low = max(1, size // 32)
    return (
        Number("window", "Window", window, max(2, size // 16), size // 2, "px"),
        Number("stride", "Stride", max(low, window // 2), low, size // 2, "px"),
        Choice("baseline", "Cover", "mean", explainers.BASELINES),
    )


def _occlusion_cost(spec: DenseNetSpec, settings: Settings) -> Cost:
    window, stride = int(settings["window"]), int(settings["stride"])
    windows = math.ceil((spec.input_size - window) / stride) + 1
    return Cost(windows**2 + 1, 0)


def _stride_in_window(settings: Settings) -> None:
    window, stride = int(settings["window"]), int(settings["stride"])
    if stride > window:
        raise AttributionError(
            f"stride={stride} was given with window={window}; a stride up to the window is "
            "allowed, so that every pixel is covered."
        )


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        method.name: method
        for method in (
            Method(
                name="grad-cam",
                title="Grad-CAM",
                question="Which regions hold the features that speak for or against this class?",
                caution=(
                    "Its grain is that of the layer's maps, at the end of the network a few "
                    "cells, smoothed to the picture's size: do not read edges or fine parts "
                    "from it."
                ),
                unit="weighted activation",
                paper=(
                    'Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via '
                    'Gradient-based Localization", ICCV 2017; both signs are kept'
                ),
                complete=False,
                parameters=_cam,
                cost=lambda _spec, _settings: Cost(1, 1),
                explain=explainers.grad_cam,
            ),
            Method(
                name="integrated-gradients",
                title="Integrated gradients",
                question=(
                    "How much does each pixel contribute to the score, compared with a blank "
                    "picture?"
                ),
                caution=(
                    "It answers relative to its baseline: parts that look like the baseline, "
                    "black ones for a black picture, get nothing; and a large convergence delta "
                    "means too few steps."
                ),
                unit="share of the class's score",
                paper=(
                    'Sundararajan, Taly, Yan, "Axiomatic Attribution for Deep Networks", '
                    "ICML 2017, section 3"
                ),
                complete=True,
                parameters=_integration,
                cost=_integration_cost,
                explain=explainers.integrated_gradients,
            ),
            Method(
                name="occlusion",
                title="Occlusion",
                question="How far does the score fall when this part of the picture is covered?",
                caution=(
                    "A covered picture is one the network never learned from, and two parts that "
                    "can stand in for each other both look unimportant; the result depends on "
                    "the size and colour of the window."
                ),
                unit="fall of the class's score",
                paper=(
                    'Zeiler, Fergus, "Visualizing and Understanding Convolutional Networks", '
                    "ECCV 2014, section 4.2"
                ),
                complete=False,
                parameters=_occlusion,
                cost=_occlusion_cost,
                explain=explainers.occlusion,
                check=_stride_in_window,
            ),
            Method(
                name="saliency",
                title="Saliency",
                question="Which pixels change the score most if they change a little?",
                caution=(
                    "It is noisy and only local: where the network is sure, the gradient can be "
                    "small although the pixel matters; look at where it gathers, not at single "
                    "pixels."
                ),
                unit="change of the class's score per unit of input",
                paper=(
                    'Simonyan, Vedaldi, Zisserman, "Deep Inside Convolutional Networks", '
                    "ICLR workshop 2014, section 3; signs are kept"
                ),
                complete=False,
                parameters=_no_parameters,
                cost=lambda _spec, _settings: Cost(1, 1),
                explain=explainers.saliency,
            ),
        )
    }
)
"""The methods by name, the quickest to understand first."""
