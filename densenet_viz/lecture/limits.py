"""A rate limit per address: an allowance that is used up and comes back with time."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

MOST_ADDRESSES = 4096


class Allowance:
    """For each address: `burst` requests at once, then `per_second` more each second.

    Args:
        burst: requests, 1 or more.
        per_second: requests that come back each second, above 0.
        clock: a clock in seconds that never goes back.
    """

    def __init__(
        self, burst: int, per_second: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst = burst
        self._per_second = per_second
        self._clock = clock
        self._spent: dict[str, tuple[float, float]] = {}

    def wait(self, address: str) -> float:
        """Seconds until the address may send the next request; 0 if it may now."""
        return max(0.0, (self._used(address) + 1 - self._burst) / self._per_second)

    def spend(self, address: str) -> float:
        """Uses one request if one is left; returns what `wait` gave before."""
        wait = self.wait(address)
        if not wait:
            used = self._used(address) + 1
            self._spent.pop(address, None)
            self._make_room()
            self._spent[address] = (used, self._clock())
        return wait

    def _used(self, address: str) -> float:
        used, when = self._spent.get(address, (0.0, 0.0))
        return max(0.0, used - (self._clock() - when) * self._per_second)

    def _make_room(self) -> None:
        """Forgets addresses that have their whole burst again, then those used longest ago."""
        if len(self._spent) < MOST_ADDRESSES:
            return
        self._spent = {one: spent for one, spent in self._spent.items() if self._used(one)}
        while len(self._spent) >= MOST_ADDRESSES:
            self._spent.pop(next(iter(self._spent)))


def counted_as(host: str) -> str:
    """The name under which an address is counted: itself, or the 64-bit network of an IPv6 address.

    >>> counted_as("192.0.2.7"), counted_as("2001:db8::1:2:3:4"), counted_as("::ffff:192.0.2.7")
    ('192.0.2.7', '2001:db8::', '192.0.2.7')
    """
    try:
        address = ip_address(host)
    except ValueError:
        return host[:64]
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Address(int(address) >> 64 << 64))
