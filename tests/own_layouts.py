"""Small DenseNets as training code saves them: under its names, wrappers and heads."""

from __future__ import annotations

import argparse
import re
from collections import OrderedDict, defaultdict
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from densenet_viz.network._torchvision import densenet
from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.loading import read_weight_file

State = dict[str, Tensor]
SIZE = 64


def net(classes: int = 3, *, blocks: tuple[int, ...] = (2, 2, 2), bn_size: int = 4) -> nn.Module:
    """torchvision's own class, small, with norms that are not the identity."""
    torch.manual_seed(classes)
    made: nn.Module = densenet.DenseNet(
        growth_rate=6,
        block_config=blocks,
        num_init_features=12,
        num_classes=classes,
        bn_size=bn_size,
    )
    return odd_norms(made)


def odd_norms(network: nn.Module) -> nn.Module:
    for module in network.modules():
        if isinstance(module, (nn.BatchNorm2d, nn.BatchNorm1d)):
            if module.affine:
                nn.init.uniform_(module.weight, 0.6, 1.4)
                nn.init.uniform_(module.bias, -0.3, 0.3)
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.uniform_(-0.3, 0.3)
            module.running_var.uniform_(0.6, 1.4)
    return network.eval()


WIDTH = 6 * 2 + (6 * 2 + (12 + 6 * 2) // 2) // 2  # the last block's maps: 24


def headed(*head: nn.Module) -> nn.Module:
    made = net(2)
    made.classifier = nn.Sequential(*head)
    return odd_norms(made)


def headed_by_name() -> nn.Module:
    """A head as courses teach it: its modules have names, and a log-softmax ends it."""
    made = headed(nn.Linear(WIDTH, 9), nn.ReLU(), nn.Dropout(0.5), nn.Linear(9, 2))
    names = ("fc1", "relu", "dropout", "fc2")
    made.classifier = nn.Sequential(OrderedDict(zip(names, made.classifier, strict=True)))  # type: ignore[arg-type]
    return made.eval()


def grey(classes: int, *, bias: bool = False) -> nn.Module:
    made = net(classes)
    made.features.conv0 = nn.Conv2d(1, 12, 7, 2, 3, bias=bias)
    return made.eval()


def small_inputs() -> nn.Module:
    made = net(10)
    made.features.conv0 = nn.Conv2d(3, 12, 3, 1, 1, bias=False)
    for gone in ("norm0", "relu0", "pool0"):
        delattr(made.features, gone)
    return made.eval()


def under(prefix: str, state: State) -> State:
    return {f"{prefix}{key}": value for key, value in state.items()}


def monai(state: State) -> State:
    return {
        re.sub(r"(denselayer\d+)\.", r"\1.layers.", key).replace(
            "classifier.", "class_layers.out."
        ): value
        for key, value in state.items()
    }


def old_names(state: State) -> State:
    return OrderedDict(
        (re.sub(r"(denselayer\d+\.(?:norm|conv))([12])\.", r"\1.\2.", key), value)
        for key, value in state.items()
        if "num_batches" not in key
    )


def refusal(data: bytes) -> OwnModelError:
    """Why a file is refused; one line."""
    with pytest.raises(OwnModelError) as caught:
        read_weight_file(data)
    assert "\n" not in str(caught.value)
    return caught.value


def renamed_head(name: str) -> Callable[[State], State]:
    return lambda state: {key.replace("classifier", name): v for key, v in state.items()}


def wrapped(state: State) -> State:
    """As FSDP, activation checkpoints and torch.compile name the parts of a network."""
    names = (
        ("features.", "features._fsdp_wrapped_module."),
        ("denseblock2.", "denseblock2._checkpoint_wrapped_module."),
        ("transition1.", "transition1._orig_mod."),
    )
    made = under("_fsdp_wrapped_module.", state)
    for part, longer in names:
        made = {key.replace(part, longer): value for key, value in made.items()}
    return made


LAYOUTS: dict[str, tuple[nn.Module, Callable[[State], object]]] = {
    "plain": (net(), dict),
    "DataParallel": (net(), lambda state: under("module.", state)),
    "Lightning": (
        net(),
        lambda state: {
            "pytorch-lightning_version": "2.4.0",
            "state_dict": under("model.", state) | {"criterion.pos_weight": torch.ones(3)},
            "hyper_parameters": {"lr": 1e-3},
        },
    ),
    "compiled in Lightning": (net(), lambda s: {"state_dict": under("net._orig_mod.", s)}),
    "a backbone": (net(), lambda state: {"state_dict": under("backbone.", state)}),
    "CheXNet": (
        headed(nn.Linear(WIDTH, 14), nn.Sigmoid()),
        lambda state: {"epoch": 3, "state_dict": old_names(under("module.densenet121.", state))},
    ),
    "an encoder and a head beside it": (
        net(),
        lambda state: {
            key.replace("features.", "encoder.").replace("classifier.", "head."): value
            for key, value in state.items()
        },
    ),
    "fc outside": (net(), renamed_head("fc")),
    "last_linear": (net(), renamed_head("last_linear")),
    "head.fc": (net(), renamed_head("head.fc")),
    "a nested checkpoint": (net(), lambda state: {"checkpoint": {"model": under("m.", state)}}),
    "four mappings deep": (net(), lambda s: {"a": {"b": {"c": {"state_dict": s}}}}),
    "in a list": (net(), lambda s: {"models": [{"state_dict": s}]}),
    "under a number": (net(), lambda s: {0: s}),
    "a backbone and a head in a larger module": (
        net(),
        lambda state: (
            {
                key.replace("features.", "module.backbone.").replace("classifier.", "module.fc."): v
                for key, v in state.items()
            }
            | {"module.criterion.pos_weight": torch.ones(3)}
        ),
    ),
    "skorch": (net(), lambda state: under("module_.", state)),
    "Catalyst": (net(), lambda s: {"model_state_dict": s, "epoch_metrics": {"auc": [0.1]}}),
    "timm's checkpoint": (
        net(),
        lambda state: {
            "arch": "densenet121",
            "state_dict": state,
            "optimizer": torch.optim.SGD(net().parameters(), 0.1).state_dict(),
            "args": argparse.Namespace(model="densenet121", class_map=""),
            "metric": 80.1,
        },
    ),
    "features in a dictionary, heads in a list": (
        net(),
        lambda state: {
            key.replace("features.", "backbone.rgb.").replace("classifier.", "heads.0."): value
            for key, value in state.items()
        },
    ),
    "a norm of pictures beside it": (
        net(),
        lambda state: {"normalize.mean": torch.zeros(3), **under("model.", state)},
    ),
    "a head with names": (
        headed_by_name(),
        lambda state: {"state_dict": state, "class_to_idx": {"1": 0, "2": 1}},
    ),
    "torch's own wrappers": (net(), wrapped),
    "a namespace": (
        net(),
        lambda state: {"state_dict": state, "args": argparse.Namespace(lr=0.1, name="run")},
    ),
    "NumPy numbers": (
        net(),
        lambda s: {"state_dict": s, "best": np.float64(0.5), "n": np.int64(3)},
    ),
    "a default dictionary": (net(), lambda s: {"model": s, "log": defaultdict(list, loss=[0.1])}),
    "MONAI": (net(6), monai),
    "dropout": (headed(nn.Dropout(0.2), nn.Linear(WIDTH, 2)), dict),
    "a hidden layer": (
        headed(nn.Linear(WIDTH, 9), nn.ReLU(), nn.Dropout(0.4), nn.Linear(9, 2)),
        dict,
    ),
    "norms in the head": (
        headed(
            *(nn.BatchNorm1d(WIDTH), nn.Linear(WIDTH, 9, bias=False), nn.ReLU()),
            *(nn.BatchNorm1d(9), nn.Linear(9, 4), nn.BatchNorm1d(4)),
        ),
        dict,
    ),
    "linear layers without a ReLU": (
        headed(nn.Linear(WIDTH, 9), nn.BatchNorm1d(9, affine=False), nn.Linear(9, 3)),
        dict,
    ),
    "a 1 x 1 convolution": (
        net(),
        lambda state: {
            key: value[..., None, None] if key == "classifier.weight" else value
            for key, value in state.items()
        },
    ),
    "a norm before the ReLU": (
        headed(nn.Linear(WIDTH, 9), nn.BatchNorm1d(9), nn.ReLU(), nn.Dropout(), nn.Linear(9, 3)),
        dict,
    ),
    "no bias": (headed(nn.Linear(WIDTH, 4, bias=False)), dict),
    "grey": (grey(2), dict),
    "grey with a bias": (grey(2, bias=True), dict),
    "small inputs": (
        small_inputs(),
        lambda state: {key.replace("norm5", "norm_final"): v for key, v in state.items()},
    ),
    "another bottleneck": (net(3, bn_size=2), dict),
}
