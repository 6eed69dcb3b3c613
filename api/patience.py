"""Patience: what takes too long is ended, by one timer for all. A timer for each request costs more than reading it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Patience:
    """Watches what tasks of one event loop wait for."""

    def __init__(self) -> None:
        self._until: dict[asyncio.Task[Any], float] = {}
        self._over: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def wait(self, seconds: float, work: Coroutine[Any, Any, T]) -> T:
        """What this work gives. It is broken off, and TimeoutError raised, when it takes longer."""
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None
        self._until[task] = until = loop.time() + seconds
        if self._timer is None or until < self._timer.when():
            self._look_at(until, loop)
        try:
            return await work
        except asyncio.CancelledError:
            if task in self._over and task.uncancel() == 0:
                raise TimeoutError from None
            raise
        finally:
            del self._until[task]
            self._over.discard(task)

    def _look_at(self, when: float, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(when, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer, now = None, loop.time()
        for task, until in self._until.items():
            if until <= now and task not in self._over:
                self._over.add(task)
                task.cancel()
        if later := [until for until in self._until.values() if until > now]:
            self._look_at(min(later), loop)
