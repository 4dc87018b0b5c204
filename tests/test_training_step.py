"""A training step's memory and time: the meter against sums by hand, checkpointing against not."""

from __future__ import annotations

import gc
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from densenet_viz.measure import training_step as measured
from densenet_viz.measure.live_bytes import LiveBytes
from densenet_viz.measure.rounds import Cancelled
from densenet_viz.measure.training_step import measure_steps, peak_bytes, training_step
from densenet_viz.memory import kept_maps, needed_bytes, ways
from densenet_viz.network.build import build
from densenet_viz.network.systems import build_system
from densenet_viz.spec import VARIANTS
from densenet_viz.systems import SYSTEMS
from tests.small_models import SPEC, small_network

FLOAT = 4
LAYERS = sum(SPEC.block_config)


def small(memory_efficient: bool) -> nn.Module:
    """The same small network, with checkpointing or without, in training mode."""
    network = build(SPEC, seed=3, memory_efficient=memory_efficient)
    network.load_state_dict(small_network(SPEC).state_dict())
    return network.train()


def examples(count: int = 2, size: int = 64) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(count, 3, size, size, generator=generator), torch.arange(count)


# -- the meter ------------------------------------------------------------------------------


def test_a_tiny_network_by_hand() -> None:
    """Convolution 3 → 8, ReLU, convolution 8 → 4 on 16 x 16 px."""
    network = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 4, 3, padding=1))
    x = torch.randn(1, 3, 16, 16)
    eight, four = 8 * 256 * FLOAT, 4 * 256 * FLOAT
    gradients = [FLOAT * n for n in (3 * 8 * 9, 8, 8 * 4 * 9, 4)]
    with LiveBytes(apart=[x, *network.parameters()]) as live:
        y = network(x)
        # The ReLU keeps what it wrote; the first convolution's output is let go of after it.
        assert (live.peak, live.now) == (2 * eight, eight + four)
        loss = y.sum()
        loss.backward()
        # At the ReLU on the way back: what it kept and y, the loss and its gradient (one number
        # each), the second convolution's gradients, the gradient that comes in, the one going out.
        top = eight + four + 2 * FLOAT + sum(gradients[2:]) + 2 * eight
        assert live.peak == top
        assert live.now == four + FLOAT + sum(gradients)
        del y, loss
        assert live.now == sum(gradients)


def test_views_and_in_place_operations_count_once() -> None:
    x = torch.zeros(100)
    with LiveBytes(apart=[x]) as live:
        assert (x.view(10, 10)[0].add_(1).sum(), live.peak)[1] == FLOAT  # the sum alone
        y = x + 1
        z = y.relu_().reshape(4, 25).t()
        assert live.now == 100 * FLOAT
        del y
        assert live.now == 100 * FLOAT
        del z
        assert live.now == 0
    assert live.peak == 100 * FLOAT


def test_what_is_made_outside_is_not_followed() -> None:
    with LiveBytes() as live:
        pass
    kept = torch.ones(1000) + 1
    assert (live.peak, live.now, len(kept)) == (0, 0, 1000)


def test_the_peak_is_what_torchs_own_allocator_saw() -> None:
    """Held against torch's profiler, which is told of each allocation inside operations too."""
    from torch.profiler import ProfilerActivity, profile

    network = build_system("densenet121", seed=0, memory_efficient=True).train()
    pictures, labels = examples(1, 128)
    training_step(network, pictures, labels)
    network.zero_grad(set_to_none=True)
    peak = peak_bytes(network, pictures, labels)
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        training_step(network, pictures, labels)
    assert profiler.profiler is not None
    events = profiler.profiler.kineto_results.events()
    changes = [(one.start_ns(), one.nbytes()) for one in events if one.name() == "[memory]"]
    now = top = 0
    for _, change in sorted(changes, key=lambda pair: pair[0]):
        now += change
        top = max(top, now)
    assert peak <= top
    assert peak == pytest.approx(top, rel=0.03)


