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
torch.save(saved.state_dict() if hasattr(saved, "state_dict") else saved, "weights.pth")"""

_TENSORS = """
saved = saved.get("state_dict", saved)
torch.save({name: torch.tensor(value) for name, value in saved.items()}, "weights.pth")"""

NUMPY = f"""import torch
{TRUST}
saved = torch.load("model.pth", weights_only=False){_TENSORS}"""

NUMPY_PICKLE = f"""import pickle, torch
{TRUST}
with open("model.pkl", "rb") as file:
    saved = pickle.load(file){_TENSORS}"""

NUMPY_ARCHIVE = f"""import numpy as np
import torch
saved = dict(np.load("model.npz")){_TENSORS}"""

HDF5 = """import h5py, torch
state = {}


def keep(name, part):
    if isinstance(part, h5py.Dataset):
        state[name.replace("/", ".")] = torch.tensor(part[()])


with h5py.File("model.h5") as file:
    file.visititems(keep)
torch.save(state, "weights.pth")"""

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
state = get_fp32_state_dict_from_zero_checkpoint("checkpoint")  # the folder with "latest"
torch.save(state, "weights.pth")"""

FSDP = """import torch
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict
options = StateDictOptions(full_state_dict=True, cpu_offload=True)
state = get_model_state_dict(model, options=options)  # on all ranks, where it was trained
torch.save(state, "weights.pth")  # on rank 0"""

DISTRIBUTED = f"""from torch.distributed.checkpoint.format_utils import dcp_to_torch_save
{TRUST}
dcp_to_torch_save("checkpoint", "weights.pth")  # the folder with .metadata and the .distcp files"""

PARTS = """from glob import glob
import torch
from safetensors.torch import load_file
state = {}
for part in glob("*-of-*.safetensors") + glob("*-of-*.bin"):
    read = load_file if part.endswith(".safetensors") else torch.load
    state |= read(part)
torch.save(state, "weights.pth")"""

ADAPTER = """import torch
model = model.merge_and_unload()  # of peft, where the model was trained
torch.save(model.state_dict(), "weights.pth")"""

UNPRUNED = """import torch
from torch.nn.utils import parametrize, prune, remove_spectral_norm, remove_weight_norm
for module in model.modules():  # where the model was trained
    if hasattr(module, "weight_mask"):
        prune.remove(module, "weight")
    elif hasattr(module, "weight_orig"):
        remove_spectral_norm(module)
    elif hasattr(module, "weight_g"):
        remove_weight_norm(module)
    elif parametrize.is_parametrized(module, "weight"):
        parametrize.remove_parametrizations(module, "weight")
torch.save(model.state_dict(), "weights.pth")"""

KERAS = """import re
import keras, torch
model = keras.models.load_model("model.h5", compile=False)


def layers_of(model):
    for layer in model.layers:
        yield from layers_of(layer) if hasattr(layer, "layers") else [layer]


torches = {"conv1_conv": "features.conv0", "conv1_bn": "features.norm0", "bn": "features.norm5"}
part = {"0_bn": "norm1", "1_conv": "conv1", "1_bn": "norm2", "2_conv": "conv2"}
state, head = {}, 0
for layer in layers_of(model):
    name = layer.name.replace("/", "_")
    values = [torch.tensor(value) for value in layer.get_weights()]
    if not values:
        continue
    if found := re.fullmatch(r"conv(\\d)_block(\\d+)_(\\d_\\w+)", name):
        name = f"features.denseblock{int(found[1]) - 1}.denselayer{found[2]}.{part[found[3]]}"
    elif found := re.fullmatch(r"pool(\\d)_(bn|conv)", name):
        inside = "norm" if found[2] == "bn" else "conv"
        name = f"features.transition{int(found[1]) - 1}.{inside}"
    elif name in torches:
        name = torches[name]
    else:
        name, head = f"classifier.{head}", head + 2  # a ReLU stands between two layers of a head
    keys = ("weight", "bias", "running_mean", "running_var")
    if len(values) == 4:  # a norm, whose epsilon is 1e-5 in torch
        values[3] = values[3] + layer.epsilon - 1e-5
    else:
        axes = (3, 2, 0, 1) if values[0].ndim == 4 else (1, 0)
        values[0] = values[0].permute(*axes).contiguous()
    state |= {f"{name}.{key}": value for key, value in zip(keys, values)}
torch.save(state, "weights.pth")  # for keras.applications' DenseNets"""

KERAS_WEIGHTS = KERAS.replace(
    'model = keras.models.load_model("model.h5", compile=False)',
    """model = keras.applications.DenseNet121(weights=None)  # your own code that builds the model
model.load_weights("model.h5")""",
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
