"""Waiting for what others do: a condition with an end, never a span of time."""

from collections.abc import Callable
from time import monotonic, sleep


def until(true: Callable[[], object], seconds: float = 20) -> None:
    """Wait until it is so; AssertionError when it has not come to be so by then."""
    end = monotonic() + seconds
    while not true():
        assert monotonic() < end, "it never came to be so"
        sleep(0.005)
