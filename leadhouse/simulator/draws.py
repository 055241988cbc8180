"""Seeded chance: one value at a time for small tables, arrays for big ones.

Each stream is named by the seed and a path, so that one part of a simulation never shifts another's draws. Only
``random.Random.random`` and the raw bits of ``PCG64`` are used: those two are documented to stay the same in later
versions, most other methods are not.
"""

import hashlib
import math
import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")

Integers = npt.NDArray[np.int64]
"""Shape ``(n,)`` unless said otherwise."""


class Draws:
    """A stream of single draws.

    Args:
        seed: the simulation's seed.
        path: what the stream is for.
    """

    def __init__(self, seed: int, *path: object) -> None:
        self._fraction = random.Random(_stream_name(seed, path)).random

    def chance(self, share: float) -> bool:
        """True in this share (0 to 1) of the draws."""
        return self._fraction() < share

    def below(self, bound: int) -> int:
        """A whole number from 0 to ``bound - 1``."""
        return int(self._fraction() * bound)

    def between(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self._fraction() * (high - low + 1))

    def wait(self, days: float) -> timedelta:
        """A time in whole seconds, exponentially distributed with this mean; one second at least."""
        return timedelta(seconds=1 + int(-math.log(1 - self._fraction()) * days * 86400))

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, all equally likely."""
        return options[int(self._fraction() * len(options))]

    def weighted(self, options: Mapping[T, int]) -> T:
        """One of the options, as likely as its weight says."""
        left = int(self._fraction() * sum(options.values()))
        for option, weight in options.items():
            left -= weight
            if left < 0:
                return option
        raise ValueError("weights must be positive")

    def sample(self, options: Sequence[T], count: int) -> list[T]:
        """``count`` different options (all of them where there are fewer), in random order."""
        pool = list(options)
        for place in range(min(count, len(pool))):
            other = place + self.below(len(pool) - place)
            pool[place], pool[other] = pool[other], pool[place]
        return pool[:count]


class ArrayDraws:
    """A stream of draws by the array.

    Args:
        seed: the simulation's seed.
        path: what the stream is for.
    """

    def __init__(self, seed: int, *path: object) -> None:
        digest = hashlib.sha256(_stream_name(seed, path).encode()).digest()
        self._bits = np.random.PCG64(int.from_bytes(digest[:16]))

    def below(self, count: int, bound: int) -> Integers:
        """``count`` whole numbers from 0 to ``bound - 1``; the bound is less than 2**31."""
        high_bits = self._bits.random_raw(count) >> np.uint64(33)
        return (high_bits.astype(np.int64) * bound) >> 31

    def chance(self, count: int, per_mille: int) -> npt.NDArray[np.bool_]:
        """``count`` truth values, true in so many of a thousand draws."""
        return self.below(count, 1000) < per_mille

    def weighted(self, count: int, weights: Sequence[int]) -> Integers:
        """``count`` places in ``weights``, each as likely as its weight says."""
        limits = np.cumsum(np.asarray(weights, dtype=np.int64))
        return np.searchsorted(limits, self.below(count, int(limits[-1])), side="right").astype(np.int64)


class Scatter:
    """Numbers ``0 … size - 1`` in an order that looks random; no two indexes below ``size`` share one.

    Args:
        seed: the simulation's seed.
        size: how many numbers there are; less than 2**31.
        path: what the numbers are for.
    """

    def __init__(self, seed: int, size: int, *path: object) -> None:
        draws = Draws(seed, "scatter", *path)
        step = draws.between(size // 3, size - 1) | 1
        while math.gcd(step, size) != 1:
            step += 2
        self._size, self._step, self._offset = size, step, draws.below(size)

    def number(self, index: int) -> int:
        """The number of one index."""
        return (index * self._step + self._offset) % self._size

    def numbers(self, indexes: Integers) -> Integers:
        """The numbers of many indexes."""
        return (indexes * self._step + self._offset) % self._size


def _stream_name(seed: int, path: tuple[object, ...]) -> str:
    return "/".join(str(part) for part in (seed, *path))
