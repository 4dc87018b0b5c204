"""What each method takes: time and memory, measured once, so that a job can be planned.

Measured with DenseNet-121 on an Intel Xeon with AVX-512 and bfloat16, one thread, in November 2026.
The megabytes of `lime` and of the methods from `full-gradient` on were measured again, and all were
compared with the peaks of DenseNet-201 in docs/performance.md. Other machines correct the time by
what their own runs took (`ui.attribution.expecting`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from densenet_viz.attribution.method import Method
from densenet_viz.attribution.parameters import Settings
from densenet_viz.facts.spec import DenseNetSpec


class Resources(NamedTuple):
    """What one map takes with default settings, in a thread with one processor.

    `passes`: its time, in forward passes of one picture. `small` and `large`: the most megabytes
    at a time above those that the process has anyway, for pictures of 128 px and of 224 px.
    """

    passes: float
    small: int
    large: int


RESOURCES: Final[Mapping[str, Resources]] = {
    "grad-cam": Resources(3, 10, 45),
    "integrated-gradients": Resources(28, 90, 360),
    "occlusion": Resources(50, 220, 280),
    "saliency": Resources(5, 20, 60),
    "layer-gradient-x-activation": Resources(3, 10, 25),
    "layer-cam": Resources(3, 10, 25),
    "grad-cam-plus-plus": Resources(3, 10, 25),
    "score-cam": Resources(57, 230, 260),
    "layer-conductance": Resources(25, 150, 190),
    "internal-influence": Resources(21, 150, 160),
    "neuron-integrated-gradients": Resources(45, 340, 450),
    "gradient-shap": Resources(50, 150, 400),
    "feature-ablation": Resources(38, 220, 260),
    "shapley-sampling": Resources(200, 230, 260),
    "kernel-shap": Resources(200, 280, 390),
    "lime": Resources(200, 300, 320),
    "rise": Resources(225, 300, 320),
    "input-x-gradient": Resources(5, 20, 60),
    "full-gradient": Resources(9, 80, 240),
    "smoothgrad": Resources(24, 210, 590),
    "guided-backprop": Resources(10, 70, 210),
    "deconvolution": Resources(16, 70, 210),
    "guided-grad-cam": Resources(11, 70, 210),
    "deeplift": Resources(14, 140, 420),
    "deeplift-shap": Resources(56, 620, 650),
    "lrp": Resources(20, 120, 290),
}


def passes_of(method: Method, spec: DenseNetSpec, settings: Settings) -> float:
    """The time of a map, in forward passes of one picture: it grows as the method's `cost` does."""
    asked, usual = method.cost(spec, settings), method.cost(spec, method.settings(spec, {}))
    more = (asked.forward + asked.backward) / (usual.forward + usual.backward)
    return RESOURCES[method.name].passes * more


def memory_of(method: str, spec: DenseNetSpec) -> int:
    """About the most bytes that a map takes above those that the process has anyway.

    It grows with the network's maps, up to half more than measured: then batches get smaller.
    """
    _, small, large = RESOURCES[method]
    low, high = (DenseNetSpec(input_size=size).activation_bytes for size in (128, 224))
    beyond = (spec.activation_bytes - low) / (high - low)
    return round(1e6 * min(1.5 * large, max(0.0, small + beyond * (large - small))))