# -- checkpointing --------------------------------------------------------------------------


def test_gradients_are_equal_with_and_without_checkpointing() -> None:
    pictures, labels = examples()
    networks = [small(way) for way in (False, True)]
    for network in networks:
        training_step(network, pictures, labels)
    plain, efficient = ({n: p.grad for n, p in one.named_parameters()} for one in networks)
    assert plain.keys() == efficient.keys()
    for name, gradient in plain.items():
        assert gradient is not None
        assert gradient.abs().sum() > 0, name
        torch.testing.assert_close(efficient[name], gradient)


def test_checkpointing_counts_the_pictures_twice_in_the_first_norm_of_each_layer() -> None:
    """The page says so: 1 - 0.9**2 = 19% of the way to the batch's mean instead of 10%."""
    pictures, labels = examples()
    plain, efficient = small(False), small(True)
    before = {name: tensor.clone() for name, tensor in plain.named_buffers()}
    for network in (plain, efficient):
        training_step(network, pictures, labels)
    once, twice = dict(plain.named_buffers()), dict(efficient.named_buffers())
    again = {name for name in once if ".denselayer" in name and ".norm1." in name}
    assert len(again) == 3 * LAYERS
    for name, tensor in once.items():
        if name.endswith("num_batches_tracked"):
            assert (tensor.item(), twice[name].item()) == (1, 2 if name in again else 1)
        elif name in again:
            moved, further = tensor - before[name], twice[name] - before[name]
            torch.testing.assert_close(further, moved * (0.19 / 0.10), rtol=1e-3, atol=1e-5)
        else:
            torch.testing.assert_close(twice[name], tensor)


def test_checkpointing_saves_memory_and_leaves_nothing_behind() -> None:
    pictures, labels = examples(4)
    peaks = []
    for way in (False, True):
        network = small(way)
        peaks.append(peak_bytes(network, pictures, labels))
        assert all(parameter.grad is None for parameter in network.parameters())
        assert peak_bytes(network, pictures, labels) == peaks[-1]
    assert peaks[1] < 0.9 * peaks[0]


