"""Wrong secrets slowed down: so many at once, then one now and then, for each client and for all of them. Pure.

A bucket holds what may still go wrong and fills with time, so that nobody is ever shut out for good. Passwords and
tokens have buckets of their own: whoever guesses passwords keeps no program with the right token waiting. When all
clients together have used up theirs, only those that have been wrong lately have to wait.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

CLIENTS = 4_096  # that are remembered; of more, those are forgotten whose last mistake is longest ago
IPV6_NETWORK = 64  # bits: a subscriber has at least so many addresses to itself


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """So many at once, and another each so many seconds."""

    burst: int
    every_s: float


OF_ONE = Rate(burst=10, every_s=6.0)
OF_ALL = Rate(burst=100, every_s=1.0)


@dataclass(slots=True)
class _Bucket:
    """What is left of a rate's burst, as of an instant."""

    rate: Rate
    left: float
    at: float

    def fill(self, now: float) -> None:
        self.left = min(self.rate.burst, self.left + max(now - self.at, 0) / self.rate.every_s)
        self.at = now

    @property
    def wait_s(self) -> float:
        """Until there is one again, 0 while there is."""
        return max(1 - self.left, 0) * self.rate.every_s


class Throttle:
    """Counts wrong secrets by client and altogether; `clock` gives seconds that only ever grow."""

    def __init__(self, clock: Callable[[], float], *, of_one: Rate = OF_ONE, of_all: Rate = OF_ALL) -> None:
        self._clock, self._of_one = clock, of_one
        self._clients: OrderedDict[str, _Bucket] = OrderedDict()
        self._all = _Bucket(rate=of_all, left=of_all.burst, at=clock())

    def wait_s(self, client: str) -> int:
        """Whole seconds until a client may try again, 0 where it may now."""
        now = self._clock()
        bucket = self._clients.get(client)
        if bucket is None:
            return 0
        bucket.fill(now)
        self._all.fill(now)
        together = self._all.wait_s if bucket.left < bucket.rate.burst else 0.0
        return math.ceil(max(bucket.wait_s, together))

    def was_wrong(self, client: str) -> None:
        """Remember a mistake."""
        now = self._clock()
        bucket = self._clients.setdefault(client, _Bucket(rate=self._of_one, left=self._of_one.burst, at=now))
        self._clients.move_to_end(client)
        for one in (bucket, self._all):
            one.fill(now)
            one.left = max(one.left - 1, 0)
        while len(self._clients) > CLIENTS:
            self._clients.popitem(last=False)


def client_key(address: str, scheme: str) -> str:
    """Whom a mistake is put down to: the address, of IPv6 its network, and the kind of secret that was tried."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return f"{scheme} {address[:64]}"
    if known.version == 6:
        known = getattr(known, "ipv4_mapped", None) or ip_address(int(known) >> IPV6_NETWORK << IPV6_NETWORK)
    return f"{scheme} {known}"
