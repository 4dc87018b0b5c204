"""Layers: what is inside the network."""

from __future__ import annotations

from densenet_viz.attribution.baselines import baseline_choice, drawings
from densenet_viz.attribution.method import Cost, Method, lazily, once
from densenet_viz.attribution.parameters import Choice, Number, Parameter, Settings
from densenet_viz.attribution.places import FINAL, all_places, coarse_places
from densenet_viz.facts.spec import DenseNetSpec

_GRAIN = (
    "It is as coarse as the layer's feature maps, which have few cells near the end of the "
    "network. It is smoothed to the picture's size: do not read edges or fine parts from it."
)


def layer_choice(spec: DenseNetSpec, default: str = FINAL) -> Choice:
    return Choice("layer", "Layer", default, all_places(spec))


def _one_layer(spec: DenseNetSpec) -> tuple[Parameter, ...]:
    return (layer_choice(spec),)


def _path_to_layer(spec: DenseNetSpec) -> tuple[Parameter, ...]:
    return (
        layer_choice(spec, coarse_places(spec)[-2]),
        Number("n_steps", "Steps", 24, 8, 100),
        baseline_choice(),
    )


def _path_cost(_spec: DenseNetSpec, settings: Settings) -> Cost:
    steps = int(settings["n_steps"]) * drawings(str(settings["baseline"]))
    return Cost(
        steps + drawings(str(settings["baseline"])), steps + drawings(str(settings["baseline"]))
    )


ROWS = (
    Method(
        name="grad-cam",
        title="Grad-CAM",
        family="layers",
        question="Which regions have the features that raise or lower this class's score?",
        caution=_GRAIN,
        unit="weighted activation",
        paper=(
            'Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via '
            'Gradient-based Localization", ICCV 2017; both signs are kept'
        ),
        parameters=_one_layer,
        cost=once,
        explain=lazily("layers", "grad_cam"),
    ),
    Method(
        name="layer-gradient-x-activation",
        title="Layer gradient × activation",
        family="layers",
        question="Where in a layer do the values raise or lower the score?",
        caution=f"{_GRAIN} Each value is judged alone, as if the score were linear in it.",
        unit="activation times the score's change per unit of activation",
        paper=(
            'Ancona, Ceolini, Öztireli, Gross, "Towards better understanding of gradient-based '
            'attribution methods", ICLR 2018, section 2'
        ),
        parameters=_one_layer,
        cost=once,
        explain=lazily("layers", "layer_gradient_x_activation"),
        axioms=("implementation invariance",),
    ),
    Method(
        name="layer-conductance",
        title="Layer conductance",
        family="layers",
        question="How much of the score's rise over a blank picture flows through each place?",
        caution=(
            f"{_GRAIN} It depends on its baseline, and a layer inside a dense block carries only "
            "a part of the rise: the rest bypasses it."
        ),
        unit="share of the class's score",
        paper='Dhamdhere, Sundararajan, Yan, "How Important is a Neuron?", ICLR 2019, section 3',
        parameters=_path_to_layer,
        cost=_path_cost,
        explain=lazily("layers", "layer_conductance"),
        axioms=("completeness", "linearity"),
    ),
    Method(
        name="internal-influence",
        title="Internal influence",
        family="layers",
        question="How strongly does the score react to each place of a layer, along the path?",
        caution=(
            f"{_GRAIN} It is a slope, not a share: a place that is inactive in this picture can "
            "still have a large influence."
        ),
        unit="change of the class's score per unit of activation",
        paper=(
            'Leino, Sen, Datta, Fredrikson, Li, "Influence-Directed Explanations for Deep '
            'Convolutional Networks", ITC 2018, section 2'
        ),
        parameters=_path_to_layer,
        cost=_path_cost,
        explain=lazily("layers", "internal_influence"),
        axioms=("linearity",),
    ),
)
