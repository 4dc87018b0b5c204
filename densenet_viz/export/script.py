"""A script that makes a map again from the picture's file, with torch, torchvision and Captum.

`tests/test_captum_code.py` runs the scripts and compares the maps.
"""

from __future__ import annotations

import ast
import base64
import inspect
import textwrap
import zlib
from typing import TYPE_CHECKING

import captum.attr
import numpy as np

from densenet_viz.attribution import calls, starts
from densenet_viz.attribution.baselines import baselines_in, starts_call
from densenet_viz.attribution.call import (
    AT_ONCE,
    FINISH_WITH,
    MASK,
    START,
    STARTS,
    STDEVS,
    Call,
    Name,
)
from densenet_viz.attribution.errors import AttributionError
from densenet_viz.attribution.methods import METHODS, method_named, ours_in
from densenet_viz.attribution.twins import fused_of
from densenet_viz.export.network import (
    is_own_file,
    needs_safetensors,
    network_text,
)
from densenet_viz.network.build import torchvision_can_express
from densenet_viz.network.models import MODELS
from densenet_viz.results.attributions import Attribution
from densenet_viz.results.traces import Picture

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel

PICTURE_FILE = "picture.png"
"""The file name of the network's input in the script."""


def captum_code(model: LoadedModel, picture: Picture, attribution: Attribution) -> str:
    """A complete Python script that makes this map again, or the most similar one with Captum.

    The call is the one that computed the map, with the source of what is around it. The script
    reads `picture.png` (`figures.attribution_image.picture_png` of the fitted picture). It needs
    torch, torchvision, captum, numpy and Pillow, scikit-learn for LIME and Kernel SHAP, and
    safetensors if the weights are in such a file. It saves the map in `values` and in `map.npy`. If
    the map is not the same, a comment says why (`why_not_equal`).

    Args:
        model: the model that the map explains.
        picture: (S, S, 3) uint8, the network's input.
        attribution: the map.

    Raises:
        AttributionError: Captum has nothing similar to this method.
    """
    call = call_of(attribution)
    lines = _starts(model, attribution) if call.uses(START) or call.uses(STARTS) else ""
    source = Source(call, lines)
    parts = (
        _head(model, attribution),
        _imports(model, call, source),
        *source.definitions,
        network_text(model),
        _probability(model, attribution),
        _contrast(attribution),
        _given(model, attribution),
        lines,
        _superpixels(model, picture, attribution) if call.uses(MASK) else "",
        _run(call, attribution, fused_of(model).batch_for(model.input_size)),
        f'np.save("map.npy", values.detach().numpy())  # {attribution.values.shape}, float32\n'
        'print(f"sum of the map: {float(values.sum()):.6g}")',
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def call_of(attribution: Attribution) -> Call:
    """The call of Captum for a map.

    Raises:
        AttributionError: Captum has nothing similar to this method.
    """
    row = method_named(attribution.method)
    if row.call is None:
        assert row.ours is not None
        raise AttributionError(f"There is no Captum code for this map: {row.ours.likeness}.")
    return row.call(attribution.parameters)


def why_not_equal(attribution: Attribution) -> str | None:
    """Why `captum_code` makes only a similar map, in a sentence; None if it makes the same map.

    Raises:
        AttributionError: Captum has nothing similar to this method.
    """
    call_of(attribution)
    found = ours_in(METHODS[attribution.method], attribution.parameters)
    if found is None or found[1].equal:
        return None
    return f"Captum's map is similar, not the same: {found[1].likeness}."


class Source:
    """The source of what a call uses of `attribution.calls` and `starts`, and what that imports."""

    def __init__(self, call: Call, lines: str) -> None:
        """`lines` are what the script has before the call."""
        texts = [inspect.getsource(module) for module in (calls, starts)]
        trees = [ast.parse(text) for text in texts]
        sources = {
            part.name: f"\n{ast.get_source_segment(text, part)}"
            for text, tree in zip(texts, trees, strict=True)
            for part in tree.body
            if isinstance(part, ast.FunctionDef | ast.ClassDef)
        }
        used = {call.make, call.around, call.finish} - {""}
        used |= _names_in(ast.parse(lines))
        wanted = [name for name in used if name in sources]
        for name in wanted:
            inside = _names_in(ast.parse(sources[name]))
            used |= inside
            wanted += [each for each in inside if each in sources and each not in wanted]
        self.definitions = [text for name, text in sources.items() if name in wanted]
        self.imports: dict[str, set[str]] = {"captum.attr": used & set(captum.attr.__all__)}
        for line in (line for tree in trees for line in tree.body):
            if isinstance(line, ast.ImportFrom) and line.module != "__future__":
                names = {each.name for each in line.names} & used
                self.imports.setdefault(str(line.module), set()).update(names)


def _names_in(tree: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)}


