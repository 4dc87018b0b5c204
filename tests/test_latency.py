"""The timing of forward passes, on small networks that say when they ran."""

from __future__ import annotations

import gc
import weakref
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from densenet_viz import machine
from densenet_viz.errors import Cancelled
from densenet_viz.facts.systems import REFERENCE, SYSTEMS
from densenet_viz.measure import latency, rounds
from densenet_viz.measure.latency import LAYOUT, WARM_UPS, benchmark
from densenet_viz.measure.rounds import Steps, orders, seconds_of
from tests.tiers import in_tiers

PICTURE = 224


class Told(nn.Module):
    """Tells its name and what it got at each pass."""

    def __init__(self, name: str, passes: list[tuple[str, tuple[int, ...]]]) -> None:
        super().__init__()
        self.name, self.passes = name, passes
        self.weight = nn.Parameter(torch.zeros(1000))

    def forward(self, x: Tensor) -> Tensor:
        assert torch.is_inference_mode_enabled()
        assert not self.training
        assert x.is_contiguous()
        self.passes.append((self.name, tuple(x.shape)))
        return self.weight


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[int, ...]]]:
    """Every system is a `Told`; returns what they tell."""
    told: list[tuple[str, tuple[int, ...]]] = []
    monkeypatch.setattr(latency, "build_system", lambda name, **_: Told(name, told).eval())
    return told


def test_rounds_are_interleaved_after_the_warm_up(
    passes: list[tuple[str, tuple[int, ...]]],
) -> None:
    result = benchmark(batches=(1, 2), rounds=4)
    cases = [(name, (size, 3, PICTURE, PICTURE)) for name in SYSTEMS for size in (1, 2)]
    warm, measured = passes[: WARM_UPS * len(cases)], passes[WARM_UPS * len(cases) :]
    assert Counter(warm) == dict.fromkeys(cases, WARM_UPS)
    turns = [measured[at : at + len(cases)] for at in range(0, len(measured), len(cases))]
    assert len(turns) == 4
    assert all(sorted(turn) == sorted(cases) for turn in turns)
    assert len({tuple(turn) for turn in turns}) == 4
    assert [(one.model, one.batch) for one in result.timings] == [
        (name, size) for name in SYSTEMS for size in (1, 2)
    ]
    assert {len(one.seconds) for one in result.timings} == {4}
    assert {one.threads for one in result.timings} == {torch.get_num_threads()}


def test_the_order_is_the_same_every_time(passes: list[tuple[str, tuple[int, ...]]]) -> None:
    benchmark(rounds=3)
    first = list(passes)
    passes.clear()
    benchmark(rounds=3)
    assert passes == first


