"""A batch in shares on threads."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from densenet_viz.machine import BACK, step_back
from densenet_viz.network.fused.differentiable import DifferentiableDenseNet
from densenet_viz.network.fused.network import fuse
from densenet_viz.network.shares import alone, by_itself, in_shares, processors
from tests.small_models import small_network


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def seen(start: int, stop: int) -> tuple[list[int], str, int]:
    return list(range(start, stop)), threading.current_thread().name, torch.get_num_threads()


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize("count", [2, 5, 8])
def test_every_item_is_in_one_share(count: int) -> None:
    shares = in_shares(seen, count)
    assert [item for items, _, _ in shares for item in items] == list(range(count))
    assert [len(items) for items, _, _ in shares] == [count // 2, count - count // 2]


@pytest.mark.usefixtures("two_threads")
def test_shares_run_at_the_same_time_with_one_processor_each() -> None:
    meeting = threading.Barrier(2, timeout=10)

    def work(start: int, stop: int) -> int:
        meeting.wait()  # breaks, and raises, if the other share does not run as well
        return seen(start, stop)[2]

    assert in_shares(work, 2) == [1, 1]


@pytest.mark.usefixtures("two_threads")
def test_other_threads_keep_their_processors() -> None:
    in_shares(seen, 4)
    assert torch.get_num_threads() == 2
    with ThreadPoolExecutor(1) as new:
        assert new.submit(torch.get_num_threads).result() == 2


@pytest.mark.usefixtures("two_threads")
def test_one_item_takes_one_processor() -> None:
    for count, items in ((1, [0]), (0, [])):
        ((done, name, threads),) = in_shares(seen, count)
        assert (done, threads) == (items, 1)
        assert name != threading.current_thread().name


@pytest.mark.usefixtures("two_threads")
def test_who_works_alone_still_shares() -> None:
    with alone():
        assert (torch.get_num_threads(), processors()) == (1, 2)
        assert [threads for _, _, threads in in_shares(seen, 4)] == [1, 1]
        assert in_shares(seen, 1) == [([0], threading.current_thread().name, 1)]
        with alone():
            assert processors() == 2
    assert (torch.get_num_threads(), processors()) == (2, 2)
    with pytest.raises(LookupError), alone():
        raise LookupError
    assert torch.get_num_threads() == 2


def test_who_has_one_processor_shares_nothing() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with alone():
        assert len(in_shares(seen, 4)) == 1
    torch.set_num_threads(before)


@pytest.mark.usefixtures("two_threads")
def test_what_a_share_raises_is_raised() -> None:
    def work(start: int, _stop: int) -> None:
        if start:
            raise LookupError("the second half")

    with pytest.raises(LookupError, match="the second half"):
        in_shares(work, 4)


@pytest.mark.usefixtures("two_threads")
def test_work_by_itself_has_one_processor_and_never_waits_for_its_own_turn() -> None:
    assert by_itself(torch.get_num_threads) == 1
    assert by_itself(lambda: by_itself(torch.get_num_threads)) == 1
    both = in_shares(lambda start, stop: by_itself(lambda: (start, stop)), 2)
    assert both == [(0, 1), (1, 2)]


@pytest.mark.usefixtures("two_threads")
def test_a_share_may_have_shares() -> None:
    """It does them itself: threads that waited for each other's turn would wait for ever."""
    inner = in_shares(lambda start, stop: in_shares(seen, stop - start), 4)
    assert [len(shares) for shares in inner] == [1, 1]


@pytest.mark.usefixtures("two_threads")
def test_a_network_gives_the_same_in_shares() -> None:
    fused = fuse(small_network(), backward=torch.float32)
    x = torch.randn(5, 3, 64, 64, generator=torch.Generator().manual_seed(2), requires_grad=True)
    targets = torch.tensor([0, 1, 2, 3, 4])
    network = DifferentiableDenseNet(fused)
    parted = DifferentiableDenseNet(fused)
    parted.relu.register_forward_hook(lambda *_given: None)

    def computed() -> tuple[torch.Tensor, ...]:
        slopes = [torch.autograd.grad(net(x)[:, 2].sum(), x)[0] for net in (network, parted)]
        return (fused.logits(x), *fused.gradients(x, targets), *slopes)

    together = computed()
    torch.set_num_threads(1)
    alone = computed()
    for one, other in zip(together, alone, strict=True):
        assert not one.requires_grad
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.skipif(sys.platform != "linux", reason="niceness is a thread's own on Linux only")
def test_threads_that_compute_let_those_that_answer_go_first() -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = niceness()
    apart: list[int] = []
    thread = threading.Thread(target=lambda: (step_back(), apart.append(niceness())))
    thread.start()
    thread.join()
    assert apart == [max(before, BACK)]
    assert niceness() == before
