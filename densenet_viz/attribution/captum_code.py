"""A script that makes a map again from the picture's file, with torch, torchvision and Captum.

`tests/test_captum_code.py` runs the scripts and compares the maps.
"""

from __future__ import annotations

import base64
import textwrap
import zlib
from typing import TYPE_CHECKING

import numpy as np

from densenet_viz.attribution.captum_call import Call
from densenet_viz.attribution.captum_calls import call_of
from densenet_viz.attribution.methods import METHODS
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.models import MODELS, UNTRAINED
from densenet_viz.network.source import named_classes
from densenet_viz.results.attributions import Attribution
from densenet_viz.results.traces import Picture

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel

PICTURE_FILE = "picture.png"
"""The file name of the network's input in the script."""

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

_BLURRED = """def blurred(x, width):
    sigma = width * x.shape[-1]  # a Gaussian; the picture's edges are repeated
    reach = max(1, round(3 * sigma))
    places = torch.arange(-reach, reach + 1, dtype=x.dtype)
    kernel = torch.exp(-0.5 * (places / sigma) ** 2)
    kernel = (kernel / kernel.sum()).repeat(3, 1, 1, 1)
    for sides, row in (((reach, reach, 0, 0), kernel), ((0, 0, reach, reach), kernel.mT)):
        x = functional.conv2d(functional.pad(x, sides, mode="replicate"), row, groups=3)
    return x


"""