def test_seconds_go_to_the_pass_that_took_them(
    passes: list[tuple[str, tuple[int, ...]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock by which the n-th pass takes n seconds."""

    def counted(run: Callable[[], object], _device: str) -> float:
        run()
        return float(len(passes))

    monkeypatch.setattr(latency, "seconds_of", counted)
    result = benchmark(("resnet50", "densenet121", "densenet201"), rounds=2)
    for timing in result.timings:
        told = [at for at, (name, _) in enumerate(passes, start=1) if name == timing.model]
        assert timing.seconds == tuple(told[WARM_UPS:])


def test_resnet50_is_measured_beside_whatever_is_asked_for(
    passes: list[tuple[str, tuple[int, ...]]],
) -> None:
    result = benchmark(("densenet121", "densenet121"), rounds=1)
    assert [one.model for one in result.timings] == [REFERENCE, "densenet121"]
    assert result.ratio("densenet121", 1, "cpu") > 0


def test_the_machine_is_told(passes: list[tuple[str, tuple[int, ...]]]) -> None:
    about = benchmark((REFERENCE,), rounds=1).machine
    assert {"date", "processor", "cores", "threads", "torch", "device"} <= set(about)
    assert about["torch"] == torch.__version__
    assert (about["rounds"], about["passes"]) == ("1", LAYOUT)


def test_progress_ends_at_one_and_never_falls(
    passes: list[tuple[str, tuple[int, ...]]],
) -> None:
    """At exactly one, and once: then the command line ends its line."""
    parts: list[float] = []
    benchmark(on_progress=parts.append)
    assert parts[0] == 0.0
    assert (parts[-1], parts.count(1.0)) == (1.0, 1)
    assert parts == sorted(parts)
    assert len(parts) == 1 + len(SYSTEMS) * (1 + WARM_UPS + 5)


@pytest.mark.parametrize("after", in_tiers([1, 9, 20], {9}))
def test_cancel_ends_it_between_passes_and_frees_the_networks(
    monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    made: list[weakref.ref[nn.Module]] = []
    told: list[tuple[str, tuple[int, ...]]] = []

    def build(name: str, *, seed: int) -> nn.Module:
        network = Told(name, told).eval()
        made.append(weakref.ref(network))
        return network

    monkeypatch.setattr(latency, "build_system", build)
    asked = iter(range(after))
    with pytest.raises(Cancelled):
        benchmark(rounds=9, cancelled=lambda: next(asked, None) is None)
    assert len(made) + len(told) == after + 1
    gc.collect()
    assert [one for one in made if one() is not None] == []


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(KeyError, match="vgg16"):
        benchmark(("vgg16",))


# -- on a GPU: a stand-in that works behind the caller's back ----------------------------------


class Gpu:
    """A GPU by a clock of its own: what it was given is done, and takes time, when it is waited
    for. Its tensors stay on the CPU; what has been moved to it is known.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.given = 100.0, 0.0
        self.moved: list[weakref.ref[Tensor | nn.Module]] = []
        self.alive_when_emptied: list[int] = []
        for kind in (nn.Module, Tensor):
            monkeypatch.setattr(kind, "to", self._moving)
        monkeypatch.setattr(torch.cuda, "synchronize", self._wait)
        monkeypatch.setattr(torch.cuda, "empty_cache", self._empty)
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Acme GPU")
        monkeypatch.setattr(rounds.time, "perf_counter", lambda: self.now)

    @property
    def _moving(self) -> Callable[[Tensor | nn.Module, str], Tensor | nn.Module]:
        def to(moved: Tensor | nn.Module, device: str) -> Tensor | nn.Module:
            assert device == "cuda"
            self.moved.append(weakref.ref(moved))
            return moved

        return to

    def holds(self, thing: Tensor | nn.Module) -> bool:
        return any(one() is thing for one in self.moved)

    def _wait(self) -> None:
        self.now, self.given = self.now + self.given, 0.0

    def _empty(self) -> None:
        gc.collect()
        self.alive_when_emptied.append(sum(one() is not None for one in self.moved))


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Gpu:
    return Gpu(monkeypatch)


class Working(nn.Module):
    """Gives the GPU two seconds of work for each picture; fails at its `last` pass."""

    def __init__(self, gpu: Gpu, last: int = 99) -> None:
        super().__init__()
        self.gpu, self.left = gpu, last

    def forward(self, x: Tensor) -> Tensor:
        assert self.gpu.holds(self)
        assert self.gpu.holds(x if x._base is None else x._base)
        self.left -= 1
        if not self.left:
            raise torch.OutOfMemoryError("none left")
        self.gpu.given += 2.0 * len(x)
        return x


def test_a_gpu_s_seconds_are_those_of_the_pass_alone(gpu: Gpu) -> None:
    def run() -> None:
        gpu.given += 2.5

    gpu.given = 7.0  # somebody's work that is not done yet
    assert seconds_of(run, "cuda") == 2.5
    assert (gpu.now, gpu.given) == (109.5, 0.0)


def test_passes_run_on_the_gpu_and_its_memory_is_given_back(
    gpu: Gpu, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(latency, "build_system", lambda *_, **__: Working(gpu).eval())
    result = benchmark((REFERENCE, "densenet121"), device="cuda", batches=(1, 4), rounds=2)
    assert {(one.device, one.batch, one.seconds) for one in result.timings} == {
        ("cuda", 1, (2.0, 2.0)),
        ("cuda", 4, (8.0, 8.0)),
    }
    assert result.machine["gpu"] == "Acme GPU"
    assert (len(gpu.moved), gpu.alive_when_emptied) == (3, [0])


def test_a_gpu_s_memory_is_given_back_after_an_error(
    gpu: Gpu, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the error is on its way, its frames hold nothing any more."""
    monkeypatch.setattr(latency, "build_system", lambda *_, **__: Working(gpu, last=4).eval())
    with pytest.raises(torch.OutOfMemoryError, match="none left"):
        benchmark((REFERENCE,), device="cuda", rounds=2)
    assert (len(gpu.moved), gpu.alive_when_emptied) == (2, [0])


class Storages(nn.Module):
    """Notes the memory that each pass's pictures lie in, and how many they are."""

    def __init__(self, noted: list[tuple[int, int, int]]) -> None:
        super().__init__()
        self.noted = noted

    def forward(self, x: Tensor) -> Tensor:
        storage = x.untyped_storage()
        self.noted.append((storage.data_ptr(), storage.nbytes() // x[0].nbytes, len(x)))
        return x


def test_the_largest_batch_of_pictures_serves_all(monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[tuple[int, int, int]] = []
    monkeypatch.setattr(latency, "build_system", lambda *_, **__: Storages(noted).eval())
    benchmark((REFERENCE,), batches=(2, 5, 1, 5), rounds=1)
    assert len({address for address, _, _ in noted}) == 1
    assert {room for _, room, _ in noted} == {5}
    assert Counter(count for _, _, count in noted) == dict.fromkeys((2, 5, 1), WARM_UPS + 1)


@pytest.mark.slow
def test_a_real_network_takes_time() -> None:
    timing = benchmark((REFERENCE,), rounds=2).timings[0]
    assert (timing.model, len(timing.seconds)) == (REFERENCE, 2)
    assert min(timing.seconds) > 0.001


def test_orders_put_everyone_everywhere() -> None:
    """Over many rounds each thing stands at each place, and after each other."""
    drawn = list(orders(4, 200))
    assert all(sorted(order) == [0, 1, 2, 3] for order in drawn)
    assert {(order.index(thing), thing) for order in drawn for thing in range(4)} == {
        (place, thing) for place in range(4) for thing in range(4)
    }
    follows = {pair for order in drawn for pair in pairwise(order)}
    assert len(follows) == 12


def test_steps_report_and_ask() -> None:
    parts: list[float] = []
    steps = Steps(4.0, parts.append, lambda: len(parts) == 4)
    steps.step(1.0)
    steps.step(2.0)
    with pytest.raises(Cancelled):
        steps.step(2.0)
    assert parts == [0.0, 0.25, 0.75, 1.0]


def test_a_sum_of_parts_ends_at_one() -> None:
    parts: list[float] = []
    steps = Steps(1.0, parts.append, None)
    for _ in range(10):
        steps.step(0.1)  # makes 0.9999999999999999
    assert parts[-2:] == [pytest.approx(0.9), 1.0]


def test_devices_are_those_that_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert machine.devices() == ("cpu",)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert machine.devices() == ("cpu", "cuda")


def test_what_torch_keeps_of_a_gpu_and_does_not_use_is_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (700, 900))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda: 150)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda: 40)
    assert machine.spare_bytes("cuda") == 700 + (150 - 40)


def test_a_containers_limit_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine, "_PROC", tmp_path)
    monkeypatch.setattr(machine, "_GROUP", tmp_path)
    assert machine.spare_bytes("cpu") is None
    (tmp_path / "meminfo").write_text("MemTotal: 90 kB\nMemAvailable: 50 kB\n")
    assert machine.spare_bytes("cpu") == 51_200
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("30000\n")
    (tmp_path / "memory.stat").write_text("anon 5000\nfile 25000\ninactive_file 0\n")
    assert machine.spare_bytes("cpu") == 51_200
    (tmp_path / "memory.max").write_text("40000\n")
    assert machine.spare_bytes("cpu") == 10_000
    # Files that were read and lie in the cache are given up for whoever needs the memory.
    stat = "anon 5000\nfile 25000\nactive_file 4000\ninactive_file 21000\n"
    (tmp_path / "memory.stat").write_text(stat)
    assert machine.spare_bytes("cpu") == 31_000
