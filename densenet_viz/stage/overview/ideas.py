"""The three ideas of DenseNet, each with one number that tests check."""

from __future__ import annotations

from dataclasses import dataclass

from densenet_viz.facts.spec import DenseNetSpec

RESNET50_PARAMETERS = 25_557_032
"""Weights of torchvision's ResNet-50 with 1,000 classes; the tests count them."""

KERAS_TOP1 = {"DenseNet-121": 75.0, "ResNet-50": 74.9}
"""ImageNet validation accuracy in per cent, cited from the Keras Applications table."""


@dataclass(frozen=True)
class Idea:
    """One idea: its name, its number, what the number counts, and the reason in words.

    `source` says where the number comes from: computed here, or cited from a publication.
    """

    title: str
    number: str
    counted: str
    words: str
    source: str


def ideas(spec: DenseNetSpec) -> tuple[Idea, ...]:
    """The paper's three claims (section 1), with the numbers of `spec`, a 1,000-class network.

    >>> [idea.number for idea in ideas(DenseNetSpec())]
    ['535', '7,978,856', '1 step, not 24']
    """
    each = " + ".join(f"{count}" for count in spec.connections)
    longest = max(spec.block_config)
    block = spec.block_config.index(longest) + 1
    share = RESNET50_PARAMETERS / spec.parameters
    return (
        Idea(
            "Features are reused",
            f"{sum(spec.connections):,}",
            f"direct connections in {len(spec.block_config)} blocks: {each}",
            "A layer reads the maps of all earlier layers of its block, side by side, not "
            "summed. No layer has to compute a feature a second time.",
            "computed from the architecture: L(L+1)/2 for a block of L layers",
        ),
        Idea(
            "Few parameters are enough",
            f"{spec.parameters:,}",
            f"parameters; ResNet-50 has {RESNET50_PARAMETERS:,}, {share:.1f} times as many",
            f"The old maps stay, so a layer adds only {spec.growth_rate}. On ImageNet’s 1,000 "
            f"classes the two are about equal: {KERAS_TOP1['DenseNet-121']}% and "
            f"{KERAS_TOP1['ResNet-50']}% top-1 accuracy.",
            "parameters computed; accuracies cited from Keras Applications, not measured here",
        ),
        Idea(
            "Gradients reach early layers",
            f"1 step, not {longest}",
            f"from the end of block {block} back to its first layer",
            "The block's output contains every layer's maps unchanged. So the gradient reaches "
            "the first layer directly, not only through all later layers.",
            f"computed from the architecture: block {block} has {longest} layers",
        ),
    )
