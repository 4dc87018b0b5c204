"""Layers: what is inside the network."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from densenet_viz.attribution.baselines import baseline_choice, drawings
from densenet_viz.attribution.call import AT_ONCE, START, Call
from densenet_viz.attribution.errors import AttributionError
from densenet_viz.attribution.method import Cost, Method
from densenet_viz.attribution.parameters import Choice, Number, Parameter, Settings
from densenet_viz.attribution.places import (
    FINAL,
    all_places,
    channels_of,
    coarse_places,
    module_of,
)
from densenet_viz.facts.spec import DenseNetSpec

if TYPE_CHECKING:
    from densenet_viz.attribution.asking import Asking

_GRAIN = (
    "It is as coarse as the layer's feature maps, which have few cells near the end of the "
    "network. It is smoothed to the picture's size: do not read edges or fine parts from it."
)


def layer_choice(spec: DenseNetSpec, default: str = FINAL) -> Choice:
    return Choice("layer", "Layer", default, all_places(spec))


def one_layer(spec: DenseNetSpec) -> tuple[Parameter, ...]:
    return (layer_choice(spec),)


def _path_to_layer(spec: DenseNetSpec) -> tuple[Parameter, ...]:
    return (
        layer_choice(spec, coarse_places(spec)[-2]),
        Number("n_steps", "Steps", 24, 8, 100),
        baseline_choice(),
    )


def _path_cost(_spec: DenseNetSpec, settings: Settings) -> Cost:
    steps, pictures = settings["n_steps"], drawings(settings["baseline"])
    # The first place of a batch is the last of the one before; a batch has 4 or more.
    places = pictures * (steps + 1 + steps // 3)
    return Cost(places, places)


def _channel_of_layer(spec: DenseNetSpec) -> tuple[Parameter, ...]:
    most = max(channels_of(spec, place) for place in all_places(spec))
    return (
        layer_choice(spec),
        Number("channel", "Channel (0: the one that adds most to the class)", 0, 0, most),
        Number("n_steps", "Steps", 32, 8, 100),
        baseline_choice(),
    )


def _channel_in_layer(spec: DenseNetSpec, settings: Settings) -> None:
    layer, channel = settings["layer"], settings["channel"]
    if channel > (most := channels_of(spec, layer)):
        raise AttributionError(
            f"channel={channel} was given with layer={layer}. This layer has the channels 1 to "
            f"{most}; with 0, the one that adds most to the class is chosen."
        )


def _channel_cost(_spec: DenseNetSpec, settings: Settings) -> Cost:
    passes = drawings(settings["baseline"]) * settings["n_steps"] + (settings["channel"] == 0)
    return Cost(passes, passes)


def _choose_channel(asking: Asking, settings: Settings) -> Settings:
    """If no channel was chosen, the one whose gradient times activation has the largest sum."""
    if settings["channel"]:
        return settings
    from densenet_viz.attribution.captum_maps import by_captum, given_for

    call = Call("LayerGradientXActivation", layer=module_of(settings["layer"]))
    shares = by_captum(call, asking, settings, given_for(call, asking, settings)).sum((1, 2))
    return {**settings, "channel": 1 + int(shares.argmax())}


def _of_layer(make: str, classes: str = "", **more: Any) -> Callable[[Settings], Call]:
    """The call of a method of a layer; `more` are the call's other fields."""

    def call(settings: Settings) -> Call:
        layer = module_of(settings["layer"])
        return Call(make, layer=layer, classes=classes, **{"finish": "enlarged", **more})

    return call


def _along_path(make: str, **more: Any) -> Callable[[Settings], Call]:
    """The same with steps on the path from a baseline."""

    def call(settings: Settings) -> Call:
        steps = {"n_steps": settings["n_steps"], "internal_batch_size": AT_ONCE}
        return _of_layer(make, arguments={"baselines": START, **steps}, **more)(settings)

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
        parameters=one_layer,
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
        parameters=one_layer,
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
        parameters=one_layer,
        call=_of_layer("LayerCam", "LayerGradientXActivation"),
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
        only_logit=(
            "its weights are derived for the exponential of the score before the softmax "
            "(equations 14 to 19 of the paper)."
        ),
        parameters=one_layer,
        call=_of_layer("GradCamPlusPlus", "LayerGradientXActivation"),
    ),
    Method(
        name="score-cam",
        title="Score-CAM",
        family="layers",
        question="Through which of a layer's maps is the class still seen?",
        caution=(
            f"{_GRAIN} The network never saw such half-covered pictures in training. Only the "
            "maps that vary most are tried. The weights are a softmax: a few maps may get nearly "
            "all the weight."
        ),
        unit="activation times the map's share of all scores",
        paper=(
            'Wang, Wang, Du, Yang, Zhang, Ding, Mardziel, Hu, "Score-CAM: Score-Weighted Visual '
            'Explanations for Convolutional Neural Networks", CVPR workshop 2020, algorithm 1; '
            "without the closing ReLU"
        ),
        parameters=lambda spec: (
            layer_choice(spec),
            Number("channels", "Maps at most", 64, 8, 1024),
        ),
        cost=lambda _spec, settings: Cost(1 + settings["channels"], 0),
        call=lambda settings: _of_layer(
            "ScoreCam",
            "LayerActivation",
            arguments={"channels": settings["channels"], "at_once": AT_ONCE},
        )(settings),
    ),
    Method(
        name="layer-conductance",
        title="Layer conductance",
        family="layers",
        question="How much of the score's rise over a blank picture flows through each place?",
        caution=(
            f"{_GRAIN} It depends on its baseline, and a layer inside a dense block carries only "
            "a part of the rise: the rest goes around it."
        ),
        unit="share of the class's score",
        paper='Dhamdhere, Sundararajan, Yan, "How Important is a Neuron?", ICLR 2019, section 3',
        parameters=_path_to_layer,
        cost=_path_cost,
        call=_along_path("LayerConductance", finish="spread"),
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
        call=_along_path("InternalInfluence"),
        axioms=("linearity",),
    ),
    Method(
        name="neuron-integrated-gradients",
        title="Integrated gradients of a channel",
        family="layers",
        question="Which pixels does one channel of a layer react to in this picture?",
        caution=(
            "It explains a channel, not the class: the channel can also react to other things, "
            "and other channels count for the class, too. It depends on its baseline, as "
            "integrated gradients do. Without a chosen channel, another class can get another one."
        ),
        unit="share of the rise of the channel's mean over the baseline's",
        paper=(
            'Sundararajan, Taly, Yan, "Axiomatic Attribution for Deep Networks", ICML 2017, '
            "section 3, for a channel instead of the score; the chosen channel: gradient × "
            "activation (Ancona et al., ICLR 2018)"
        ),
        only_logit="it explains a channel inside the network, which has no probability.",
        parameters=_channel_of_layer,
        cost=_channel_cost,
        call=lambda settings: _along_path(
            "ChannelGradients",
            classes="NeuronIntegratedGradients",
            options={"channel": settings["channel"]},
            finish="whole",
            inward=True,
        )(settings),
        axioms=("dummy",),
        check=_channel_in_layer,
        choose=_choose_channel,
    ),
)
