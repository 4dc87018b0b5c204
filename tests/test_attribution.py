"""Every method against an independent computation, and the engine's manners."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from densenet_viz.attribution import (
    METHODS,
    AttributionError,
    Cancelled,
    Choice,
    Method,
    Number,
    attribute,
)
from densenet_viz.attribution.explainers import integration_batch
from densenet_viz.network.models import LoadedModel
from densenet_viz.results import Attribution
from densenet_viz.spec import VARIANTS, DenseNetSpec
from tests.small_models import OWN_SPEC, SPEC, picture, small_model

PICTURE = picture()
QUICK: dict[str, dict[str, Any]] = {"integrated-gradients": {"n_steps": 8}}
"""Settings that keep a test short; a method that is not named here runs with its defaults."""


@pytest.fixture(params=[SPEC, OWN_SPEC], ids=["torchvision", "own class"])
def model(request: pytest.FixtureRequest) -> LoadedModel:
    return small_model(request.param)


def score(model: LoadedModel, x: torch.Tensor, target: int) -> torch.Tensor:
    return model.network(x)[0, target]


def gradient(model: LoadedModel, x: torch.Tensor, target: int) -> torch.Tensor:
    x = x.detach().clone().requires_grad_()
    score(model, x, target).backward()
    model.network.zero_grad(set_to_none=True)
    assert x.grad is not None
    return x.grad


def plain_input(model: LoadedModel) -> torch.Tensor:
    """The input by hand: (value / 255 - mean) / std, colours first."""
    scaled = PICTURE / 255
    normal = (scaled - np.array(model.mean)) / np.array(model.std)
    return torch.tensor(np.moveaxis(normal, 2, 0)[None], dtype=torch.float32)


def blank(model: LoadedModel, level: float) -> torch.Tensor:
    normal = (level - np.array(model.mean)) / np.array(model.std)
    return torch.tensor(normal, dtype=torch.float32).view(1, 3, 1, 1).expand(1, 3, 64, 64)


def assert_close(given: np.ndarray, expected: torch.Tensor) -> None:
    reference = expected.detach().numpy()
    scale = np.abs(reference).max()
    assert scale > 0
    assert given.shape == reference.shape
    np.testing.assert_allclose(given, reference, atol=1e-4 * scale)


# -- oracles --------------------------------------------------------------------------------


def test_saliency_is_the_signed_gradient(model: LoadedModel) -> None:
    result = attribute(model, PICTURE, method="saliency", target=2)
    assert_close(result.values, gradient(model, plain_input(model), 2)[0])
    assert result.values.min() < 0 < result.values.max()


@pytest.mark.parametrize(("baseline", "level"), [("black", 0.0), ("white", 1.0), ("grey", 0.5)])
def test_integrated_gradients_are_the_quadrature_done_by_hand(
    model: LoadedModel, baseline: str, level: float
) -> None:
    result = attribute(
        model, PICTURE, method="integrated-gradients", target=1, n_steps=11, baseline=baseline
    )
    x, start = plain_input(model), blank(model, level)
    nodes, weights = np.polynomial.legendre.leggauss(11)
    total = torch.zeros_like(x)
    for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        total += weight * gradient(model, start + node * (x - start), 1)
    expected = total * (x - start)
    assert_close(result.values, expected[0])
    with torch.no_grad():
        rise = float(score(model, x, 1) - score(model, start, 1))
    assert result.convergence_delta == pytest.approx(
        float(expected.sum()) - rise, abs=1e-4 * expected.abs().sum().item()
    )


def test_integrated_gradients_from_the_training_mean(model: LoadedModel) -> None:
    result = attribute(
        model, PICTURE, method="integrated-gradients", target=1, n_steps=8, baseline="mean"
    )
    x = plain_input(model)
    nodes, weights = np.polynomial.legendre.leggauss(8)
    total = sum(
        weight * gradient(model, node * x, 1)
        for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True)
    )
    assert isinstance(total, torch.Tensor)
    assert_close(result.values, (total * x)[0])


def test_integrated_gradients_add_up(model: LoadedModel) -> None:
    """Completeness (paper, section 3): the values sum to the score's rise over the baseline."""
    result = attribute(model, PICTURE, method="integrated-gradients", target=0, n_steps=200)
    with torch.no_grad():
        rise = float(score(model, plain_input(model), 0) - score(model, blank(model, 0.0), 0))
    assert abs(rise) > 0.05
    assert result.values.sum() == pytest.approx(rise, rel=0.05)
    assert result.convergence_delta == pytest.approx(result.values.sum() - rise, abs=1e-3)


