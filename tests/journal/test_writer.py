"""One writes at a time, decides under the lock, and answers when it is on the disk."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from domain.decider import Command, Fact, Stamp, States, Stream
from domain.goal import Goal
from domain.goal.events import GoalAgreed
from domain.journal import Answer, Caller, Journal, Unreachable, Wish, utc_now
from domain.journal.deciding import Desk
from domain.journal.wishes import Remembered, remember
from domain.participant import Participant, RegisterParticipant
from domain.participant.events import CapacitySet, ParticipantRegistered
from domain.refusals import Forbidden, Refusal, Refused, Stale, Unknown
from domain.relationship import Relationship
from tests.journal.asking import (
    ANN,
    OPERATOR,
    Clock,
    agreement,
    ask,
    capacity,
    locked,
    milestone,
    pair,
    pairing,
    proposal,
    register,
    session,
    together,
)
from tests.support.scenes import named


class Broken(Command):
    """A command with a mistake in it."""

    participant: str
    mistake: str

    @property
    def target(self) -> Stream:
        return Stream(Participant, self.participant)

    def decide(self, states: States, stamp: Stamp) -> list[Fact]:
        fact = Fact(self.target, CapacitySet(max=9, occurred_on=stamp.today()))
        match self.mistake:
            case "nobody concerned":
                return [fact, Fact(self.target, ParticipantRegistered(profile="text", occurred_on=stamp.today()))]
            case "another's event":
                return [fact, Fact(self.target, GoalAgreed(by="ann", occurred_on=stamp.today()))]
            case "another's id":
                return [fact, Fact(Stream(Goal, self.participant), GoalAgreed(by="ann", occurred_on=stamp.today()))]
            case _:
                raise ZeroDivisionError(self.mistake)


def test_an_answer_tells_what_came_of_the_wish(journal: Journal) -> None:
    register(journal, "ann", "ben")
    answer = ask(journal, pairing())
    assert answer == Answer(named("bond"), 1, 4, ("Paired", "MentorSlotTaken"), "active", created=True)
    assert ask(journal, milestone("talk")) == Answer(
        named("bond"), 2, 5, ("MilestoneReached",), "active", created=False
    )


def test_what_is_so_already_is_answered_with_the_journals_position(journal: Journal) -> None:
    pair(journal)
    register(journal, "cora")
    assert ask(journal, pairing()) == Answer(named("bond"), 1, 5, (), "active", created=False)
    assert journal.position() == 5


def test_an_entry_keeps_all_that_was_said(journal: Journal, clock: Clock) -> None:
    pair(journal)
    clock.wait(minutes=1)
    caller = Caller("cora", "coordinator", "api", on_behalf_of=named("ben"))
    ask(journal, session("session 1", summary="We spoke of talks."), caller)
    [entry] = journal.entries(after=4)
    assert entry[:15] == (
        5,
        named("bond"),
        named("bond"),
        2,
        "SessionHeld",
        1,
        "2026-03-02",
        entry.recorded_at,
        "live",
        "cora",
        "coordinator",
        "api",
        named("ben"),
        0,
        "HoldSession",
    )
    assert entry.recorded == clock.now
    assert entry.data()["asserted_by"] == named("ben")
    assert "We spoke" not in entry.facts.decode()
    assert journal.personal([5]) == {5: {"summary": "We spoke of talks."}}
    with journal.connect() as connection:
        concerned = {who for (who,) in connection.execute("SELECT subject FROM personal WHERE position = 5")}
    assert concerned == {named("ann"), named("ben")}


def test_the_time_of_recording_rises_from_act_to_act_whatever_the_clock_does(journal: Journal, clock: Clock) -> None:
    pair(journal)
    clock.wait(days=-1)
    ask(journal, milestone("earlier"))
    times = [entry.recorded_at for entry in journal.entries()]
    assert [time - times[0] for time in times] == [0, 1, 2, 2, 3]


def test_a_goal_is_gathered_under_its_relationship(journal: Journal) -> None:
    pair(journal)
    ask(journal, proposal("talk"))
    ask(journal, agreement("talk"))
    assert [(entry.root, entry.stream, entry.version) for entry in journal.entries(after=4)] == [
        (named("bond"), named("talk"), 1),
        (named("bond"), named("talk"), 2),
    ]


def test_a_refused_wish_writes_nothing(journal: Journal) -> None:
    with pytest.raises(Unknown):
        ask(journal, milestone("talk"))
    assert journal.position() == 0


def test_a_wish_sees_those_before_it_in_its_batch_and_a_refusal_hurts_nobody_else(journal: Journal) -> None:
    register(journal, "ann", "ben")
    wishes = (capacity("ann", 1), pairing(), pairing("second", mentee="nobody"), milestone("talk"), capacity("ann", 2))
    first, second, third, fourth, fifth = together(journal, *(Wish(wish, OPERATOR) for wish in wishes))
    assert (first.result().version, second.result().events) == (2, ("Paired", "MentorSlotTaken"))
    with pytest.raises(Refused, match="UNKNOWN"):
        third.result()
    assert (fourth.result().version, fifth.result().version) == (2, 4)
    assert journal.position() == 8


@pytest.mark.parametrize(
    ("mistake", "problem"),
    [("nobody concerned", ValueError), ("another's event", AssertionError), ("division", ZeroDivisionError)],
)
def test_a_broken_command_hurts_nobody_else(journal: Journal, mistake: str, problem: type[Exception]) -> None:
    register(journal, "ann")
    ann = named("ann")
    commands: list[Command] = [capacity("ann", 1), Broken(participant=ann, mistake=mistake), capacity("ann", 2)]
    first, broken, last = together(journal, *(Wish(command, OPERATOR) for command in commands))
    with pytest.raises(problem):
        broken.result()
    assert (first.result().version, last.result().version) == (2, 3)
    assert [entry.facts for entry in journal.entries(root=ann)][1:] == [b'{"max":1}', b'{"max":2}']
    assert list(journal.verify()) == []


def test_an_id_names_one_kind_of_thing_for_good(journal: Journal) -> None:
    pair(journal)
    with pytest.raises(Refused) as refused:
        ask(journal, proposal("ann"))
    assert (refused.value.code, str(refused.value)) == (
        Refusal.ID_TAKEN,
        f"ID_TAKEN: the id {named('ann')} already names a participant; choose another",
    )
    with pytest.raises(Refused, match="ID_TAKEN"):
        ask(journal, Broken(participant=named("new"), mistake="another's id"))
    with pytest.raises(Unknown):
        ask(journal, milestone("talk", bond="ann"))
    assert journal.position() == 4


def test_a_version_that_has_passed_is_stale(journal: Journal) -> None:
    pair(journal)
    with pytest.raises(Stale, match="version 7, but it is now at version 1"):
        ask(journal, milestone("talk"), if_match=7)
    assert ask(journal, milestone("talk"), if_match=1).version == 2
    with pytest.raises(Stale):
        ask(journal, milestone("walk"), if_match=1)
    assert ask(journal, RegisterParticipant(id=named("new")), if_match=0).created


def test_whether_the_caller_may_is_asked_of_the_states_that_the_decision_sees(journal: Journal) -> None:
    def is_open(states: States) -> None:
        if states.find(Relationship, named("bond")).status != "active":
            raise Forbidden("this relationship is not yours")

    register(journal, "ann", "ben")
    wish = Wish(milestone("talk"), ANN, guard=is_open)
    with pytest.raises(Forbidden):
        journal.record(wish)
    paired, allowed = together(journal, Wish(pairing(), OPERATOR), wish)
    assert (paired.result().state, allowed.result().version) == ("active", 2)


def test_of_64_who_saw_the_same_version_one_wins(journal: Journal) -> None:
    pair(journal)
    barrier = Barrier(64)

    def attempt(number: int) -> bool:
        barrier.wait()
        try:
            ask(journal, milestone(f"code{number}"), if_match=1)
        except Stale:
            return False
        return True

    with ThreadPoolExecutor(64) as threads:
        assert sum(threads.map(attempt, range(64))) == 1


def test_a_forgotten_state_is_loaded_again(database: str, clock: Clock) -> None:
    with Journal.create(database, clock) as made:
        pair(made)
        ask(made, proposal("talk"))
    journal = Journal(database, clock, states=1)
    with journal:
        for number in range(5):
            ask(journal, milestone(f"code{number}"))
            ask(journal, capacity("ann", number + 3))
        assert ask(journal, agreement("talk")).version == 2
        assert [entry.version for entry in journal.entries(root=named("bond"))] == [1, 1, 2, 3, 4, 5, 6, 2]


def test_two_writers_go_on_from_each_other(journal: Journal, clock: Clock) -> None:
    pair(journal)
    with Journal.open(journal.database, clock) as other:
        for number in range(6):
            turn: Any = (journal, other)[number % 2]
            assert ask(turn, milestone(f"code{number}")).version == number + 2
        register(other, "cora")
        assert ask(journal, pairing("second", "cora", "ben")).position == 13
        with pytest.raises(Refused, match="OPEN_DUPLICATE"):
            ask(other, pairing("third", "cora", "ben"))
    assert list(journal.verify()) == []


def test_what_waits_is_served_before_it_closes_and_nothing_after(journal: Journal) -> None:
    register(journal, "ann")
    futures = [journal.writer.submit(Wish(capacity("ann", number), ANN)) for number in range(100)]
    journal.close()
    assert [future.result().version for future in futures] == list(range(2, 102))
    with pytest.raises(Unreachable, match="closed"):
        journal.writer.ask(Wish(capacity("ann", 0), ANN))
    with pytest.raises(Unreachable, match="closed"):
        journal.writer.submit(Wish(capacity("ann", 0), ANN)).result()


def test_a_wish_that_is_taken_back_is_not_served(journal: Journal) -> None:
    register(journal, "ann")
    with locked(journal):
        waiting = [journal.writer.submit(Wish(capacity("ann", number), ANN)) for number in range(100)]
        kept = [future for future in waiting if not future.cancel()]
    assert len(kept) < 100
    assert ask(journal, capacity("ann", 200)).version == 2 + len(kept)


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="this system does not tell which files are open")
def test_on_sqlite_a_writer_needs_no_file_beside_the_journals(tmp_path: Path) -> None:
    database = str(tmp_path / "journal.db")
    Journal.create(database).close()
    desk = Desk(database, utc_now, states=1)
    connection = desk.connection()
    for batch in range(20):
        with connection.transaction(write=True):
            keys = (sha256(b"%d %d" % (batch, number)).hexdigest() for number in range(128))
            remember(connection, [Remembered("ann", key, b"", 0, None, None, "an answer" * 20) for key in keys])
            assert [path for path in _open_files() if "etilqs" in path] == []
    assert str(database) in _open_files()
    desk.close()


def _open_files() -> list[str]:
    """The files that this process has open, by name."""
    found = []
    for number in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):  # the one that lists them is open no more
            found.append(os.readlink(f"/proc/self/fd/{number}"))
    return found
