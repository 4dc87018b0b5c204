"""Other networks than torchvision's DenseNet, told by the names of their weights."""

from __future__ import annotations

from dataclasses import dataclass

from densenet_viz.network.own.renaming import BAMOS, MMPRETRAIN, PYTORCH_CIFAR, PYTORCHCV

_RENAME = "These lines give them torchvision's names."


@dataclass(frozen=True)
class Architecture:
    """A network that is no DenseNet with torchvision's names."""

    title: str
    part: tuple[str, ...]
    """Parts of a weight's name; one of them is enough."""
    reason: str = "The app explains DenseNets."
    lines: str = ""


ARCHITECTURES = (
    Architecture(
        "a DenseNet of MMPretrain", ("backbone.stages.0.block.0.norm1.",), _RENAME, MMPRETRAIN
    ),
    Architecture("a DenseNet of pytorchcv", ("stage1.unit1.conv1.bn.",), _RENAME, PYTORCHCV),
    Architecture(
        "a DenseNet with the names of densenet.pytorch",
        ("trans1.bn1.",),
        _RENAME,
        BAMOS,
    ),
    Architecture(
        "a DenseNet with the names of pytorch-cifar",
        ("dense1.0.bn1.", "trans1.bn."),
        "They have another order of the maps too; these lines give them torchvision's.",
        PYTORCH_CIFAR,
    ),
    Architecture(
        "a DenseNet of pytorch-cifar100",
        ("bottle_neck_layer_0.",),
        "Its transitions have no ReLU, and the app's have one.",
    ),
    Architecture(
        "a DenseNet of timm without its classifier (features_only)",
        ("features_denseblock1.",),
        "Save the whole network, which names classes: timm.create_model without features_only.",
    ),
    Architecture("a detector of objects", ("rpn.head.", "roi_heads.", "bbox_head.")),
    Architecture("a ResNet", ("layer1.0.conv1.", "layer1.0.bn1.", "layer1.0.downsample.")),
    Architecture("a ResNet", ("resnet.encoder.stages.",)),
    Architecture(
        "a network of pictures and texts", ("text_model.", "text_encoder.", "token_embedding.")
    ),
    Architecture(
        "a transformer",
        (
            *("patch_embed", "attn.qkv.", "cls_token", "class_token", "in_proj_", ".attention."),
            *("self_attn.", "relative_position_bias"),
        ),
    ),
    Architecture("a ConvNeXt", ("stages.0.blocks.0.conv_dw", "layer_scale")),
    Architecture(
        "an EfficientNet or MobileNet",
        ("conv_pwl.", "conv_dw.", "_depthwise_conv.", ".block.0.0.", ".conv.0.0.weight"),
    ),
    Architecture("an Inception network", ("Mixed_5b", "inception3a.", "Conv2d_1a_3x3")),
    Architecture(
        "a U-Net", ("decoder.", "up1.", "upconv", "segmentation_head", "submodule.0.conv")
    ),
    Architecture("a SqueezeNet", (".squeeze.weight",)),
    Architecture("a VGG or AlexNet", ("features.0.weight",)),
)
"""The first row that fits decides."""


def architecture_of(keys: list[str]) -> Architecture | None:
    """The other network that these weights are of, if it is a known one."""
    return next(
        (each for each in ARCHITECTURES if any(part in key for part in each.part for key in keys)),
        None,
    )
