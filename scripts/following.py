"""The follower on its own: keeps the views up to date beside any number of servers, until it is told to end."""

import signal
from collections.abc import Callable
from types import FrameType

from domain.journal import Journal
from projections.follower import At, Follower


def follow(journal: Journal, say: Callable[[str], None], ended: Callable[[], bool]) -> None:
    """Keep the current views up to date until it `ended`; what is being written by then is finished.

    While the journal cannot be reached, or its views cannot be used, it waits and tries again. It says so once.
    """
    trouble = False

    def went(at: At) -> None:
        nonlocal trouble
        if trouble:
            say(f"The views go on, and stand at position {at.position}.")
        trouble = False

    def stuck(problem: Exception) -> None:
        nonlocal trouble
        if not trouble:
            say(f"The views stand still until it is mended: {problem}")
        trouble = True

    Follower(journal).follow(ended, went, stuck)


class Told:
    """Whether the process was told to end, by Ctrl-C or by SIGTERM, since the block began; it ends by itself."""

    def __init__(self) -> None:
        self._told = False
        self._before: dict[signal.Signals, Callable[[int, FrameType | None], object] | int | None] = {}

    def __call__(self) -> bool:
        return self._told

    def __enter__(self) -> "Told":
        for told in (signal.SIGINT, signal.SIGTERM):
            self._before[told] = signal.signal(told, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        for told, before in self._before.items():
            signal.signal(told, before)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self._told = True  # and no more: it may come in the middle of anything