@pytest.mark.parametrize(
    ("layer", "module"),
    [("final", "relu"), ("block 1", "features.denseblock1"), ("block 2", "features.denseblock2")],
)
def test_grad_cam_is_the_paper_formula(model: LoadedModel, layer: str, module: str) -> None:
    """Selvaraju et al., equations 1 and 2, without the closing ReLU."""
    result = attribute(model, PICTURE, method="grad-cam", target=3, layer=layer)
    kept: list[torch.Tensor] = []
    hook = model.network.get_submodule(module).register_forward_hook(
        lambda _module, _inputs, output: kept.append(output)
    )
    value = score(model, plain_input(model), 3)
    hook.remove()
    (maps,) = kept
    (slopes,) = torch.autograd.grad(value, maps)
    coarse = (slopes.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True)
    fine = nn.functional.interpolate(coarse, (64, 64), mode="bilinear", align_corners=False)
    assert_close(result.values, fine[0])


@pytest.mark.parametrize(("window", "stride"), [(16, 16), (13, 6), (20, 7)])
def test_occlusion_is_the_plain_loop(model: LoadedModel, window: int, stride: int) -> None:
    result = attribute(
        model,
        PICTURE,
        method="occlusion",
        target=4,
        window=window,
        stride=stride,
        baseline="grey",
    )
    x, cover = plain_input(model), blank(model, 0.5)
    falls, counts = torch.zeros(64, 64), torch.zeros(64, 64)
    steps = range(0, 64 - window + stride, stride)
    with torch.no_grad():
        whole = score(model, x, 4)
        for top in steps:
            for left in steps:
                rows, columns = slice(top, top + window), slice(left, left + window)
                covered = x.clone()
                covered[..., rows, columns] = cover[..., rows, columns]
                falls[rows, columns] += whole - score(model, covered, 4)
                counts[rows, columns] += 1
    assert counts.min() >= 1
    assert_close(result.values, (falls / counts)[None])


def test_predictions_are_the_softmax(model: LoadedModel) -> None:
    result = attribute(model, PICTURE, method="saliency")
    with torch.no_grad():
        chances = model.network(plain_input(model))[0].softmax(0)
    best = chances.argsort(descending=True)[:5]
    assert [p.index for p in result.predictions] == best.tolist()
    assert [p.label for p in result.predictions] == [model.labels[i] for i in best]
    assert [p.probability for p in result.predictions] == pytest.approx(chances[best].tolist())
    assert result.target == result.predictions[0]


def test_a_chosen_target_is_named_with_its_own_probability(model: LoadedModel) -> None:
    result = attribute(model, PICTURE, method="saliency", target=5)
    with torch.no_grad():
        chance = float(model.network(plain_input(model))[0].softmax(0)[5])
    assert (result.target.index, result.target.label) == (5, "tall ship")
    assert result.target.probability == pytest.approx(chance)


# -- manners --------------------------------------------------------------------------------


def quick(model: LoadedModel, method: str, **more: Any) -> Attribution:
    return attribute(model, PICTURE, method=method, **QUICK.get(method, {}), **more)


def hooks_on(network: nn.Module) -> int:
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(module, kind)) for module in network.modules() for kind in kinds)


def state_of(network: nn.Module) -> list[object]:
    return [
        *(module.training for module in network.modules()),
        *((weight.requires_grad, weight.grad is None) for weight in network.parameters()),
        *(float(tensor.double().sum()) for tensor in network.state_dict().values()),
        hooks_on(network),
    ]


@pytest.fixture
def odd_model() -> LoadedModel:
    """One whose modes are not all alike, so that a blanket restoring shows."""
    model = small_model()
    model.network.get_submodule("features.norm0").train()
    next(model.network.parameters()).requires_grad_(False)
    return model


@pytest.mark.parametrize("method", METHODS)
def test_the_model_is_given_back_as_it_was(odd_model: LoadedModel, method: str) -> None:
    before = state_of(odd_model.network)
    quick(odd_model, method)
    assert state_of(odd_model.network) == before
    assert hooks_on(odd_model.network) == 0


