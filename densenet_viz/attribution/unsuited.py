"""Known methods that the app does not offer, each with the reason.

Importing this loads no framework. Together with the calls of `METHODS` it covers every attribution
class of Captum 0.9.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Unsuited:
    """A method that makes no sense, or is wrong, for one picture and a DenseNet.

    `captum` names the classes of `captum.attr` that compute it; it is empty if there are none.
    """

    name: str
    title: str
    reason: str
    captum: tuple[str, ...] = ()


UNSUITED = (
    Unsuited(
        "exact-shapley-values",
        "Exact Shapley values",
        "They need a pass for each of the 2^n sets of n parts: 1,024 passes for 10 superpixels, "
        "about a million for 20, and a trillion for 40. Shapley value sampling estimates the "
        "same values, with 40 superpixels by default.",
        ("ShapleyValues",),
    ),
    Unsuited(
        "feature-permutation",
        "Feature permutation",
        "It swaps a pixel's values among the pictures of a batch. With one picture there is "
        "nothing to swap, and the same pixel means something else in another picture.",
        ("FeaturePermutation", "LayerFeaturePermutation"),
    ),
    Unsuited(
        "neuron-attribution",
        "Other attributions of a neuron",
        "They explain one unit or channel inside the network with the other methods. Integrated "
        "gradients of a channel answer the same question, and their values add up to the "
        "channel's rise. Of the others, those with DeepLIFT or guided backprop have the faults "
        "that these methods have for a class.",
        (
            "NeuronConductance",
            "NeuronDeconvolution",
            "NeuronDeepLift",
            "NeuronDeepLiftShap",
            "NeuronFeatureAblation",
            "NeuronGradient",
            "NeuronGradientShap",
            "NeuronGuidedBackprop",
        ),
    ),
    Unsuited(
        "layer-activation",
        "Layer activation",
        "It shows a layer's values for this picture. They are the same for every class, so they "
        "do not explain the decision for one.",
        ("LayerActivation",),
    ),
    Unsuited(
        "layer-feature-ablation",
        "Layer feature ablation",
        "It switches off a layer's values one by one: 50,176 passes for the last maps of a "
        "DenseNet-121 alone. The classifier gets so many values that removing one from a dense "
        "layer changes almost nothing.",
        ("LayerFeatureAblation",),
    ),
    Unsuited(
        "layer-integrated-gradients",
        "Layer integrated gradients",
        "Its straight path uses activations that no picture produces, and inside a dense block "
        "the other maps do not change with it. Layer conductance answers the same question on a "
        "path of real inputs.",
        ("LayerIntegratedGradients", "LayerGradientShap"),
    ),
    Unsuited(
        "captum-deeplift",
        "Captum's DeepLIFT",
        "Its values should add up to the score's rise but do not: on the bundled model they miss "
        "it by 0.7 to 5.4 %. It loses its rule for a max pool directly after a ReLU, and where "
        "windows overlap one share overwrites the other; a DenseNet's stem has both. DeepLIFT "
        "here adds the shares and misses nothing.",
        ("DeepLift", "DeepLiftShap"),
    ),
    Unsuited(
        "captum-lrp",
        "Captum's layer-wise relevance propagation",
        "With its epsilon rule, the offsets of the norms absorb the relevance: on the bundled "
        "model only -0.6 of a score of 7.1 remains, and the map equals input times gradient. "
        "The rules here pass relevance through the norms unchanged.",
        ("LRP",),
    ),
    Unsuited(
        "layer-rules",
        "DeepLIFT and relevance of a layer",
        "They stop Captum's DeepLIFT and relevance propagation at a layer and have the same "
        "faults. Inside a dense block, only a part of the score reaches one layer's maps.",
        ("LayerDeepLift", "LayerDeepLiftShap", "LayerLRP"),
    ),
    Unsuited(
        "hires-cam",
        "HiResCAM and XGrad-CAM",
        "At the last maps, which the classifier averages, both equal Grad-CAM up to a factor. At "
        "other layers HiResCAM is layer gradient × activation.",
    ),
    Unsuited(
        "data-set-attribution",
        "Attribution of a measure on a data set",
        "It explains a number that is computed from many pictures, such as an accuracy, not the "
        "decision for one picture.",
        ("DataLoaderAttribution",),
    ),
    Unsuited(
        "language-models",
        "Attribution for language models",
        "It explains a text by the words of its prompt, but a DenseNet reads pictures.",
        ("LLMAttribution", "LLMGradientAttribution", "RemoteLLMAttribution"),
    ),
    Unsuited(
        "influence",
        "Influence of training pictures (TracIn, influence functions)",
        "It names the training pictures that caused a decision. It needs all of them and the "
        "network's states during training; the final weights contain neither.",
    ),
    Unsuited(
        "tcav",
        "Concept activation vectors (TCAV)",
        "It makes no map: it gives one number for each class and concept. For the bundled models, "
        "whose pictures this project draws with and without each concept, the command "
        "concepts measures it. For other networks you would have to collect such pictures first.",
    ),
)
