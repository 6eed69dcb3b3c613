"""Several processes write to one journal, and some of them are killed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from domain.journal import Journal
from tests.journal.asking import ask, capacity, milestone, pair, register
from tests.support.scenes import named

HOUSE = Path(__file__).parents[2]


class Other:
    """A process of its own at the same journal."""

    def __init__(self, database: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.journal.other", database],
            cwd=HOUSE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.hear() == ["ready"]

    def tell(self, *words: str) -> None:
        """Let it do this."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()

    def hear(self) -> Any:
        """What it says next."""
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    def kill(self) -> list[str]:
        """Kill it without a warning; what it still said, the last word perhaps cut off."""
        self.process.kill()
        assert self.process.stdout
        *whole, _ = self.process.stdout.read().split("\n")
        self.end()
        return [json.loads(line)[0] for line in whole]

    def end(self) -> None:
        """Let it end."""
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe
            pipe.close()
        self.process.wait()


@contextmanager
def others(journal: Journal, many: int) -> Iterator[list[Other]]:
    """So many other processes."""
    with ExitStack() as stack:
        started = [Other(journal.database) for _ in range(many)]
        for other in started:
            stack.callback(other.end)
        yield started


def race(one: Other, another: Other, wish: list[str], other_wish: list[str]) -> list[Any]:
    """Both ask at the same time; what both are told."""
    one.tell("ask", *wish)
    another.tell("ask", *other_wish)
    return [one.hear(), another.hear()]


ROUNDS = 10


def test_two_processes_race_for_a_mentors_last_place_and_one_wins(journal: Journal) -> None:
    register(journal, "ben", "bea")
    with others(journal, 2) as (one, another):
        for number in range(ROUNDS):
            mentor = f"mentor {number}"
            register(journal, mentor)
            ask(journal, capacity(mentor, 1))
            told = race(
                one,
                another,
                ["pairing", f"one {number}", mentor, "ben"],
                ["pairing", f"another {number}", mentor, "bea"],
            )
            assert sorted(told) == [["answered", "Paired", "MentorSlotTaken"], ["refused", "CAPACITY_FULL"]]
    taken = [entry for entry in journal.entries() if entry.kind == "MentorSlotTaken"]
    assert len({entry.stream for entry in taken}) == len(taken) == ROUNDS
    assert list(journal.verify()) == []


def test_a_goal_is_proposed_while_its_relationship_closes_and_one_wins(journal: Journal) -> None:
    with others(journal, 2) as (one, another):
        for number in range(ROUNDS):
            bond, goal = f"bond {number}", f"goal {number}"
            pair(journal, bond, f"ann {number}", f"ben {number}")
            proposed, closed = race(one, another, ["proposal", goal, bond], ["closing", bond])
            assert closed[:2] == ["answered", "Closed"]
            kinds = [entry.kind for entry in journal.entries(root=named(bond))]
            if proposed == ["answered", "GoalProposed"]:
                assert kinds == ["Paired", "GoalProposed", "Closed", "GoalParked"]
            else:
                assert proposed == ["refused", "WRONG_STATE"]
                assert kinds == ["Paired", "Closed"]
    assert list(journal.verify()) == []


def survive(journal: Journal, name: str) -> None:
    """A process is killed while it writes: what it answered is there once, and asking again adds nothing to it."""
    with others(journal, 1) as (other,):
        other.tell("storm", name)
        answered = [other.hear()[0] for _ in range(100)]
        answered += other.kill()
    written = [entry.data()["code"] for entry in journal.entries(kinds=["MilestoneReached"])]
    assert len(written) == len(set(written))
    assert set(answered) <= set(written)
    asked = [code for code in written if code.startswith(f"{name}.")]
    for code in asked[-20:]:
        assert ask(journal, milestone(code), key=code).events == ("MilestoneReached",)
    assert journal.position() == 4 + len(written)
    assert list(journal.verify()) == []


def test_what_a_killed_process_answered_is_there_exactly_once(journal: Journal) -> None:
    pair(journal)
    for number in range(3):
        survive(journal, f"kill{number}")


@pytest.mark.long
def test_what_many_killed_processes_answered_is_there_exactly_once(journal: Journal) -> None:
    pair(journal)
    for number in range(40):
        survive(journal, f"kill{number}")