@pytest.mark.parametrize("method", METHODS)
def test_values_are_finite_float32_in_input_pixels(method: str) -> None:
    result = quick(small_model(), method)
    values = result.values
    assert values.dtype == np.float32
    assert values.shape in ((1, 64, 64), (3, 64, 64))
    assert values.flags.c_contiguous
    assert np.isfinite(values).all()
    assert (result.convergence_delta is not None) == METHODS[method].complete


@pytest.mark.parametrize("method", METHODS)
def test_the_passes_and_the_progress_are_those_foretold(method: str) -> None:
    model, seen = small_model(), []
    passes: list[int] = []
    model.network.register_forward_pre_hook(lambda _net, given: passes.append(len(given[0])))
    result = quick(model, method, on_progress=seen.append)
    settings = METHODS[method].settings(model.spec, QUICK.get(method, {}))
    foretold = METHODS[method].cost(model.spec, settings).forward + 1
    assert sum(passes) == result.forward_passes == foretold
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)
    assert len(seen) == len(passes) + 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("allowed", [0, 1, 2])
def test_a_cancel_stops_before_the_next_pass(
    odd_model: LoadedModel, method: str, allowed: int
) -> None:
    calls, before = [], state_of(odd_model.network)

    def cancelled() -> bool:
        calls.append(None)
        return len(calls) > allowed

    settings = METHODS[method].settings(odd_model.spec, QUICK.get(method, {}))
    if METHODS[method].cost(odd_model.spec, settings).forward + 1 <= allowed:
        quick(odd_model, method, cancelled=cancelled)
        assert len(calls) == allowed
    else:
        with pytest.raises(Cancelled):
            quick(odd_model, method, cancelled=cancelled)
        assert len(calls) == allowed + 1
    assert state_of(odd_model.network) == before
    assert odd_model.lock.acquire(blocking=False)


@pytest.mark.parametrize("method", METHODS)
def test_a_failure_on_the_way_leaves_the_model_clean(odd_model: LoadedModel, method: str) -> None:
    before = state_of(odd_model.network)

    def fails(part: float) -> None:
        if part > 0:
            raise OSError("the page is gone")

    with pytest.raises(OSError, match="the page is gone"):
        quick(odd_model, method, on_progress=fails)
    assert state_of(odd_model.network) == before


def test_a_failure_inside_the_network_leaves_it_clean(odd_model: LoadedModel) -> None:
    def fails(*_given: object) -> None:
        raise RuntimeError("out of memory")

    hook = odd_model.network.get_submodule("classifier").register_forward_hook(fails)
    before = state_of(odd_model.network)
    with pytest.raises(RuntimeError, match="out of memory"):
        attribute(odd_model, PICTURE)
    assert state_of(odd_model.network) == before
    hook.remove()


