"""Layers: what is inside the network."""

from __future__ import annotations

from collections.abc import Callable

from densenet_viz.attribution.baselines import baseline_choice, drawings
from densenet_viz.attribution.call import AT_ONCE, START, Arguments, Call
from densenet_viz.attribution.method import Cost, Method, once
from densenet_viz.attribution.parameters import Choice, Number, Parameter, Settings
from densenet_viz.attribution.places import FINAL, all_places, coarse_places, module_of
from densenet_viz.facts.spec import DenseNetSpec

_GRAIN = (
    "It is as coarse as the layer's feature maps, which have few cells near the end of the "
    "network. It is smoothed to the picture's size: do not read edges or fine parts from it."
)


def layer_choice(spec: DenseNetSpec, default: str = FINAL) -> Choice:
    return Choice("layer", "Layer", default, all_places(spec))


def _one_layer(spec: DenseNetSpec) -> tuple[Parameter, ...]:
    return (layer_choice(spec),)


def _with_maps(_spec: DenseNetSpec, _settings: Settings) -> Cost:
    """One gradient, and one pass more for the maps themselves."""
    return Cost(2, 1)


def _many_maps(spec: DenseNetSpec) -> tuple[Parameter, ...]:
    return (layer_choice(spec), Number("channels", "Maps at most", 64, 8, 1024))


def _maps_cost(_spec: DenseNetSpec, settings: Settings) -> Cost:
    return Cost(1 + int(settings["channels"]), 0)


def _score_cam(settings: Settings) -> Call:
    return Call(
        "ScoreCam",
        {"channels": settings["channels"], "at_once": AT_ONCE},
        layer=module_of(str(settings["layer"])),
        finish="enlarged",
        classes="LayerActivation",
    )


def _path_to_layer(spec: DenseNetSpec) -> tuple[Parameter, ...]:
    return (
        layer_choice(spec, coarse_places(spec)[-2]),
        Number("n_steps", "Steps", 24, 8, 100),
        baseline_choice(),
    )


def _path_cost(_spec: DenseNetSpec, settings: Settings) -> Cost:
    steps, pictures = int(settings["n_steps"]), drawings(str(settings["baseline"]))
    # The first place of a batch is the last of the one before; a batch has 4 or more.
    places = pictures * (steps + 1 + steps // 3)
    return Cost(places, places)


def _of_layer(make: str, classes: str = "") -> Callable[[Settings], Call]:
    def call(settings: Settings) -> Call:
        layer = module_of(str(settings["layer"]))
        return Call(make, layer=layer, finish="enlarged", classes=classes)

    return call


def _along_path(make: str, finish: str) -> Callable[[Settings], Call]:
    def call(settings: Settings) -> Call:
        steps: Arguments = {"n_steps": settings["n_steps"], "internal_batch_size": AT_ONCE}
        layer = module_of(str(settings["layer"]))
        return Call(make, {"baselines": START, **steps}, layer=layer, finish=finish)

    return call


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
        call=_of_layer("LayerGradCam"),
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
        call=_of_layer("LayerGradientXActivation"),
        axioms=("implementation invariance",),
    ),
    Method(
        name="layer-cam",
        title="LayerCAM",
        family="layers",
        question="Where in a layer are the values that would raise the score if they grew?",
        caution=(
            f"{_GRAIN} It hides everything that lowers the score. At the last maps all places of "
            "a map have the same gradient, so only maps with a positive weight remain there."
        ),
        unit="activation times the score's change per unit of activation, where that is positive",
        paper=(
            'Jiang, Zhang, Hou, Cheng, Wei, "LayerCAM: Exploring Hierarchical Class Activation '
            'Maps for Localization", IEEE TIP 2021, section III.B; without the closing ReLU'
        ),
        parameters=_one_layer,
        cost=_with_maps,
        call=_of_layer("LayerCam", "LayerGradientXActivation, LayerActivation"),
    ),
    Method(
        name="grad-cam-plus-plus",
        title="Grad-CAM++",
        family="layers",
        question="Which regions have the features of this class, if each object counts the same?",
        caution=(
            f"{_GRAIN} It uses only positive gradients. Its weights come from an approximation "
            "that holds where the class's score is an exponential of the maps."
        ),
        unit="weighted activation",
        paper=(
            'Chattopadhay, Sarkar, Howlader, Balasubramanian, "Grad-CAM++: Generalized '
            'Gradient-Based Visual Explanations for Deep Convolutional Networks", WACV 2018, '
            "equations 10 and 19; without the closing ReLU"
        ),
        parameters=_one_layer,
        cost=_with_maps,
        call=_of_layer("GradCamPlusPlus", "InternalInfluence, LayerActivation"),
    ),
    Method(
        name="score-cam",
        title="Score-CAM",
        family="layers",
        question="Through which of a layer's maps is the class still seen?",
        caution=(
            f"{_GRAIN} The network never saw such half-covered pictures in training. Only the "
            "maps that vary most are tried. The weights are a softmax: a few maps may get all."
        ),
        unit="activation times the map's share of all scores",
        paper=(
            'Wang, Wang, Du, Yang, Zhang, Ding, Mardziel, Hu, "Score-CAM: Score-Weighted Visual '
            'Explanations for Convolutional Neural Networks", CVPR workshop 2020, algorithm 1; '
            "without the closing ReLU"
        ),
        parameters=_many_maps,
        cost=_maps_cost,
        call=_score_cam,
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
        call=_along_path("LayerConductance", "spread"),
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
        call=_along_path("InternalInfluence", "enlarged"),
        axioms=("linearity",),
    ),
)
