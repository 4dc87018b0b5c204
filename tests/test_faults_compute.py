"""Faults of the computing rooms that were mended: each test failed before."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
import torch

from densenet_viz.network import shares
from densenet_viz.network.shares import alone, processors, without_sharing


@pytest.fixture
def three_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def in_new_thread(work: Callable[[], int]) -> int:
    results: list[int] = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join()
    return results[0]


@pytest.mark.usefixtures("three_threads")
@pytest.mark.parametrize("block", [alone, without_sharing])
def test_overlapping_blocks_leave_later_threads_their_processors(
    block: Callable[[], AbstractContextManager[None]],
) -> None:
    first_is_in, second_is_in, first_is_out = (threading.Event() for _ in range(3))
    after: list[int] = []

    def first() -> None:
        with block():
            first_is_in.set()
            second_is_in.wait()
        after.append(torch.get_num_threads())
        first_is_out.set()

    def second() -> None:
        first_is_in.wait()
        with block():
            second_is_in.set()
            first_is_out.wait()
        after.append(torch.get_num_threads())

    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    first_is_out.wait()
    assert in_new_thread(torch.get_num_threads) == 3  # while the second is still in its block
    for thread in threads:
        thread.join()
    assert after == [3, 3]
    assert in_new_thread(torch.get_num_threads) == 3


@pytest.mark.usefixtures("three_threads")
def test_a_thread_that_starts_while_another_works_alone_has_all_processors() -> None:
    with alone():
        assert in_new_thread(torch.get_num_threads) == 3
        assert (torch.get_num_threads(), processors()) == (1, 3)
    with without_sharing():
        assert in_new_thread(processors) == 3
        assert (torch.get_num_threads(), processors()) == (1, 1)


@pytest.mark.usefixtures("three_threads")
def test_the_threads_of_the_pool_change_no_other_thread() -> None:
    with alone():
        pool = shares._started(2)
    assert pool.submit(torch.get_num_threads).result() == 1
    pool.shutdown()
    assert in_new_thread(torch.get_num_threads) == 3
