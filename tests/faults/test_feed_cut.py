"""A follower of the feed that is cut off at random misses nothing and sees nothing twice."""

from contextlib import suppress
from random import Random
from time import monotonic

import httpx
import pytest

from domain.journal import Journal
from tests.support.serving import Load, Server
from tests.support.streams import stream
from tests.support.waiting import until


def follow(journal: Journal, server: Server, *, wishes: int, seconds: float) -> None:
    """Follow while so many wishes are granted, and for so long at least, cut off again and again."""
    chance, seen, cuts = Random(7), [0], 0
    who = {"Authorization": f"Bearer {server.token('auditor')}"}
    began = monotonic()

    def follow_on(most: int) -> None:
        with suppress(httpx.TransportError), stream(server.address, who, last=seen[-1]) as coming:
            for _ in range(most):
                [came] = coming.take(1)
                assert came.id == came.data["position"]
                seen.append(came.id)

    with Load(server, "load", callers=4) as load:
        while len(load.answered) < wishes or monotonic() < began + seconds:
            follow_on(min(chance.randrange(1, 40), journal.position() - seen[-1]))
            cuts += 1
    assert (load.failed, load.lost) == ([], [])
    last = journal.position()
    until(lambda: follow_on(last - seen[-1]) or seen[-1] == last)  # type: ignore[func-returns-value]
    assert seen == list(range(last + 1))
    assert cuts > 5


def test_a_follower_that_is_cut_off_misses_nothing(journal: Journal, server: Server) -> None:
    follow(journal, server, wishes=300, seconds=0)


@pytest.mark.long
def test_a_follower_that_is_cut_off_for_a_minute_misses_nothing(journal: Journal, server: Server) -> None:
    follow(journal, server, wishes=300, seconds=60)