@pytest.mark.parametrize("way", [False, True])
@pytest.mark.parametrize("block", [1, 3])
def test_what_a_block_keeps_is_what_is_computed(way: bool, block: int) -> None:
    """Every point of the page's figure, against the maps that autograd keeps hold of."""
    spec = VARIANTS["densenet121"]
    network = build_system("densenet121", seed=0, memory_efficient=way)
    part = network.get_submodule(f"features.denseblock{block}").train()
    size = spec.block_sizes[block - 1]
    entering = torch.randn(1, spec.block_inputs[block - 1], size, size, requires_grad=True)
    kept: dict[int, Tensor] = {}
    after: list[int] = []

    def keep(tensor: Tensor) -> Tensor:
        if tensor.dim() == 4 and not isinstance(tensor, nn.Parameter):
            kept[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    def note(*_: object) -> None:
        after.append(sum(tensor.untyped_storage().nbytes() for tensor in kept.values()))

    for layer in part.children():
        layer.register_forward_hook(note)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        part(entering)
    computed = kept_maps(spec, block)
    assert tuple(after) == (computed.shared if way else computed.naive)


def test_what_both_keep_are_the_bottlenecks() -> None:
    kept = kept_maps(VARIANTS["densenet121"], 3)
    assert kept.both == tuple(2 * 128 * 14 * 14 * FLOAT * layer for layer in range(1, 25))


# -- the measurement ------------------------------------------------------------------------


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """Every system is small; returns which one made a step, in order."""
    steps: list[tuple[str, bool]] = []

    def make(name: str, *, seed: int, memory_efficient: bool) -> nn.Module:
        network = build(SPEC, seed=seed, memory_efficient=memory_efficient)
        network.register_forward_pre_hook(lambda *_: steps.append((name, memory_efficient)))
        return network

    monkeypatch.setattr(measured, "build_system", make)
    return steps


def test_steps_are_interleaved_and_the_peak_is_measured_apart(
    order: list[tuple[str, bool]],
) -> None:
    run = measure_steps(("resnet50", "densenet121", "resnet50"), batch=2, rounds=3)
    cases = [("resnet50", False), ("densenet121", False), ("densenet121", True)]
    assert order[:6] == [case for case in cases for _ in range(2)]  # to warm up, and to count
    rounds = [order[at : at + 3] for at in range(6, len(order), 3)]
    assert len(rounds) == 3
    assert all(sorted(one) == sorted(cases) for one in rounds)
    assert [(one.model, one.memory_efficient) for one in run.steps] == cases
    assert {(one.batch, len(one.seconds)) for one in run.steps} == {(2, 3)}
    assert all(second > 0 for one in run.steps for second in one.seconds)
    ratio = run.memory_ratio("densenet121")
    assert ratio is not None
    assert 0 < ratio < 1
    assert run.steps[0].peak_bytes == run.steps[1].peak_bytes  # the same network here
    floats = SPEC.parameters + run_statistics()
    assert run.weight_bytes == dict.fromkeys(("resnet50", "densenet121"), FLOAT * floats)


def run_statistics() -> int:
    return sum(2 * m.num_features for m in small(False).modules() if isinstance(m, nn.BatchNorm2d))


def test_progress_and_cancel(order: list[tuple[str, bool]]) -> None:
    parts: list[float] = []
    measure_steps(("densenet121",), rounds=1, on_progress=parts.append)
    assert parts[0] == 0.0
    assert parts[-1] == pytest.approx(1.0)
    assert parts == sorted(parts)
    order.clear()
    with pytest.raises(Cancelled):
        measure_steps(("densenet121",), rounds=9, cancelled=lambda: len(order) >= 5)
    assert len(order) == 5


def test_a_gpus_peak_is_its_allocators(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a GPU: what would be asked of it, in this order."""
    asked: list[str] = []
    answers = {"memory_allocated": 100, "max_memory_allocated": 740}

    def told(name: str) -> Callable[[], int | None]:
        return lambda: (asked.append(name), answers.get(name))[1]

    for name in ("reset_peak_memory_stats", *answers, "synchronize"):
        monkeypatch.setattr(torch.cuda, name, told(name))
    monkeypatch.setattr(measured, "training_step", lambda *_: asked.append("step"))
    monkeypatch.setattr(Tensor, "is_cuda", True)
    pictures, labels = examples(1)
    assert peak_bytes(nn.Linear(1, 1), pictures, labels) == 640
    assert asked == [
        "reset_peak_memory_stats",
        "memory_allocated",
        "step",
        "synchronize",
        "max_memory_allocated",
    ]


# -- what it needs --------------------------------------------------------------------------


def test_only_densenets_can_checkpoint() -> None:
    assert {name for name in SYSTEMS if ways(name) == (False, True)} == {
        "densenet121",
        "densenet169",
        "densenet201",
    }


@pytest.mark.parametrize("name", ["resnet50v2", "densenet121"])
def test_the_estimate_is_more_than_is_needed_but_not_much(name: str) -> None:
    network = build_system(name, seed=0).train()
    pictures, labels = examples(1, 224)
    held = sum(tensor.nbytes for tensor in network.state_dict().values()) * len(ways(name))
    needs = peak_bytes(network, pictures, labels) + held
    assert needs < needed_bytes([name], 1) < 3 * needs
    more = needed_bytes([name], 9) - needed_bytes([name], 1)
    assert more == 8 * (needed_bytes([name], 2) - needed_bytes([name], 1))
    gc.collect()


def test_more_systems_need_more() -> None:
    assert needed_bytes(["densenet121", "resnet50"], 1) > needed_bytes(["resnet50"], 1)
