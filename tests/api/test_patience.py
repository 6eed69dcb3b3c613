"""What takes too long is broken off, and nothing else is."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from api.patience import Patience

LONG, SHORT = 60.0, 0.02


def run(coroutine: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(coroutine, 20))


async def never() -> None:
    await asyncio.get_running_loop().create_future()


async def soon(answer: str) -> str:
    await asyncio.sleep(0)
    return answer


def test_what_ends_in_time_gives_its_answer_and_is_left_alone_afterwards() -> None:
    async def scene() -> None:
        patience = Patience()
        assert await patience.wait(SHORT, soon("here")) == "here"
        with pytest.raises(TimeoutError):
            await patience.wait(2 * SHORT, never())
        assert await soon("still here") == "still here"
        assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]

    run(scene())


def test_the_shortest_patience_ends_first_whoever_came_before() -> None:
    async def scene() -> None:
        patience, ended = Patience(), []

        async def waits(name: str, seconds: float) -> None:
            with pytest.raises(TimeoutError):
                await patience.wait(seconds, never())
            ended.append(name)

        await asyncio.gather(waits("last", 4 * SHORT), waits("first", SHORT), waits("second", 2 * SHORT))
        assert ended == ["first", "second", "last"]

    run(scene())


def test_who_is_cancelled_by_somebody_else_is_cancelled() -> None:
    async def scene() -> None:
        waiting = asyncio.create_task(Patience().wait(LONG, never()))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    run(scene())


def test_what_goes_wrong_goes_wrong() -> None:
    async def fails() -> None:
        raise ValueError("not so")

    async def scene() -> None:
        with pytest.raises(ValueError, match="not so"):
            await Patience().wait(LONG, fails())

    run(scene())
