"""Chance from a seed: the same seed gives the same life, on every machine and in every process."""

from collections.abc import Sequence
from hashlib import sha256
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """Made of `random()` and `getrandbits()` alone: these two stay the same from one Python to the next."""

    __slots__ = ("_bits", "roll")

    def __init__(self, *seed: object) -> None:
        source = Random(int.from_bytes(sha256(repr(seed).encode()).digest(), "big"))
        self.roll = source.random
        """A number in [0, 1)."""
        self._bits = source.getrandbits

    def of(self, choices: Sequence[T]) -> T:
        """One of these."""
        return choices[int(self.roll() * len(choices))]

    def some(self, choices: Sequence[T], low: int, high: int) -> tuple[T, ...]:
        """From `low` to `high` different ones, neighbors in their list."""
        start = int(self.roll() * len(choices))
        return tuple(choices[(start + n) % len(choices)] for n in range(self.whole(low, high)))

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.roll() * (high - low + 1))

    def id(self) -> str:
        """A random UUID."""
        digits = f"{self._bits(128):032x}"
        variant = "89ab"[int(digits[16], 16) & 3]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

    def key(self) -> bytes:
        """A random key of 32 bytes."""
        return self._bits(256).to_bytes(32, "big")
