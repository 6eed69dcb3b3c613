"""What a server and its writer say to each other arrives as it was said, in whatever pieces it comes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.beside.frames import Frames, Told, framed
from api.guarding import Guarding
from api.identity import Identity
from api.policy import Right
from domain import refusals
from domain.journal import Answer, Caller, Conflict, Failure, Journal, NoRoom, Unreachable, Wish, database
from domain.refusals import Forbidden, Refusal, Refused, Stale, Unknown
from tests.journal.asking import milestone
from tests.support.scenes import named

_PROBLEMS = [
    Refused(Refusal.CAPACITY_FULL, "all places are taken", "mentor"),
    Unknown("there is no goal of that id", "goal"),
    Forbidden("this is not yours to do"),
    Stale("look again"),
    Failure("the database said something else", "XX000"),
    Unreachable("there is no database", "SQLITE_CANTOPEN"),
    NoRoom("there is no room left", "SQLITE_FULL"),
    Conflict("somebody else wrote", "23505"),
]


@given(said=st.lists(st.binary(max_size=40), max_size=20), cuts=st.lists(st.integers(1, 60), min_size=1))
def test_whatever_the_pieces_each_object_arrives_once_and_in_order(said: list[bytes], cuts: list[int]) -> None:
    frames = Frames()
    heard = [what for piece in _pieces(b"".join(map(framed, said)), cuts) for what in frames.of(piece)]
    assert heard == said


def _pieces(whole: bytes, cuts: list[int]) -> Iterator[bytes]:
    begin = number = 0
    while begin < len(whole):
        end = begin + cuts[number % len(cuts)]
        yield whole[begin:end]
        begin, number = end, number + 1


@pytest.mark.parametrize("problem", _PROBLEMS, ids=lambda problem: type(problem).__name__)
def test_what_came_in_the_way_is_told_as_it_was(problem: Exception) -> None:
    [[(number, heard)]] = [told.outcomes for told in Frames().of(framed(Told([(7, problem)], [1], grew=False)))]
    assert (number, type(heard), str(heard), vars(heard)) == (7, type(problem), str(problem), vars(problem))


def test_every_kind_of_refusal_and_failure_is_among_those() -> None:
    kinds = {kind for module in (refusals, database) for kind in vars(module).values() if _is_problem(kind)}
    assert kinds == set(map(type, _PROBLEMS))


def _is_problem(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Refused | Failure)


def test_a_wish_with_its_guard_and_an_answer_arrive_as_they_are(tmp_path: Path) -> None:
    command = milestone("halfway")
    guard = Guarding(Identity("coordinator", "cora", frozenset({"p"})), {"coordinator": Right.PROGRAM}, command, "ann")
    wish = Wish(command, Caller("cora", "coordinator", "api", "ann"), "a key", 3, guard)
    answer = Answer(named("bond"), 2, 5, ("MilestoneReached",), "active", created=False)
    [heard] = Frames().of(framed([wish, answer]))
    assert heard == [wish, answer]
    with Journal.create(str(tmp_path / "journal.db")) as journal, pytest.raises(Unknown, match="there is no"):
        journal.record(heard[0])