def captum_code(model: LoadedModel, picture: Picture, attribution: Attribution) -> str:
    """A complete Python script that makes this map again, or the most similar one with Captum.

    It reads `picture.png` (`figures.attribution_image.picture_png` of the fitted picture). It needs
    torch, torchvision, captum, numpy and Pillow, and safetensors if the weights are in such a file.
    It saves the map in `values` and in `map.npy`. If the map is not the same, a comment says why
    (`why_not_equal`).

    Args:
        model: the model that the map explains.
        picture: (S, S, 3) uint8, the network's input.
        attribution: the map.

    Raises:
        AttributionError: Captum has nothing similar to this method.
    """
    call = call_of(attribution.method, attribution.parameters, attribution.nodes)
    parts = (
        _head(model, attribution),
        _imports(model, call),
        _network(model),
        _given(model, attribution),
        _starts(model, call.starts),
        _superpixels(model, picture, attribution) if call.superpixels else "",
        call.body,
        f'np.save("map.npy", values.detach().numpy())  # {_shape(attribution)}\n'
        'print(f"sum of the map: {float(values.sum()):.6g}")',
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def why_not_equal(attribution: Attribution) -> str | None:
    """Why `captum_code` makes only a similar map, in a sentence; None if it makes the same map.

    Raises:
        AttributionError: Captum has nothing similar to this method.
    """
    call = call_of(attribution.method, attribution.parameters, attribution.nodes)
    return f"Captum's map is similar, not the same: {call.differs}." if call.differs else None


def _shape(attribution: Attribution) -> str:
    return f"{attribution.values.shape}, float32"


def _head(model: LoadedModel, attribution: Attribution) -> str:
    title = METHODS[attribution.method].title
    total = float(attribution.values.sum(dtype=np.float64))
    label = attribution.target.label.encode("ascii", "replace").decode()
    label = "".join(letter if letter.isprintable() else " " for letter in label)[:80]
    lines = [
        f"{title} for class {attribution.target.index} ({label}) by Captum alone.",
        f"{PICTURE_FILE} is the network's input; the map's sum is {total:.6g}.",
    ]
    if reason := why_not_equal(attribution):
        lines.append(reason)
    if needs_safetensors(model):
        lines.append("pip install torch torchvision captum pillow safetensors")
    else:
        lines.append("pip install torch torchvision captum pillow")
    return "\n".join(
        f"# {line}" for words in lines for line in textwrap.wrap(words, 96, break_on_hyphens=False)
    )


def needs_safetensors(model: LoadedModel) -> bool:
    """Whether the script reads, or may read, a .safetensors file."""
    return _is_own_file(model) or _is_bundled(model.name)


def _is_own_file(model: LoadedModel) -> bool:
    """Whether the weights are in the user's own file: an uploaded one, or DENSENET_VIZ_WEIGHTS."""
    return model.name not in MODELS or bool(model.own_file)


def _is_bundled(name: str) -> bool:
    return name in MODELS and MODELS[name].megabytes is None and not name.endswith(UNTRAINED)


def _imports(model: LoadedModel, call: Call) -> str:
    own, can = _is_own_file(model), _torchvision_can(model.spec)
    named = f", {model.name}" if not own and MODELS[model.name].megabytes is not None else ""
    wanted = {
        "import base64": call.superpixels,
        "import re": own,
        "import zlib": call.superpixels,
        "from collections import OrderedDict": not can,
        "import numpy as np": True,
        "import torch": True,
        f"from captum.attr import {', '.join(call.imports)}": True,
        "from PIL import Image": True,
        "from safetensors.torch import load_file": needs_safetensors(model),
        "from torch import nn": True,
        "from torch.nn import functional": call.starts.startswith("blur"),
        f"from torchvision.models import DenseNet{named}": can,
    }
    return "\n".join(line for line, is_used in wanted.items() if is_used)


def _torchvision_can(spec: DenseNetSpec) -> bool:
    return spec.bottleneck and spec.compression == 0.5


def _network(model: LoadedModel) -> str:
    spec = model.spec
    built = named_classes(spec)
    if _torchvision_can(spec):
        built = _NETWORK.format(
            growth_rate=spec.growth_rate,
            block_config=spec.block_config,
            initial_channels=spec.initial_channels,
            num_classes=spec.num_classes,
        )
    return f"\n{built}\n{_weights(model)}\nnetwork.eval().requires_grad_(False)"


def _weights(model: LoadedModel) -> str:
    if _is_own_file(model):
        return _OWN_FILE
    if model.name.endswith(UNTRAINED):
        return _RANDOM
    if _is_bundled(model.name):
        file = f"{model.name}.safetensors"
        return f'network.load_state_dict(load_file("{file}"))  # from the project\'s assets folder'
    return f'network.load_state_dict({model.name}(weights="IMAGENET1K_V1").state_dict())'


def _given(model: LoadedModel, attribution: Attribution) -> str:
    return "\n".join(
        (
            f"mean, std = torch.tensor({list(model.mean)}), torch.tensor({list(model.std)})",
            f'pixels = np.asarray(Image.open("{PICTURE_FILE}").convert("RGB"), np.float32) / 255',
            "x = ((torch.from_numpy(pixels) - mean) / std).permute(2, 0, 1)[None].contiguous()",
            f"TARGET = {attribution.target.index}",
        )
    )


def _starts(model: LoadedModel, wanted: str) -> str:
    """Lines that define `starts`, (M, 3, S, S); `wanted` is NAME[:SEED[:SAMPLES]]."""
    from densenet_viz.attribution.baselines import BLUR, NOISE_DRAWINGS, baseline_colour

    name, _colon, numbers = wanted.partition(":")
    seed, _colon, samples = numbers.partition(":")
    generator = f"torch.Generator().manual_seed({seed or 0})"
    if not name:
        return ""
    if name == "blur":
        return f"\n{_BLURRED}starts = blurred(x, {BLUR!r})  # the picture, blurred"
    if name == "blurs":
        return f"\n{_BLURRED}{_random_blurs(generator, samples)}"
    if name in ("noise", "colours"):
        shape = "*x.shape[1:]" if name == "noise" else "3, 1, 1"
        return (
            f"drawn = torch.rand(({samples or NOISE_DRAWINGS}, {shape}), generator={generator})\n"
            "starts = (drawn - mean.view(3, 1, 1)) / std.view(3, 1, 1)\n"
            "starts = starts.expand(-1, *x.shape[1:])"
        )
    colour = list(baseline_colour(model, name))
    return (
        f"starts = ((torch.tensor({colour}) - mean) / std).view(1, 3, 1, 1).expand_as(x)  # {name}"
    )


def _random_blurs(generator: str, samples: str) -> str:
    from densenet_viz.attribution.explain.deeplift import BLURS

    return (
        f"low, high = torch.tensor({BLURS!r}).log().tolist()\n"
        f"widths = torch.empty({samples}).uniform_(low, high, generator={generator}).exp()\n"
        "starts = torch.cat([blurred(x, width) for width in widths.tolist()])"
    )


def _superpixels(model: LoadedModel, picture: Picture, attribution: Attribution) -> str:
    """Lines that define `mask` (1, 3, S, S), each pixel's superpixel, and `sizes` (M,)."""
    from densenet_viz.attribution.explain.segments import superpixels_in

    labels = superpixels_in(model, model.tensor(picture), int(attribution.parameters["segments"]))
    packed = base64.b85encode(zlib.compress(labels.astype(np.uint8).tobytes(), 9)).decode()
    lines = "\n".join(f'    "{packed[at : at + 90]}"' for at in range(0, len(packed), 90))
    return (
        f"PARTS = (  # the superpixel of each pixel, row by row, compressed\n{lines}\n)\n"
        "parts = np.frombuffer(zlib.decompress(base64.b85decode(PARTS)), np.uint8)\n"
        "mask = torch.tensor(parts.astype(np.int64)).view(1, 1, *x.shape[2:]).repeat(1, 3, 1, 1)\n"
        "sizes = torch.bincount(mask[0, 0].flatten())"
    )
