"""Lines of Python that make a file which opens of one that does not.

The tests run those that need nothing but torch.
"""

from __future__ import annotations

TRUST = "# This runs code of the file: do it only if you trust the file."

SAVE = """import torch
torch.save(model.state_dict(), "weights.pth")  # where the model was trained"""

WHOLE_MODEL = f"""import torch
{TRUST}
model = torch.load("model.pth", map_location="cpu", weights_only=False)
torch.save(model.state_dict(), "weights.pth")"""

TORCHSCRIPT = """import torch
model = torch.jit.load("model.pt", map_location="cpu")  # only if you trust the file
torch.save(model.state_dict(), "weights.pth")"""

EXPORTED = """import torch
program = torch.export.load("model.pt2")  # only if you trust the file
torch.save(dict(program.state_dict), "weights.pth")"""

PICKLE = f"""import pickle, torch
{TRUST}
with open("model.pkl", "rb") as file:
    saved = pickle.load(file)
torch.save(saved, "weights.pth")  # if it is a model: saved.state_dict()"""

NUMPY = f"""import torch
{TRUST}
saved = torch.load("model.pth", weights_only=False)  # or pickle.load, or dict(np.load("model.npz"))
torch.save({{name: torch.tensor(value) for name, value in saved.items()}}, "weights.pth")"""

FASTAI = """import torch
from fastai.vision.all import Learner
from torchvision.models import densenet121
learn = Learner(dls, densenet121(num_classes=dls.c))  # torchvision's own head; then train it
torch.save(learn.model.state_dict(), "weights.pth")"""

LEARNER = f"""import torch
from fastai.vision.all import load_learner
{TRUST}
learn = load_learner("model.pth")
torch.save(learn.model.state_dict(), "weights.pth")"""

AVERAGED = """import torch
ema.copy_to(model.parameters())  # where the model was trained
torch.save(model.state_dict(), "weights.pth")"""

DEEPSPEED = """import torch
from deepspeed.utils.zero_to_fp32 import get_fp32_state_dict_from_zero_checkpoint
state = get_fp32_state_dict_from_zero_checkpoint("checkpoint")  # the folder of all parts
torch.save(state, "weights.pth")"""

FSDP = """import torch
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict
options = StateDictOptions(full_state_dict=True, cpu_offload=True)
state = get_model_state_dict(model, options=options)  # on all ranks, where it was trained
torch.save(state, "weights.pth")  # on rank 0"""

PARTS = """from glob import glob
from safetensors.torch import load_file, save_file
state = {}
for part in glob("model-*-of-*.safetensors"):
    state |= load_file(part)
save_file(state, "weights.safetensors")"""

ADAPTER = """import torch
model = model.merge_and_unload()  # of peft, where the model was trained
torch.save(model.state_dict(), "weights.pth")"""

UNPRUNED = """import torch
from torch.nn.utils import parametrize, prune
for module in model.modules():  # where the model was trained
    if hasattr(module, "weight_orig"):
        prune.remove(module, "weight")
    if parametrize.is_parametrized(module):
        parametrize.remove_parametrizations(module, "weight")
torch.save(model.state_dict(), "weights.pth")"""

KERAS = """import re
import keras, torch
model = keras.models.load_model("model.h5", compile=False)
torches = {"conv1_conv": "features.conv0", "conv1_bn": "features.norm0",
           "bn": "features.norm5", model.layers[-1].name: "classifier"}
state = {}
for layer in model.layers:
    name = torches.get(layer.name, layer.name.replace("/", "_"))
    name = torches.get(name, name)
    part = {"0_bn": "norm1", "1_conv": "conv1", "1_bn": "norm2", "2_conv": "conv2"}
    if found := re.fullmatch(r"conv(\\d)_block(\\d+)_(\\d_\\w+)", name):
        block, number, inside = int(found[1]) - 1, found[2], part.get(found[3])
        name = f"features.denseblock{block}.denselayer{number}.{inside}" if inside else ""
    elif found := re.fullmatch(r"pool(\\d)_(bn|conv)", name):
        inside = "norm" if found[2] == "bn" else "conv"
        name = f"features.transition{int(found[1]) - 1}.{inside}"
    values = [torch.tensor(value) for value in layer.get_weights()]
    if not values or not name:
        continue
    if len(values) == 4:  # a norm
        for key, value in zip(("weight", "bias", "running_mean", "running_var"), values):
            state[f"{name}.{key}"] = value
    else:
        axes = (3, 2, 0, 1) if values[0].ndim == 4 else (1, 0)
        for key, value in zip(("weight", "bias"), [values[0].permute(*axes), *values[1:]]):
            state[f"{name}.{key}"] = value.contiguous()
torch.save(state, "weights.pth")  # for keras.applications' DenseNets"""

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


def whole_model_lines(path: tuple[str | int, ...], package: str = "") -> str:
    """The lines that save the weights of a whole model, which stands under these names.

    `package` is the package of its class, which has to be installed.
    """
    inside = "".join(f"[{name!r}]" for name in path)
    here = package in ("", "torch", "torchvision")
    needs = "" if here else f"# It needs the package {package}.\n"
    lines = WHOLE_MODEL.replace("model.state_dict()", f"model{inside}.state_dict()")
    return lines.replace("model = torch.load", f"{needs}model = torch.load")


def sequential_lines(start: str, head: str) -> str:
    """The lines that give features and a head torchvision's names, where a ReLU follows them."""
    names = {start: '"features."', f"{head}.": '"classifier."'}
    rules = [
        ("^" + theirs.removeprefix("module.").replace(".", r"\."), ours)
        for theirs, ours in names.items()
    ]
    return "# Only if your network has a ReLU after these features.\n" + _renamed(*rules)
