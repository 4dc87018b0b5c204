"""A training step's memory and time: the meter against sums by hand, checkpointing against not."""

from __future__ import annotations

import gc
import weakref
from contextlib import nullcontext

import pytest
import torch
from torch import Tensor, nn

from densenet_viz.errors import Cancelled
from densenet_viz.facts.memory import kept_maps, needed_for_passes, needed_for_steps, ways
from densenet_viz.facts.spec import VARIANTS
from densenet_viz.facts.systems import SYSTEMS
from densenet_viz.measure import training_step as measured
from densenet_viz.measure.live_bytes import LiveBytes
from densenet_viz.measure.training_step import measure_steps, peak_bytes, training_step
from densenet_viz.network.build import build
from densenet_viz.network.systems import build_system
from tests.small_models import SPEC, small_network
from tests.tiers import in_tiers

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


@pytest.mark.slow
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
    assert (parts[-1], parts.count(1.0)) == (1.0, 1)
    assert parts == sorted(parts)
    order.clear()
    with pytest.raises(Cancelled):
        measure_steps(("densenet121",), rounds=9, cancelled=lambda: len(order) >= 5)
    assert len(order) == 5


class Allocator:
    """What torch's allocator on a GPU counts, as its documentation says: bytes handed out now,
    and the most since the peak was last reset.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, now: int, peak: int) -> None:
        self.now, self.peak = now, peak
        monkeypatch.setattr(Tensor, "is_cuda", True)
        monkeypatch.setattr(torch.cuda, "synchronize", lambda: None)
        monkeypatch.setattr(torch.cuda, "memory_allocated", lambda: self.now)
        monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda: self.peak)
        monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", self._reset)

    def _reset(self) -> None:
        self.peak = self.now

    def take(self, change: int) -> None:
        self.now += change
        self.peak = max(self.peak, self.now)


def test_a_gpus_peak_is_that_of_this_step_beside_what_was_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allocator = Allocator(monkeypatch, now=100, peak=5000)  # another network's step took more

    def step(*_: object) -> None:
        for change in (400, 240, -500, 30):  # at most 640; gradients of 170 stay
            allocator.take(change)

    monkeypatch.setattr(measured, "training_step", step)
    assert peak_bytes(nn.Linear(1, 1), *examples(1)) == 640
    assert peak_bytes(nn.Linear(1, 1), *examples(1)) == 640


class Watched(nn.Module):
    """A network that notes its maps, and has no memory left at one of its steps."""

    def __init__(self, used: list[weakref.ref[nn.Module | Tensor]], fails_at: int) -> None:
        super().__init__()
        self.conv, self.left, self.used = nn.Conv2d(3, 2, 1), fails_at, used
        used.append(weakref.ref(self))

    def forward(self, x: Tensor) -> Tensor:
        maps = self.conv(x)
        pooled: Tensor = maps.mean((2, 3))
        self.used.extend(map(weakref.ref, (maps, pooled)))
        self.left -= 1
        if not self.left:
            raise torch.OutOfMemoryError("none left")
        return pooled


@pytest.mark.parametrize("end", in_tiers(["well", "cancelled", "error"], {"error"}))
def test_a_gpus_memory_is_given_back(monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    """When torch is told to let go of its cache, no network and no map is in use any more."""
    used: list[weakref.ref[nn.Module | Tensor]] = []
    alive: list[int] = []

    def empty() -> None:
        gc.collect()
        alive.append(sum(one() is not None for one in used))

    fails_at = 3 if end == "error" else 99
    monkeypatch.setattr(measured, "build_system", lambda *_, **__: Watched(used, fails_at))
    monkeypatch.setattr(measured, "peak_bytes", lambda *_: 1)
    monkeypatch.setattr(nn.Module, "to", lambda self, _device: self)
    monkeypatch.setattr(Tensor, "to", lambda self, _device: self)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: None)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Acme GPU")
    monkeypatch.setattr(torch.cuda, "empty_cache", empty)
    expected = {"cancelled": Cancelled, "error": torch.OutOfMemoryError}
    with pytest.raises(expected[end]) if end in expected else nullcontext():
        measure_steps(
            ("resnet50", "resnet101"),
            rounds=3,
            device="cuda",
            cancelled=lambda: end == "cancelled" and len(used) >= 8,
        )
    assert len(used) >= 8
    assert alive == [0]


# -- what it needs --------------------------------------------------------------------------


def test_only_densenets_can_checkpoint() -> None:
    assert {name for name in SYSTEMS if ways(name) == (False, True)} == {
        "densenet121",
        "densenet169",
        "densenet201",
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet50v2", "densenet121"])
def test_the_estimate_is_more_than_is_needed_but_not_much(name: str) -> None:
    network = build_system(name, seed=0).train()
    pictures, labels = examples(1, 224)
    held = sum(tensor.nbytes for tensor in network.state_dict().values()) * len(ways(name))
    needs = peak_bytes(network, pictures, labels) + held
    assert needs < needed_for_steps([name], 1) < 3 * needs
    more = needed_for_steps([name], 9) - needed_for_steps([name], 1)
    assert more == 8 * (needed_for_steps([name], 2) - needed_for_steps([name], 1))
    gc.collect()


@pytest.mark.parametrize(
    "name", in_tiers(["resnet50", "resnet50v2", "densenet121"], {"densenet121"})
)
def test_the_estimate_for_passes_is_more_than_is_needed_but_not_much(name: str) -> None:
    network = build_system(name, seed=0)
    pictures, _ = examples(1, 224)
    with torch.inference_mode(), LiveBytes(network.state_dict().values()) as live:
        network(pictures.clone())
    a_picture = needed_for_passes([name], [1, 9, 4]) - needed_for_passes([name], [8])
    assert live.peak < a_picture < 2 * live.peak
    weights = sum(t.nbytes for t in network.state_dict().values() if t.is_floating_point())
    both = needed_for_passes([name, "resnet152", name], [1]) - needed_for_passes(["resnet152"], [1])
    assert both == weights


def test_more_systems_need_more() -> None:
    assert needed_for_steps(["densenet121", "resnet50"], 1) > needed_for_steps(["resnet50"], 1)