def _run(call: Call, attribution: Attribution, at_once: int) -> str:
    """The lines that make the call, and take the mean over what it is averaged over."""
    settings = attribution.parameters
    seed, start = settings.get("seed", 0), call.named(START)
    parts = call.parts(at_once)
    lines = [f"torch.manual_seed({seed})", f"np.random.seed({seed})"]
    if call.uses(AT_ONCE):
        lines.append(f"at_once = {at_once}  # pictures in a batch")
    if call.uses(STDEVS):
        lines.append(f"stdevs = {settings['noise']} / 100 * float(x.max() - x.min())")
    given = {
        key: value.name if isinstance(value, Name) else repr(value)
        for key, value in call.arguments.items()
    }
    if len(parts) > 1:
        given[call.averaged] = "part"
    made = [f'network.get_submodule("{call.layer}")'] if call.layer else []
    made += [f"{key}={value!r}" for key, value in call.options.items()]
    method = f"{call.make}({', '.join(['network', *made])})"
    lines.append(f"method = {f'{call.around}({method})' if call.around else method}")
    more = "".join(f"\n    {key}={value}," for key, value in given.items())
    context = "".join(f", {name}" for name in FINISH_WITH.get(call.finish, ()))
    one = f"{call.finish}(method.attribute(\n    x, target=TARGET,{more}\n).detach(){context})"
    each = ["for start in starts.split(1)"] if start else []
    if len(parts) > 1:
        each.append(f"for part in {parts}")
        one = f"part * {one}"
    if not each:
        return "\n".join([*lines, f"values = {one}"])
    whole = [str(sum(parts))] * (len(parts) > 1) + ["len(starts)"] * bool(start)
    inside = textwrap.indent("\n".join([one, *each]), "    ")
    return "\n".join([*lines, f"values = sum(\n{inside}\n) / ({' * '.join(whole)})"])


def _probability(model: LoadedModel, attribution: Attribution) -> str:
    """The lines that make the network's outputs probabilities, where the map explains one."""
    if attribution.explains == "logit":
        return ""
    scaled = "logits.double()" + f" / {model.temperature!r}" * (model.temperature != 1)
    made = "softmax(1)" if model.exclusive else "sigmoid()"
    return (
        "# The map explains the probability. float64: near 1, float32 rounds its changes to zero.\n"
        "network.register_forward_hook(\n"
        f"    lambda _network, _given, logits: ({scaled}).{made}.float()\n)"
    )


def _contrast(attribution: Attribution) -> str:
    """The lines that subtract another class's logit, where the map explains a difference."""
    if attribution.against is None:
        return ""
    target, other = attribution.target.index, attribution.against.index
    return (
        "# The map explains a difference: the logit of one class minus that of another.\n"
        "layers = network.classifier.modules()\n"
        "last = [layer for layer in layers if isinstance(layer, nn.Linear)][-1]\n"
        "with torch.no_grad():\n"
        "    for values in (last.weight, last.bias):\n"
        f"        values[{target}] -= values[{other}]"
    )


