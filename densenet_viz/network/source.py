"""The PyTorch code of a spec, to copy; `tests/test_source.py` runs the code."""

from __future__ import annotations

from itertools import pairwise

from densenet_viz.facts.spec import BOTTLENECK_FACTOR, DenseNetSpec

_TORCHVISION = """from torchvision.models import DenseNet

# DenseNet-{depth}: {parameters:,} parameters
network = DenseNet(
    growth_rate={growth_rate},
    block_config={block_config},
    num_init_features={initial_channels},
    num_classes={num_classes},{more}
)
"""

_OWN = """import torch
from torch import nn


def dense_layer(reads):
{layer}

class DenseBlock(nn.ModuleList):
    def forward(self, x):
        for layer in self:
            x = torch.cat([x, layer(x)], 1)  # keep everything, add {growth_rate}
        return x


# {depth_name}: {parameters:,} parameters
channels = {initial_channels}
parts = [
{stem}
]
for layers, keeps in zip({block_config}, {keeps}):
    parts.append(DenseBlock(dense_layer(channels + i * {growth_rate}) for i in range(layers)))
    channels += layers * {growth_rate}
    if keeps:  # a transition
        parts += [
            nn.BatchNorm2d(channels), nn.ReLU(),
            nn.Conv2d(channels, keeps, 1, bias=False), nn.AvgPool2d(2, stride=2),
        ]
        channels = keeps
network = nn.Sequential(
    *parts, nn.BatchNorm2d(channels), nn.ReLU(),
    nn.AdaptiveAvgPool2d(1), nn.Flatten(), {head},
)
"""

_STEMS = {
    "7×7": """    nn.Conv2d({colours}, channels, 7, stride=2, padding=3, bias=False),
    nn.BatchNorm2d(channels), nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1),""",
    "3×3": "    nn.Conv2d({colours}, channels, 3, padding=1, bias=False),",
}

_BOTTLENECK = """    return nn.Sequential(
        nn.BatchNorm2d(reads), nn.ReLU(), nn.Conv2d(reads, {middle}, 1, bias=False),
        nn.BatchNorm2d({middle}), nn.ReLU(), nn.Conv2d({middle}, {k}, 3, padding=1, bias=False),
    )
"""

_PLAIN = """    return nn.Sequential(
        nn.BatchNorm2d(reads), nn.ReLU(), nn.Conv2d(reads, {k}, 3, padding=1, bias=False),
    )
"""

_NAMED = '''class Layer(nn.Module):
    def __init__(self, reads):
        super().__init__()
{layer}

class Block(nn.ModuleDict):
    def forward(self, x):
        for layer in self.values():
            x = torch.cat([x, layer(x)], 1)  # keep everything, add {growth_rate}
        return x


class Network(nn.Module):
    """torchvision has no DenseNet of this kind; the names of the weights are as it has them."""

    def __init__(self):
        super().__init__()
        channels = {initial_channels}
        parts = OrderedDict(
{stem}
        )
        for number, (layers, keeps) in enumerate(zip({block_config}, {keeps}), start=1):
            parts[f"denseblock{{number}}"] = Block({{
                f"denselayer{{i + 1}}": Layer(channels + i * {growth_rate}) for i in range(layers)
            }})
            channels += layers * {growth_rate}
            if keeps:
                parts[f"transition{{number}}"] = nn.Sequential(OrderedDict(
                    norm=nn.BatchNorm2d(channels),
                    relu=nn.ReLU(),
                    conv=nn.Conv2d(channels, keeps, 1, bias=False),
                    pool=nn.AvgPool2d(2, stride=2),
                ))
                channels = keeps
        parts["norm5"] = nn.BatchNorm2d(channels)
        self.features = nn.Sequential(parts)
        self.relu = nn.ReLU()
        self.classifier = nn.Linear(channels, {num_classes})

    def forward(self, x):
        return self.classifier(self.relu(self.features(x)).mean((2, 3)))


network = Network()'''

_NAMED_STEMS = {
    "7×7": """            conv0=nn.Conv2d(3, channels, 7, stride=2, padding=3, bias=False),
            norm0=nn.BatchNorm2d(channels),
            relu0=nn.ReLU(),
            pool0=nn.MaxPool2d(3, stride=2, padding=1),""",
    "3×3": "            conv0=nn.Conv2d(3, channels, 3, padding=1, bias=False),",
}

_NAMED_BOTTLENECK = """        self.norm1, self.relu1 = nn.BatchNorm2d(reads), nn.ReLU()
        self.conv1 = nn.Conv2d(reads, {middle}, 1, bias=False)
        self.norm2, self.relu2 = nn.BatchNorm2d({middle}), nn.ReLU()
        self.conv2 = nn.Conv2d({middle}, {k}, 3, padding=1, bias=False)

    def forward(self, x):
        return self.conv2(self.relu2(self.norm2(self.conv1(self.relu1(self.norm1(x))))))
"""

_NAMED_PLAIN = """        self.norm1, self.relu1 = nn.BatchNorm2d(reads), nn.ReLU()
        self.conv1 = nn.Conv2d(reads, {k}, 3, padding=1, bias=False)

    def forward(self, x):
        return self.conv1(self.relu1(self.norm1(x)))
"""


def named_classes(spec: DenseNetSpec) -> str:
    """Code that builds any `spec` as `network`, its modules named as torchvision names them.

    It needs `torch`, `nn` and `OrderedDict`.

    >>> print(named_classes(DenseNetSpec(bottleneck=False)).splitlines()[0])
    class Layer(nn.Module):
    """
    layer = (_NAMED_BOTTLENECK if spec.bottleneck else _NAMED_PLAIN).format(
        k=spec.growth_rate, middle=spec.bottleneck_channels
    )
    return _NAMED.format(
        layer=layer,
        stem=_NAMED_STEMS[spec.stem],
        growth_rate=spec.growth_rate,
        block_config=spec.block_config,
        initial_channels=spec.initial_channels,
        num_classes=spec.num_classes,
        keeps=(*spec.transition_channels, 0),
    )


def pytorch_code(spec: DenseNetSpec) -> str:
    """Code that builds `spec`: with torchvision's class if possible, else layer by layer.

    >>> print(pytorch_code(DenseNetSpec()).splitlines()[2])
    # DenseNet-121: 7,978,856 parameters
    """
    layer = (_BOTTLENECK if spec.bottleneck else _PLAIN).format(
        k=spec.growth_rate, middle=spec.bottleneck_channels
    )
    usual = spec.stem == "7×7" and spec.input_channels == 3 and not spec.hidden
    torchvision_can = spec.bottleneck and spec.compression == 0.5 and usual
    factor = spec.bottleneck_factor
    widths = ("channels", *spec.hidden, spec.num_classes)
    head = ", nn.ReLU(), ".join(f"nn.Linear({a}, {b})" for a, b in pairwise(widths))
    return (_TORCHVISION if torchvision_can else _OWN).format(
        more="" if factor == BOTTLENECK_FACTOR else f"\n    bn_size={factor},",
        stem=_STEMS[spec.stem].format(colours=spec.input_channels),
        head=head,
        layer=layer,
        depth=spec.depth,
        depth_name=spec.name,
        parameters=spec.parameters,
        growth_rate=spec.growth_rate,
        block_config=spec.block_config,
        initial_channels=spec.initial_channels,
        num_classes=spec.num_classes,
        keeps=(*spec.transition_channels, 0),
    )
