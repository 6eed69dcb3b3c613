"""A server that is killed at work: what it answered is there once, and asking again for the rest adds nothing twice."""

from collections import Counter

import pytest

from domain.journal import Journal
from projections.check import check
from projections.views import Views
from tests.support.scenes import named
from tests.support.serving import Load, serving
from tests.support.waiting import until

MILESTONES = f"/v1/relationships/{named('bond')}/milestones"


def milestones(journal: Journal) -> Counter[str]:
    """How often each milestone was written."""
    return Counter(entry.data()["code"] for entry in journal.entries(kinds=["MilestoneReached"]))


def survive(database: str, kills: int) -> None:
    """A server is killed under load, as often as said, and started again."""
    answered: set[str] = set()
    lost: list[str] = []
    for number in range(kills + 1):
        with serving(database) as server:
            with server.client() as client:
                for code in lost:
                    assert client.ask("POST", MILESTONES, {"code": code}, key=code).status == 200
            answered.update(lost)
            if number == kills:
                break
            with Load(server, f"kill{number}") as load:
                until(lambda: len(load.answered) >= 100 + 37 * number % 200)  # noqa: B023
                server.kill()
        assert load.failed == []
        answered.update(load.answered)
        lost = load.lost[:20]
        with Journal.open(database) as journal:
            found = milestones(journal)
            assert set(found.values()) == {1}
            assert answered <= found.keys()
            assert list(journal.verify()) == []
    with Journal.open(database) as journal:
        found = milestones(journal)
        assert set(found.values()) == {1}
        assert answered <= found.keys()
        assert journal.position() == 4 + len(found)
        assert Views(journal).make_ready() == journal.position()
        compared = check(journal)
        assert (compared.equal, compared.gaps, compared.unreadable) == (True, [], [])


def test_what_a_killed_server_answered_is_there_exactly_once(paired: str) -> None:
    survive(paired, 5)


@pytest.mark.long
def test_what_a_server_answered_that_was_killed_again_and_again_is_there_exactly_once(paired: str) -> None:
    survive(paired, 50)
