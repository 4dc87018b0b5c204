"""The two sides of each comparison, Captum's own call and ours, and how similar their maps are."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import numpy as np
import torch
from captum.attr import IntegratedGradients, LayerGradCam, NoiseTunnel, Occlusion, Saliency
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes
from torch.utils.flop_counter import flop_registry

from densenet_viz.attribution import METHODS, attribute
from densenet_viz.attribution.asking import Asking, Watch
from densenet_viz.attribution.baselines import baseline_inputs
from densenet_viz.attribution.captum_maps import by_captum, given_for
from densenet_viz.network._torchvision import torchvision
from densenet_viz.network.fused.convolution import Convolution
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.models import load_model
from densenet_viz.network.shares import alone
from densenet_viz.results.attributions import Attribution
from densenet_viz.results.traces import Picture
from densenet_viz.scenes.generator import draw_scene

Result = TypeVar("Result")

SIZE = 224
NETWORKS = ("random weights", "bundled weights")
WINDOW, STRIDE = 32, 16
SAMPLES = 25
REFERENCE = 300
FEW = 4
"""Pictures in one batch of the reference."""
SCENES = 6


@dataclass(frozen=True, eq=False)
class Case:
    """Our model, the plain torchvision network with the same weights, and a picture."""

    model: LoadedModel
    stock: nn.Module
    picture: Picture
    target: int

    @property
    def x(self) -> Tensor:
        """The picture's input in torch's usual layout."""
        return self.model.tensor(self.picture).contiguous()

    def ours(self, method: str, **settings: Any) -> Attribution:
        return attribute(self.model, self.picture, method=method, target=self.target, **settings)


@cache
def case_of(network: str) -> Case:
    """One of `NETWORKS`, or densenet201, with a scene enlarged to 224 px."""
    if network == "bundled weights":
        return scene_case(0)
    name = "densenet201" if network == "densenet201" else "densenet121"
    return _case(load_model(f"{name}-untrained"), 0)


def scene_case(number: int) -> Case:
    """The bundled model with an unseen scene, both enlarged to 224 px."""
    return _case(_enlarged(), number)


@cache
def _enlarged() -> LoadedModel:
    model = load_model("scenes")
    return replace(model, input_size=SIZE, spec=replace(model.spec, input_size=SIZE))


def _case(model: LoadedModel, number: int) -> Case:
    picture = model.picture(draw_scene(0, "test", number).image)
    with torch.no_grad():
        target = int(model.network(model.tensor(picture)).argmax())
    return Case(model, _stock(model), picture, target)


def _stock(model: LoadedModel) -> nn.Module:
    """torchvision's unchanged DenseNet, with its in-place ReLUs."""
    spec = model.spec
    network = torchvision.models.DenseNet(
        growth_rate=spec.growth_rate,
        block_config=spec.block_config,
        num_init_features=spec.initial_channels,
        num_classes=spec.num_classes,
    )
    network.load_state_dict(model.network.state_dict())
    stock: nn.Module = network.eval()
    return stock


# -- the calls --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """A method of the app, with its settings, and the stock call that it is compared with."""

    method: str
    against: str
    theirs: Callable[[Case], Tensor]
    settings: dict[str, Any]
    likeness: Callable[[Case, Attribution, Tensor], float]

    @property
    def name(self) -> str:
        return f"{self.method} against {self.against}"

    def ours(self, case: Case) -> Attribution:
        """The app's map. As on a page, the picture was classified before."""
        return case.ours(self.method, logits=_answer(case), **self.settings)

    def on_our_network(self, case: Case) -> Tensor:
        """The map by Captum on the fast network, also where the app's map is not Captum's."""
        row = METHODS[self.method]
        settings = row.settings(case.model.spec, self.settings)
        assert row.call is not None
        call = row.call(settings)
        asking = Asking(case.model, case.model.tensor(case.picture), case.target, watch=Watch(1))
        with alone():
            return by_captum(call, asking, settings, given_for(call, asking, settings))


def _integrated(case: Case, **more: Any) -> Tensor:
    values: Tensor = IntegratedGradients(case.stock).attribute(
        case.x, baselines=_black(case), target=case.target, **more
    )
    return values


def _black(case: Case) -> Tensor:
    return baseline_inputs(case.model, case.x, "black")


def _smooth(case: Case) -> Tensor:
    values: Tensor = NoiseTunnel(Saliency(case.stock)).attribute(
        case.x, target=case.target, nt_samples=SAMPLES
    )
    return values


def _occluded(case: Case) -> Tensor:
    values: Tensor = Occlusion(case.stock).attribute(
        case.x,
        sliding_window_shapes=(3, WINDOW, WINDOW),
        strides=(3, STRIDE, STRIDE),
        baselines=0,
        target=case.target,
    )
    return values


def _cam(case: Case) -> Tensor:
    values: Tensor = LayerGradCam(case.stock, case.stock.get_submodule("features")).attribute(
        case.x, target=case.target
    )
    return values


@torch.no_grad()
def _pass(case: Case) -> Tensor:
    logits: Tensor = case.stock(case.x)
    return logits


@cache
def _answer(case: Case) -> np.ndarray[Any, Any]:
    return _pass(case)[0].numpy()


# -- how alike --------------------------------------------------------------------------------


@cache
def exact_integral(case: Case) -> np.ndarray[Any, Any]:
    """Equal float32 steps of the module network under autograd, (3, S, S)."""
    start, x = _black(case), case.x
    places = (torch.arange(REFERENCE) + 0.5) / REFERENCE
    total = _gradients(case, start + places.view(-1, 1, 1, 1) * (x - start)).sum(0)
    return (total / REFERENCE * (x - start)[0]).numpy()


