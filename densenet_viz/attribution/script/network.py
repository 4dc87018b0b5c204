"""The network in the script of a map: its classes, and where its weights come from, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.models import MODELS, UNTRAINED
from densenet_viz.network.source import named_classes

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel

_NETWORK = '''class Network(DenseNet):
    """torchvision's, with every ReLU a module of its own, as Captum's hooks need them."""

    def __init__(self, **sizes):
        super().__init__(**sizes)
        for module in self.modules():
            if isinstance(module, nn.ReLU):
                module.inplace = False
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.classifier(self.relu(self.features(x)).mean((2, 3)))


network = Network(
    growth_rate={growth_rate}, block_config={block_config},
    num_init_features={initial_channels}, num_classes={num_classes},
)'''

_RANDOM = """generator = torch.Generator().manual_seed(0)
for module in network.modules():  # never trained: the same random weights
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, generator=generator)
    elif isinstance(module, nn.Linear):
        nn.init.kaiming_uniform_(module.weight, a=5**0.5, generator=generator)
        nn.init.zeros_(module.bias)"""

_OWN_FILE = """WEIGHTS = "weights.pth"  # your file: the state dict, .pth or .safetensors
if WEIGHTS.endswith(".safetensors"):
    state = load_file(WEIGHTS)
else:
    state = torch.load(WEIGHTS, map_location="cpu", weights_only=True)
# Older files have a dot more in their names: norm.1 for norm1.
network.load_state_dict({
    re.sub(r"\\.(norm|relu|conv)\\.([12])\\.", r".\\1\\2.", name): value
    for name, value in state.items()
})"""


def needs_safetensors(model: LoadedModel) -> bool:
    """Whether the script reads, or may read, a .safetensors file."""
    return is_own_file(model) or is_bundled(model.name)


def is_own_file(model: LoadedModel) -> bool:
    """Whether the weights are in the user's own file: an uploaded one, or DENSENET_VIZ_WEIGHTS."""
    return model.name not in MODELS or bool(model.own_file)


def is_bundled(name: str) -> bool:
    """Whether the weights are in the project's assets folder."""
    return name in MODELS and MODELS[name].megabytes is None and not name.endswith(UNTRAINED)


def torchvision_can(spec: DenseNetSpec) -> bool:
    """Whether torchvision's class builds this network."""
    return spec.bottleneck and spec.compression == 0.5


def network_text(model: LoadedModel) -> str:
    """Lines that define `network`, ready for Captum."""
    spec = model.spec
    built = named_classes(spec)
    if torchvision_can(spec):
        built = _NETWORK.format(
            growth_rate=spec.growth_rate,
            block_config=spec.block_config,
            initial_channels=spec.initial_channels,
            num_classes=spec.num_classes,
        )
    return f"\n{built}\n{_weights(model)}\nnetwork.eval().requires_grad_(False)"


def _weights(model: LoadedModel) -> str:
    if is_own_file(model):
        return _OWN_FILE
    if model.name.endswith(UNTRAINED):
        return _RANDOM
    if is_bundled(model.name):
        file = f"{model.name}.safetensors"
        return f'network.load_state_dict(load_file("{file}"))  # from the project\'s assets folder'
    return f'network.load_state_dict({model.name}(weights="IMAGENET1K_V1").state_dict())'
