"""The network in the script of a map: its classes, and where its weights come from, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.build import torchvision_can_express
from densenet_viz.network.models import MODELS, UNTRAINED
from densenet_viz.network.source import named_classes

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel
    from densenet_viz.network.own.layout import FileLayout

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
    num_init_features={initial_channels}, num_classes={num_classes},{more}
)'''

_GREY = """class Grey(nn.Conv2d):  # reads the mean of a picture's three channels
    def forward(self, x):
        return super().forward(x.mean(1, keepdim=True))


network.features.conv0 = Grey({writes}, {sizes}, bias=False)"""

_PAIR = """class Pair(nn.Module):  # one score z as two outputs, -z and z
    def forward(self, z):
        return torch.cat([-z, z], 1)


"""

_READ = """WEIGHTS = "weights.pth"  # your file, .pth or .safetensors
if WEIGHTS.endswith(".safetensors"):
    state = load_file(WEIGHTS)
else:
    {load}{unwrap}
weights = {{}}
for name, value in state.items():
    if name.startswith({start!r}):
        name = "features." + name.removeprefix({start!r})
        # Other names of the same weights: norm.1 for norm1, layers.norm1, norm_final for norm5.
        name = name.replace(".layers.", ".")
        name = re.sub(r"\\.(norm|relu|conv)\\.([12])\\.", r".\\1\\2.", name)
        name = re.sub(r"^features\\.(norm_final|final_norm|norm[3-9])\\.", "features.norm5.", name)
        weights[name] = value
for ours, theirs in {head}:
    for key in ("weight", "bias", "running_mean", "running_var"):
        if f"{{theirs}}.{{key}}" in state:
            value = state[f"{{theirs}}.{{key}}"].float()
            weights[f"{{ours}}.{{key}}"] = value.flatten(1) if value.ndim == 4 else value
{stem}network.load_state_dict(weights)"""

_JOINED_STEM = """# torchvision's first convolution has no bias: the norm after it takes it in.
weights["features.norm0.running_mean"] -= weights.pop("features.conv0.bias")
"""

_UNWRAP = """# FSDP, activation checkpoints and torch.compile put these parts between the names.
for part in ("_fsdp_wrapped_module.", "_checkpoint_wrapped_module.", "_orig_mod."):
    state = {name.replace(part, ""): value for name, value in state.items()}"""

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


def network_text(model: LoadedModel) -> str:
    """Lines that define `network`, ready for Captum."""
    spec = model.spec
    built = named_classes(spec)
    if torchvision_can_express(spec):
        built = _NETWORK.format(
            growth_rate=spec.growth_rate,
            block_config=spec.block_config,
            initial_channels=spec.initial_channels,
            num_classes=spec.num_classes,
            more="" if spec.bottleneck_factor == 4 else f" bn_size={spec.bottleneck_factor},",
        )
    parts = [built, _grey(spec), _head(model), _weights(model)]
    lines = "\n".join(part for part in parts if part)
    return f"\n{lines}\nnetwork.eval().requires_grad_(False)"


def _grey(spec: DenseNetSpec) -> str:
    if spec.input_channels == 3:
        return ""
    size = "7, stride=2, padding=3" if spec.stem == "7×7" else "3, padding=1"
    return "\n\n" + _GREY.format(writes=1, sizes=f"{spec.initial_channels}, {size}")


def _head(model: LoadedModel) -> str:
    """The head as the file has it, where it is not one linear layer with a bias."""
    layout = model.layout
    if layout is None or (_is_one_linear(layout) and not layout.single):
        return ""
    parts = []
    for module in layout.head:
        parts += ["nn.ReLU()"] * module.activated
        if module.kind == "norm":
            affine = "" if module.bias else ", affine=False"
            parts.append(f"nn.BatchNorm1d({module.reads}{affine})")
            continue
        bias = "" if module.bias else ", bias=False"
        parts.append(f"nn.Linear({module.reads}, {module.writes}{bias})")
    parts += ["Pair()"] * layout.single
    inside = "".join(f"\n    {part}," for part in parts)
    pair = "\n\n" + _PAIR if layout.single else ""
    return f"{pair}network.classifier = nn.Sequential({inside}\n)"


def _is_one_linear(layout: FileLayout) -> bool:
    return len(layout.head) == 1 and layout.head[0].bias


def _head_names(layout: FileLayout) -> list[tuple[str, str]]:
    """The head's modules by their names in the script and in the file."""
    if _is_one_linear(layout) and not layout.single:
        return [("classifier", layout.head[0].name)]
    names, place = [], 0
    for module in layout.head:
        place += module.activated
        names.append((f"classifier.{place}", module.name))
        place += 1
    return names


def _read(layout: FileLayout) -> str:
    inside = "".join(f"[{name!r}]" for name in layout.path)
    trusted = "True"
    note = ""
    if not layout.plain:
        trusted = "False"
        note = "# It holds objects beside weights: this runs code of the file.\n    "
    load = f'{note}state = torch.load(WEIGHTS, map_location="cpu", weights_only={trusted}){inside}'
    unwrap = f"\n{_UNWRAP}" if layout.wrapped else ""
    stem = _JOINED_STEM if layout.stem_bias else ""
    head = _head_names(layout)
    return _READ.format(load=load, unwrap=unwrap, start=layout.start, head=head, stem=stem)


def _weights(model: LoadedModel) -> str:
    if model.layout is not None:
        return _read(model.layout)
    if is_own_file(model):
        return _OWN_FILE
    if model.name.endswith(UNTRAINED):
        return _RANDOM
    if is_bundled(model.name):
        file = f"{model.name}.safetensors"
        return f'network.load_state_dict(load_file("{file}"))  # from the project\'s assets folder'
    return f'network.load_state_dict({model.name}(weights="IMAGENET1K_V1").state_dict())'
