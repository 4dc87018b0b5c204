"""What each method takes: time and memory, measured once, so that a job can be planned.

Measured with DenseNet-121 on an Intel Xeon with AVX-512 and bfloat16, one thread, in November 2026.
From `lime` on, the megabytes at 224 px were not measured: they are scaled from 128 px. Other
machines correct the time by what their own runs took (`ui.attribution.expecting`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from densenet_viz.attribution.method import Method
from densenet_viz.attribution.parameters import Settings
from densenet_viz.facts.spec import DenseNetSpec


class Needs(NamedTuple):
    """What one map takes with default settings, in a thread with one processor.

    `passes`: its time, in forward passes of one picture. `small` and `large`: the most megabytes
    at a time above those that the process has anyway, for pictures of 128 px and of 224 px.
    """

    passes: float
    small: int
    large: int


NEEDS: Final[Mapping[str, Needs]] = {
    "grad-cam": Needs(3, 10, 45),
    "integrated-gradients": Needs(28, 90, 360),
    "occlusion": Needs(50, 220, 280),
    "saliency": Needs(5, 20, 60),
    "layer-gradient-x-activation": Needs(3, 10, 25),
    "layer-cam": Needs(3, 10, 25),
    "grad-cam-plus-plus": Needs(3, 10, 25),
    "score-cam": Needs(57, 230, 260),
    "layer-conductance": Needs(25, 150, 190),
    "internal-influence": Needs(21, 150, 160),
    "neuron-integrated-gradients": Needs(45, 340, 450),
    "gradient-shap": Needs(50, 150, 400),
    "feature-ablation": Needs(38, 220, 260),
    "shapley-sampling": Needs(200, 230, 260),
    "kernel-shap": Needs(200, 280, 390),
    "lime": Needs(200, 250, 390),
    "rise": Needs(225, 250, 390),
    "input-x-gradient": Needs(5, 20, 60),
    "full-gradient": Needs(9, 80, 240),
    "smoothgrad": Needs(24, 130, 390),
    "guided-backprop": Needs(10, 70, 210),
    "deconvolution": Needs(16, 70, 210),
    "guided-grad-cam": Needs(11, 70, 210),
    "deeplift": Needs(14, 140, 420),
    "deeplift-shap": Needs(56, 620, 1900),
    "lrp": Needs(20, 120, 350),
}


def passes_of(method: Method, spec: DenseNetSpec, settings: Settings) -> float:
    """The time of a map, in forward passes of one picture: it grows as the method's `cost` does."""
    asked, usual = method.cost(spec, settings), method.cost(spec, method.settings(spec, {}))
    more = (asked.forward + asked.backward) / (usual.forward + usual.backward)
    return NEEDS[method.name].passes * more


def memory_of(method: str, spec: DenseNetSpec) -> int:
    """About the most bytes that a map takes above those that the process has anyway.

    It grows with the network's maps, up to half more than measured: then batches get smaller.
    """
    _, small, large = NEEDS[method]
    low, high = (DenseNetSpec(input_size=size).activation_bytes for size in (128, 224))
    beyond = (spec.activation_bytes - low) / (high - low)
    return round(1e6 * min(1.5 * large, max(0.0, small + beyond * (large - small))))
