"""Methods that are known and not here, each with the reason.

Reading this loads no framework. Together with `METHODS` it accounts for every attribution class of
Captum 0.9; `OFFERED` says which row stands for which class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Unsuited:
    """A method that makes no sense or cannot be right for one picture before a DenseNet.

    `captum` names the classes of `captum.attr` that compute it, none where Captum has it elsewhere
    or not at all.
    """

    name: str
    title: str
    reason: str
    captum: tuple[str, ...] = ()


OFFERED: Mapping[str, str] = MappingProxyType(
    {
        "Deconvolution": "deconvolution",
        "FeatureAblation": "feature-ablation",
        "GradientShap": "gradient-shap",
        "GuidedBackprop": "guided-backprop",
        "GuidedGradCam": "guided-grad-cam",
        "InputXGradient": "input-x-gradient",
        "IntegratedGradients": "integrated-gradients",
        "InternalInfluence": "internal-influence",
        "KernelShap": "kernel-shap",
        "LayerConductance": "layer-conductance",
        "LayerGradCam": "grad-cam",
        "LayerGradientXActivation": "layer-gradient-x-activation",
        "Lime": "lime",
        "NoiseTunnel": "smoothgrad",
        "Occlusion": "occlusion",
        "Saliency": "saliency",
        "ShapleyValueSampling": "shapley-sampling",
    }
)
"""Captum's class and the name of the method here that computes the same."""

UNSUITED = (
    Unsuited(
        "exact-shapley-values",
        "Exact Shapley values",
        "They need a pass for each of the 2^n sets of n parts: 1,024 passes for 10 superpixels, "
        "about a million for 20, and a trillion for the 40 that Shapley value sampling starts "
        "with, which estimates the same values.",
        ("ShapleyValues",),
    ),
    Unsuited(
        "feature-permutation",
        "Feature permutation",
        "It swaps a pixel's values among the pictures of a batch; of one picture there is nothing "
        "to swap, and pixels of different pictures do not mean the same.",
        ("FeaturePermutation", "LayerFeaturePermutation"),
    ),
    Unsuited(
        "neuron-attribution",
        "Neuron attribution",
        "It explains what makes one unit inside the network fire, not what decides for a class; a "
        "DenseNet has thousands of units, and none has a name.",
        (
            "NeuronConductance",
            "NeuronDeconvolution",
            "NeuronDeepLift",
            "NeuronDeepLiftShap",
            "NeuronFeatureAblation",
            "NeuronGradient",
            "NeuronGradientShap",
            "NeuronGuidedBackprop",
            "NeuronIntegratedGradients",
        ),
    ),
    Unsuited(
        "layer-activation",
        "Layer activation",
        "It shows what stands in a layer for this picture, the same for every class: it attributes "
        "nothing.",
        ("LayerActivation",),
    ),
    Unsuited(
        "layer-feature-ablation",
        "Layer feature ablation",
        "It switches off a layer's values one by one, 50,176 passes for the last maps of a "
        "DenseNet-121 alone; and a value that a dense layer wrote reaches the classifier beside "
        "so many others that one alone is hardly missed.",
        ("LayerFeatureAblation",),
    ),
    Unsuited(
        "layer-integrated-gradients",
        "Layer integrated gradients",
        "Its straight path runs through activations that no picture makes, and inside a dense "
        "block the rest of the maps does not move along; layer conductance answers the same "
        "question on the path of real inputs.",
        ("LayerIntegratedGradients", "LayerGradientShap"),
    ),
    Unsuited(
        "captum-deeplift",
        "DeepLIFT as Captum has it",
        "Its values must add up to the score's rise and do not: on the bundled model they miss it "
        "by 0.7 to 5.4 %. Its rule for max pools is lost where a pool stands right behind a ReLU, "
        "and where windows overlap one share overwrites the other; a DenseNet's stem has both. "
        "DeepLIFT here adds them up and misses nothing.",
        ("DeepLift", "DeepLiftShap"),
    ),
    Unsuited(
        "captum-lrp",
        "Layer-wise relevance propagation as Captum has it",
        "With its epsilon rule, the offsets of the norms swallow the relevance: on the bundled "
        "model -0.6 is left of a score of 7.1, and the map is that of input times gradient. "
        "The rules here hand relevance through the norms unchanged.",
        ("LRP",),
    ),
    Unsuited(
        "layer-rules",
        "DeepLIFT and relevance of a layer",
        "They stop Captum's DeepLIFT and relevance propagation at a layer and keep their faults; "
        "inside a dense block, what reaches one layer's maps is besides only a part.",
        ("LayerDeepLift", "LayerDeepLiftShap", "LayerLRP"),
    ),
    Unsuited(
        "data-set-attribution",
        "Attribution of a measure on a data set",
        "It explains a number that is computed from many pictures, such as an accuracy, not the "
        "decision on one.",
        ("DataLoaderAttribution",),
    ),
    Unsuited(
        "language-models",
        "Attribution for language models",
        "It explains a text by the words of its prompt; a DenseNet reads pictures.",
        ("LLMAttribution", "LLMGradientAttribution", "RemoteLLMAttribution"),
    ),
    Unsuited(
        "influence",
        "Influence of training pictures (TracIn, influence functions)",
        "It names the training pictures that pushed a decision, and so needs them all, and the "
        "states of the network during training; a network's weights alone do not hold them.",
    ),
    Unsuited(
        "tcav",
        "Concept activation vectors (TCAV)",
        "It asks how much a concept matters, and needs a set of example pictures for each concept "
        "and one without it, which nobody but the asker has.",
    ),
)
