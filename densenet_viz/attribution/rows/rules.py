"""Rules: the score is passed back layer by layer."""

from __future__ import annotations

import math

from densenet_viz.attribution.baselines import baseline_choice, drawings
from densenet_viz.attribution.call import START, STARTS, Call
from densenet_viz.attribution.method import Cost, Method, Ours
from densenet_viz.attribution.parameters import Choice, Number, seed_number
from densenet_viz.attribution.places import module_of
from densenet_viz.attribution.rows.layers import one_layer
from densenet_viz.facts.spec import DenseNetSpec

BYTES_AT_ONCE = 600e6
"""About how many bytes the activations of one batch may take."""

MOST_AT_ONCE = 8
"""The most baselines in one batch; more are no faster."""

_BEFORE_SOFTMAX = (
    "its rule takes the layer before the softmax or the sigmoid, as the paper says (section 3.6)."
)

_EDGES = (
    "Its sharp lines are mostly the picture's own edges. It hardly changes when the weights of "
    "later layers are made random (Adebayo et al., NeurIPS 2018), so it says little about why"
)


def baselines_at_once(spec: DenseNetSpec) -> int:
    """How many baselines go through the network together with the picture.

    >>> baselines_at_once(DenseNetSpec())
    2
    """
    together = int(BYTES_AT_ONCE / spec.activation_bytes) - 1
    return max(1, min(MOST_AT_ONCE, together))


def _against(spec: DenseNetSpec, baselines: int) -> Cost:
    """The picture goes along with each batch of baselines."""
    batches = math.ceil(baselines / baselines_at_once(spec))
    return Cost(baselines + batches, baselines + batches)


ROWS: tuple[Method, ...] = (
    Method(
        name="guided-backprop",
        title="Guided backprop",
        family="rules",
        question="Which fine structures of the picture drive features that raise the score?",
        caution=f"{_EDGES} the network decides as it does.",
        unit="change of the score per unit of input, without negative parts at every ReLU",
        paper=(
            'Springenberg, Dosovitskiy, Brox, Riedmiller, "Striving for Simplicity: The All '
            'Convolutional Net", ICLR workshop 2015, section 3.4; both signs are kept'
        ),
        call=lambda _settings: Call("GuidedBackprop", on_modules=True),
    ),
    Method(
        name="deconvolution",
        title="Deconvolution",
        family="rules",
        question="What pattern would the network draw if its layers ran backwards?",
        caution=(
            f"{_EDGES} the network decides as it does. It hardly depends on the class: on the "
            "bundled model, the maps for two objects in one picture are almost the same."
        ),
        unit="signal passed back to the input, without negative parts at every ReLU",
        paper=(
            'Zeiler, Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014, '
            "section 2.1; both signs are kept"
        ),
        call=lambda _settings: Call("Deconvolution", on_modules=True),
    ),
    Method(
        name="guided-grad-cam",
        title="Guided Grad-CAM",
        family="rules",
        question="Which fine structures are in the regions that raise this class's score?",
        caution=(
            "Grad-CAM chooses the regions for this class. The fine lines in them come from guided "
            "backprop and are mostly the picture's own edges (Adebayo et al., NeurIPS 2018)."
        ),
        unit="guided backprop times the positive weighted activation",
        paper=(
            'Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via '
            'Gradient-based Localization", ICCV 2017, section 3.3'
        ),
        parameters=one_layer,
        cost=lambda _spec, _settings: Cost(2, 2),
        call=lambda settings: Call(
            "GuidedGradCam",
            {"interpolate_mode": "bilinear"},
            layer=module_of(settings["layer"]),
            on_modules=True,
        ),
    ),
    Method(
        name="deeplift",
        title="DeepLIFT",
        family="rules",
        question="How much does each pixel's difference from a blank picture add to the score?",
        caution=(
            "It depends on its baseline: what looks like the baseline gets zero. Two networks "
            "that compute the same function can get different maps."
        ),
        unit="share of the class's score",
        paper=(
            'Shrikumar, Greenside, Kundaje, "Learning Important Features Through Propagating '
            'Activation Differences", ICML 2017, section 3.5.1, the rescale rule'
        ),
        only_logit=_BEFORE_SOFTMAX,
        parameters=lambda _spec: (baseline_choice(),),
        cost=lambda spec, settings: _against(spec, drawings(settings["baseline"])),
        call=lambda _settings: Call("DeepLift", {"baselines": START}, on_modules=True),
        ours=Ours(
            "deeplift.deeplift",
            likeness="it adds up to the score's rise, and Captum's does not",
            reason=(
                "Captum's values miss the score's rise by 0.7 to 5.4% on the bundled network: "
                "where a max pool's windows overlap, one share overwrites the other"
            ),
        ),
        axioms=("completeness", "sensitivity", "linearity"),
        complete=True,
    ),
    Method(
        name="deeplift-shap",
        title="DeepLIFT SHAP",
        family="rules",
        question="How much does each pixel add on average, compared with many blank pictures?",
        caution=(
            "A few random baselines leave noise; another seed shows how much. The kind of "
            "baseline decides what counts as absent. The values are near the Shapley values only "
            "where the score is nearly linear."
        ),
        unit="share of the class's score",
        paper=(
            'Lundberg, Lee, "A Unified Approach to Interpreting Model Predictions", NeurIPS 2017, '
            "section 4.2"
        ),
        only_logit=_BEFORE_SOFTMAX,
        parameters=lambda _spec: (
            Choice("distribution", "Baselines", "noise", ("noise", "colours", "blurs")),
            Number("samples", "Number of baselines", 8, 2, 50),
            seed_number("Seed of the baselines"),
        ),
        cost=lambda spec, settings: _against(spec, settings["samples"]),
        call=lambda _settings: Call("DeepLiftShap", {"baselines": STARTS}, on_modules=True),
        ours=Ours(
            "deeplift.deeplift",
            likeness="it adds up to the score's rise, and Captum's does not",
            reason="as for DeepLIFT",
        ),
        axioms=("completeness", "linearity"),
        complete=True,
    ),
    Method(
        name="lrp",
        title="Layer-wise relevance propagation",
        family="rules",
        question="Where does the score come from, if each layer divides it among its inputs?",
        caution=(
            "Look at its signs, not only at its places: shuffling the weights of the last two "
            "blocks changes many signs, but only a few places (Sixt, Granz, Landgraf, ICML 2020, "
            "explain why). Its values add up to about the score, within 2 % on the bundled model. "
            "Other rules give another map."
        ),
        unit="share of the class's score",
        paper=(
            'Bach et al., "On Pixel-Wise Explanations for Non-Linear Classifier Decisions by '
            'Layer-Wise Relevance Propagation", PLoS ONE 2015; the rules: Montavon et al., '
            '"Layer-Wise Relevance Propagation: An Overview", 2019, section 10.2'
        ),
        only_logit=(
            "a layer divides its relevance among what it adds up, and a softmax adds up nothing; "
            "the authors start from the score before it."
        ),
        parameters=lambda _spec: (
            Choice("rule", "Rule for convolutions", "gamma", ("gamma", "alpha1-beta0")),
            Number("gamma", "Gamma", 25, 10, 400, "%"),
        ),
        call=None,
        ours=Ours(
            "relevance.lrp",
            likeness="with Captum's only rule for norms, nearly all relevance is lost",
            reason=(
                "with Captum's epsilon rule the offsets of the norms absorb the relevance: of a "
                "score of 7.1 only -0.6 remains"
            ),
        ),
    ),
)