def test_two_threads_on_one_model_get_what_each_gets_alone() -> None:
    model = small_model()
    alone = {method: quick(model, method).values for method in METHODS}
    together: list[tuple[str, np.ndarray]] = []
    start = threading.Barrier(2)

    def work(methods: list[str]) -> None:
        start.wait()
        together.extend((method, quick(model, method).values) for method in methods * 3)

    names = list(METHODS)
    threads = [threading.Thread(target=work, args=(order,)) for order in (names, names[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(together) == 6 * len(METHODS)
    for method, values in together:
        np.testing.assert_array_equal(values, alone[method])
    assert hooks_on(model.network) == 0


def test_a_second_thread_waits_and_hears_a_cancel_meanwhile() -> None:
    model, waits = small_model(), threading.Semaphore(0)
    second: list[object] = []
    hooks_seen: list[int] = []

    def listen() -> bool:
        hooks_seen.append(hooks_on(model.network))
        waits.release()
        return len(hooks_seen) > 3

    def work() -> None:
        try:
            attribute(model, PICTURE, cancelled=listen, on_progress=second.append)
        except Cancelled as stop:
            second.append(stop)

    threads = [threading.Thread(target=work)]

    def first_pass(part: float) -> None:
        if part == 0:
            threads[0].start()
            for _ in range(4):  # four times asked, and still not begun
                assert waits.acquire(timeout=30)
            threads[0].join()

    attribute(model, PICTURE, on_progress=first_pass)
    assert [type(each) for each in second] == [Cancelled]
    assert hooks_seen == [1] * 4  # the first one's; the second never touched the network


def test_a_picture_of_another_size_is_fitted() -> None:
    model = small_model()
    given = picture(150)
    assert attribute(model, given).values.shape == (1, 64, 64)
    np.testing.assert_array_equal(
        attribute(model, given).values, attribute(model, model.picture(given)).values
    )


# -- requests that cannot be fulfilled ------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({"method": "magic"}, "no method 'magic'; there are grad-cam, integrated-gradients, occl"),
        ({"target": 6}, "target=6 was given; a class from 0 to 5 is allowed"),
        ({"target": -1}, "target=-1 was given"),
        ({"target": True}, "target=True was given"),
        ({"target": 1.0}, r"target=1\.0 was given"),
        ({"target": "star"}, "target='star' was given"),
        ({"method": "saliency", "n_steps": 9}, "'n_steps' was given; .* parameters: none"),
        ({"method": "grad-cam", "depth": 1}, "'depth' was given; .* parameters: layer"),
        ({"layer": "block 3"}, "layer='block 3' was given; block 1, block 2, final are allowed"),
        ({"method": "integrated-gradients", "n_steps": 201}, "n_steps=201 .* 8 to 200 is allowed"),
        ({"method": "integrated-gradients", "n_steps": 9.5}, r"n_steps=9\.5 was given"),
        ({"method": "integrated-gradients", "n_steps": True}, "n_steps=True was given"),
        ({"method": "integrated-gradients", "baseline": "red"}, "black, white, grey, mean are"),
        ({"method": "occlusion", "window": 33}, "window=33 was given; .* from 4 to 32 px"),
        ({"method": "occlusion", "window": 8, "stride": 9}, "stride=9 was given with window=8"),
        ({"method": "occlusion", "stride": "x" * 900}, r"stride='x{56}\.\.\. was given"),
    ],
)
def test_what_is_not_allowed_is_said_before_anything_runs(
    request_: dict[str, Any], sentence: str
) -> None:
    model = small_model()
    ran: list[object] = []
    model.network.register_forward_pre_hook(lambda *given: ran.append(given))
    with pytest.raises(AttributionError, match=sentence):
        attribute(model, PICTURE, **request_)
    assert not ran


def test_a_numpy_index_is_a_target() -> None:
    assert attribute(small_model(), PICTURE, target=np.int64(4)).target.index == 4


# -- the rows -------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_every_method_has_its_texts(method: Method) -> None:
    assert METHODS[method.name] is method
    assert method.title
    assert method.question.endswith("?")
    assert method.question.count("?") == 1
    assert method.caution.endswith(".")
    assert method.unit
    assert any(character.isdigit() for character in method.paper)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "spec",
    [SPEC, replace(VARIANTS["densenet121"], input_size=128), VARIANTS["densenet201"]],
    ids=["64 px", "128 px", "224 px"],
)
def test_defaults_are_within_their_limits(method: str, spec: DenseNetSpec) -> None:
    row = METHODS[method]
    settings = row.settings(spec, {})
    for parameter in row.parameters(spec):
        assert settings[parameter.name] == parameter.default
        assert parameter.title
        if isinstance(parameter, Number):
            assert parameter.low <= parameter.default <= parameter.high
        else:
            assert isinstance(parameter, Choice)
            assert parameter.default in parameter.choices
    assert row.cost(spec, settings).forward <= 200


def test_default_occlusion_is_a_fifth_of_the_picture_and_half_of_that() -> None:
    settings = METHODS["occlusion"].settings(VARIANTS["densenet121"], {})
    assert (settings["window"], settings["stride"]) == (45, 22)


def test_methods_are_listed_without_loading_a_framework() -> None:
    code = (
        "import sys, densenet_viz.attribution as a, densenet_viz.network.models as m; "
        "assert len(a.METHODS) >= 4 and len(m.MODELS) >= 5; "
        "sys.exit(' '.join({'torch', 'captum', 'torchvision'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_wrong_name_in_the_package_is_an_attribute_error() -> None:
    import densenet_viz.attribution as package

    with pytest.raises(AttributeError, match="explain_all"):
        _ = package.explain_all


def test_the_integration_batch_keeps_its_memory() -> None:
    assert [integration_batch(size) for size in (64, 128, 224, 300, 512)] == [8, 8, 4, 2, 1]
