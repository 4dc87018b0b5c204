"""Lines of Python that give a DenseNet's weights torchvision's names, from those of other code.

The tests run them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from densenet_viz.network.own.conversions import TRUST
from densenet_viz.network.own.names import natural

_READ = f"""import re, torch
{TRUST}
saved = torch.load("model.pth", map_location="cpu", weights_only=False)
"""

_RENAMED = (
    _READ
    + """saved = saved.get("state_dict", saved.get("net", saved))
rules = [
{rules}
]
state = {{}}
for name, value in saved.items():
    name = name.removeprefix("module.")
    for theirs, ours in rules:
        name = re.sub(theirs, ours, name)
    state[name] = value
torch.save(state, "weights.pth")"""
)


def _renamed(*rules: tuple[str, str]) -> str:
    """The lines that give weights torchvision's names, by patterns and what replaces them."""
    inside = "\n".join(f"    (r{theirs!r}, {ours})," for theirs, ours in rules)
    return _RENAMED.format(rules=inside.replace("\\\\", "\\"))


_LAYER = 'lambda m: f"features.denseblock{m[1]}.denselayer{int(m[2]) + 1}."'
_ZERO_LAYER = 'lambda m: f"features.denseblock{int(m[1]) + 1}.denselayer{int(m[2]) + 1}."'
_ZERO_TRANSITION = 'lambda m: f"features.transition{int(m[1]) + 1}."'

BAMOS = _renamed(
    (r"^conv1\.", '"features.conv0."'),
    (r"^bn1\.", '"features.norm5."'),
    (r"^fc\.", '"classifier."'),
    (r"^(?:dense|block)(\d+)\.(?:layer\.)?(\d+)\.", _LAYER),
    (r"^trans(\d+)\.(bn|conv)1\.", r'r"features.transition\1.\2."'),
    (r"\.bn(\d?)\.", r'r".norm\1."'),
)
"""For bamos/densenet.pytorch and andreasveit/densenet-pytorch."""

MMPRETRAIN = _renamed(
    (r"^backbone\.stem\.0\.", '"features.conv0."'),
    (r"^backbone\.stem\.1\.", '"features.norm0."'),
    (r"^backbone\.transitions\.\d+\.[01]\.", '"features.norm5."'),
    (r"^backbone\.transitions\.(\d+)\.", _ZERO_TRANSITION),
    (r"^backbone\.stages\.(\d+)\.block\.(\d+)\.", _ZERO_LAYER),
    (r"^head\.fc\.", '"classifier."'),
)

PYTORCHCV = _renamed(
    (r"^features\.init_block\.conv\.", '"features.conv0."'),
    (r"^features\.init_block\.bn\.", '"features.norm0."'),
    (r"^features\.post_activ\.bn\.", '"features.norm5."'),
    (r"^output\.", '"classifier."'),
    (
        r"^features\.stage\d+\.trans(\d+)\.conv\.",
        'lambda m: f"features.transition{int(m[1]) - 1}."',
    ),
    (r"^features\.stage(\d+)\.unit(\d+)\.", r'r"features.denseblock\1.denselayer\2."'),
    (r"(denselayer\d+)\.conv([12])\.(bn|conv)\.", r'r"\1.\3\2."'),
    (r"\.bn(\d?)\.", r'r".norm\1."'),
)

PYTORCH_CIFAR = (
    _READ
    + """named = saved.get("net", saved)
saved = {name.removeprefix("module."): value for name, value in named.items()}
growth = saved["dense1.0.conv2.weight"].shape[0]


def in_order(value, layers, axis=0):
    \"\"\"pytorch-cifar puts new maps before the old ones, torchvision puts them after.\"\"\"
    parts = list(value.split([growth] * layers + [value.shape[axis] - growth * layers], axis))
    return torch.cat(parts[::-1], axis)


def norm(theirs, ours, layers):
    for key in ("weight", "bias", "running_mean", "running_var"):
        state[f"{ours}.{key}"] = in_order(saved[f"{theirs}.{key}"], layers)


state = {"features.conv0.weight": saved["conv1.weight"], "classifier.bias": saved["linear.bias"]}
block = 1
while f"dense{block}.0.conv1.weight" in saved:
    layer = 0
    while f"dense{block}.{layer}.conv1.weight" in saved:
        theirs = f"dense{block}.{layer}"
        ours = f"features.denseblock{block}.denselayer{layer + 1}"
        norm(f"{theirs}.bn1", f"{ours}.norm1", layer)
        norm(f"{theirs}.bn2", f"{ours}.norm2", 0)
        state[f"{ours}.conv1.weight"] = in_order(saved[f"{theirs}.conv1.weight"], layer, 1)
        state[f"{ours}.conv2.weight"] = saved[f"{theirs}.conv2.weight"]
        layer += 1
    if f"trans{block}.conv.weight" in saved:
        theirs, ours = f"trans{block}", f"features.transition{block}"
        norm(f"{theirs}.bn", f"{ours}.norm", layer)
        state[f"{ours}.conv.weight"] = in_order(saved[f"{theirs}.conv.weight"], layer, 1)
    block += 1
norm("bn", "features.norm5", layer)
state["classifier.weight"] = in_order(saved["linear.weight"], layer, 1)
torch.save(state, "weights.pth")"""
)

_IF_ACTIVATED = "# Only if your network has a ReLU after these features.\n"
_NUMBERED = re.compile(r"^(?P<start>(?:[^.]+\.)*?)(?P<number>\d{1,4})\.(?P<rest>.+)$")


def sequential_lines(start: str, head: str) -> str:
    """The lines that give features and a head torchvision's names, where a ReLU follows them."""
    return _IF_ACTIVATED + _named({start: "features.", f"{head}.": "classifier."})


def numbered_lines(keys: Iterable[str]) -> str:
    """The same for features whose parts have numbers: a Sequential of a DenseNet's children.

    Returns "" if the names are not those of such a Sequential.
    """
    parts = _numbered_parts(keys)
    blocks = [name for name, inside in parts.items() if "denselayer1." in inside]
    if not blocks:
        return ""
    names, block = {}, 0
    for name, inside in parts.items():
        if name in blocks:
            block += 1
            names[name] = f"features.denseblock{block}."
        elif "conv.weight" in inside:
            names[name] = f"features.transition{block}."
        elif "running_mean" in inside:
            names[name] = "features.norm5." if block == len(blocks) else "features.norm0."
        else:
            names[name] = "features.conv0." if block == 0 else "classifier."
    return _IF_ACTIVATED + _named(names)


def _numbered_parts(keys: Iterable[str]) -> dict[str, str]:
    """The numbered modules beside the first block, in order: the names inside each, joined."""
    found = [each for key in keys if (each := _NUMBERED.match(key))]
    start = next((each["start"] for each in found if "denselayer1." in each["rest"]), None)
    parts: dict[str, str] = {}
    for each in sorted(found, key=lambda each: natural(each[0])):
        if each["start"] == start:
            name = f"{start}{each['number']}."
            parts[name] = f"{parts.get(name, '')} {each['rest']}"
    return parts


def _named(names: dict[str, str]) -> str:
    """The lines that replace what names of weights begin with."""
    return _renamed(
        *(
            ("^" + re.escape(theirs.removeprefix("module.")), f'"{ours}"')
            for theirs, ours in names.items()
        )
    )