def _head(model: LoadedModel, attribution: Attribution) -> str:
    title = METHODS[attribution.method].title
    total = float(attribution.values.sum(dtype=np.float64))
    label = attribution.target.label.encode("ascii", "replace").decode()
    label = "".join(letter if letter.isprintable() else " " for letter in label)[:80]
    other = attribution.against
    less = "" if other is None else f" minus that of class {other.index}"
    lines = [
        f"{title} for the {attribution.explains} of class {attribution.target.index} ({label})"
        f"{less} by Captum alone.",
        f"{PICTURE_FILE} is the network's input; the map's sum is {total:.6g}.",
    ]
    if reason := why_not_equal(attribution):
        lines.append(reason)
    more = " safetensors" * needs_safetensors(model)
    more += " scikit-learn" * (attribution.method in ("lime", "kernel-shap"))
    lines.append(f"pip install torch torchvision captum pillow{more}")
    return "\n".join(
        f"# {line}" for words in lines for line in textwrap.wrap(words, 96, break_on_hyphens=False)
    )


def _imports(model: LoadedModel, call: Call, source: Source) -> str:
    own, can = is_own_file(model), torchvision_can_express(model.spec)
    packed = call.uses(MASK)
    whole = {"base64": packed, "re": own, "zlib": packed, "numpy as np": True, "torch": True}
    wanted = source.imports
    for module, name, is_used in (
        ("collections", "OrderedDict", not can),
        ("PIL", "Image", True),
        ("safetensors.torch", "load_file", needs_safetensors(model)),
        ("torch", "nn", True),
        ("torchvision.models", "DenseNet", can),
        ("torchvision.models", model.name, not own and MODELS[model.name].megabytes is not None),
    ):
        if is_used:
            wanted.setdefault(module, set()).add(name)
    return "\n".join(
        [f"import {name}" for name, is_used in whole.items() if is_used]
        + [
            f"from {module} import {', '.join(sorted(wanted[module]))}"
            for module in sorted(wanted)
            if wanted[module]
        ]
    )


def _given(model: LoadedModel, attribution: Attribution) -> str:
    return "\n".join(
        (
            f"mean, std = torch.tensor({list(model.mean)}), torch.tensor({list(model.std)})",
            f'pixels = np.asarray(Image.open("{PICTURE_FILE}").convert("RGB"), np.float32) / 255',
            "x = ((torch.from_numpy(pixels) - mean) / std).permute(2, 0, 1)[None].contiguous()",
            f"TARGET = {attribution.target.index}",
        )
    )


def _starts(model: LoadedModel, attribution: Attribution) -> str:
    """The line that defines `starts`, (M, 3, S, S)."""
    name, seed, samples = baselines_in(attribution.parameters)
    function, arguments = starts_call(model, name, seed, samples)
    return f"starts = {function}(x, mean, std, {', '.join(map(repr, arguments))})  # {name}"


def _superpixels(model: LoadedModel, picture: Picture, attribution: Attribution) -> str:
    """Lines that define `mask` (1, 3, S, S), each pixel's superpixel."""
    from densenet_viz.attribution.superpixels import superpixels_in

    labels = superpixels_in(model, model.prepared(picture), int(attribution.parameters["segments"]))
    packed = base64.b85encode(zlib.compress(labels.astype(np.uint8).tobytes(), 9)).decode()
    lines = "\n".join(f'    "{packed[at : at + 90]}"' for at in range(0, len(packed), 90))
    return (
        f"PARTS = (  # the superpixel of each pixel, row by row, compressed\n{lines}\n)\n"
        "parts = np.frombuffer(zlib.decompress(base64.b85decode(PARTS)), np.uint8)\n"
        "mask = torch.tensor(parts.astype(np.int64)).view(1, 1, *x.shape[2:]).repeat(1, 3, 1, 1)"
    )