def _gradients(case: Case, pictures: Tensor) -> Tensor:
    """(N, 3, S, S): float32 gradients of the module network under autograd."""
    found = []
    for few in torch.split(pictures, FEW):
        given = few.detach().contiguous(memory_format=torch.channels_last).requires_grad_()
        score = case.model.network(given)[:, case.target].sum()
        found += torch.autograd.grad(score, given)
    return torch.cat(found)


def _like_integral(case: Case, ours: Attribution, _theirs: Tensor) -> float:
    return cosine(ours.values, exact_integral(case))


def _like_noise(case: Case, ours: Attribution, _theirs: Tensor) -> float:
    x, range_ = case.x, float(case.x.max() - case.x.min())
    noise = torch.randn((SAMPLES, *x.shape[1:]), generator=torch.Generator().manual_seed(0))
    percent = int(ours.parameters["noise"])
    exact = _gradients(case, x + percent / 100 * range_ * noise).mean(0)
    return cosine(ours.values, exact.numpy())


def _like_occlusion(_case: Case, ours: Attribution, theirs: Tensor) -> float:
    return cosine(ours.values[0], theirs[0, 0].numpy())


def _like_cam(case: Case, ours: Attribution, _theirs: Tensor) -> float:
    from captum.attr import LayerAttribution

    network = case.model.network
    coarse = LayerGradCam(network, network.get_submodule("relu")).attribute(
        case.x, target=case.target
    )
    fine = LayerAttribution.interpolate(coarse, (SIZE, SIZE), interpolate_mode="bilinear")
    return cosine(ours.values, fine[0].detach().numpy())


def cosine(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    """The cosine of the angle between two maps of the same shape.

    >>> round(cosine(np.array([1.0, 0.0]), np.array([1.0, 1.0])), 6)
    0.707107
    """
    a, b = one.ravel().astype(float), other.ravel().astype(float)
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


FIFTY = {"n_steps": 50}
COVERED = {"window": WINDOW, "stride": STRIDE, "baseline": "mean"}
PAIRS = (
    Pair("integrated-gradients", "default", _integrated, FIFTY, _like_integral),
    Pair(
        "integrated-gradients",
        "internal_batch_size=4",
        lambda case: _integrated(case, internal_batch_size=4),
        FIFTY,
        _like_integral,
    ),
    Pair("occlusion", "default", _occluded, COVERED, _like_occlusion),
    Pair("smoothgrad", "default", _smooth, {"samples": SAMPLES}, _like_noise),
    Pair("grad-cam", "default", _cam, {}, _like_cam),
    Pair("grad-cam", "one forward pass", _pass, {}, _like_cam),
)


def integration(case: Case) -> tuple[float, int, float, float]:
    """Cosine, steps, sum compared with the rise in percent, and the cosine of 24 fixed steps."""
    result = case.ours("integrated-gradients", logits=_answer(case))
    fixed = case.ours("integrated-gradients", n_steps=24, rule="gauss-legendre")
    delta = result.convergence_delta or 0.0
    rise = float(result.values.sum(dtype=np.float64)) - delta
    exact = exact_integral(case)
    return (
        cosine(result.values, exact),
        len(result.nodes),
        100 * delta / rise,
        cosine(fixed.values, exact),
    )


# -- time and memory --------------------------------------------------------------------------


def seconds_of(call: Callable[[], Result]) -> tuple[float, Result]:
    """How long a call took, and what it returned."""
    began = time.perf_counter()
    result = call()
    return time.perf_counter() - began, result


def method_names() -> tuple[str, ...]:
    return tuple(METHODS)


def peak_of(network: str, name: str, side: str) -> int:
    """The most bytes of this process after one call, of a pair or of a method with defaults."""
    case = case_of(network)
    if side == "method":
        case.ours(name)
    else:
        pair = next(pair for pair in PAIRS if pair.name == name)
        {"ours": pair.ours, "theirs": pair.theirs}[side](case)
    # Not getrusage: there a process starts with the peak of its parent.
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


# -- multiply-adds ----------------------------------------------------------------------------


def products_of(call: Callable[[], object]) -> int:
    """Multiply-adds of all convolutions and matrix products of a call, backward passes included.

    torch's own operations are counted in this thread. The fused network uses other threads and an
    operation that torch's cost table does not have: its convolutions are counted separately.
    """
    counts: list[int] = []
    plain = Convolution.__call__

    def counted(convolution: Convolution, maps: Tensor) -> Tensor:
        with _disable_current_modes():  # not twice, where this is the same thread
            made = plain(convolution, maps)
        weight = convolution._weight
        counts.append(made.numel() * weight.numel() // len(weight))
        return made

    with patch.object(Convolution, "__call__", counted), _Costs(counts):
        call()
    return sum(counts)


def captums_products(case: Case, pair: Pair) -> int:
    """Multiply-adds of Captum's call: those of its passes through the plain network."""
    steps = {"integrated-gradients": 50, "smoothgrad": SAMPLES}.get(pair.method)
    windows = (-(-(SIZE - WINDOW) // STRIDE) + 1) ** 2 + 1  # and the picture itself
    passes = 2 * steps if steps else windows if pair.method == "occlusion" else 1
    return passes * case.model.spec.multiply_adds


class _Costs(TorchDispatchMode):
    """Adds up the multiply-adds of each operation in torch's cost table."""

    def __init__(self, counts: list[int]) -> None:
        super().__init__()
        self._counts = counts

    def __torch_dispatch__(self, func: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        cost = flop_registry.get(func._overloadpacket)
        if cost is not None:
            self._counts.append(cost(*args, **(kwargs or {}), out_val=made) // 2)
        return made
