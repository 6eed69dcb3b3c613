"""A rebuild is whole or has not happened: whatever it is doing when it is killed, the live views stay as they were."""

import signal
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from domain.journal import Failure, Journal
from domain.rules import Rules
from projections.check import check
from projections.generations import Generations
from projections.places import place_of
from projections.rebuild import Plan, plan, rebuild
from projections.rebuild.folders import Receiver
from projections.rebuild.workers import WorkerLost, run
from projections.views import Views
from tests.support.journals import chronicle, everything, written
from tests.support.killing import killed
from tests.support.stories import held, registered

FOLDED = Plan(None, "it was asked for")

STEPS = (
    ("Generations.start", "call"),
    ("{place}.claim", "return"),
    ("create", "return"),
    ("Loader.rows", "call"),
    ("Loader.rows", "return"),
    ("Loader.finish", "call"),
    ("index", "return"),
    ("Meta.write", "return"),
    ("Loader.finish", "return"),
    ("_swap", "call"),
    ("advance", "return"),
    ("Generations.point", "call"),
    ("Generations.point", "return"),
    ("_swap", "return"),
    ("Claim.__exit__", "return"),
    ("{place}.remove", "call"),
    ("{place}.remove", "return"),
)


@pytest.fixture
def journal(database: str) -> Iterator[Journal]:
    with chronicle().story.written(database) as journal:
        rebuild(journal)
        yield journal


@pytest.mark.parametrize(("step", "when"), STEPS)
def test_a_rebuild_that_is_killed_leaves_the_live_views_as_they_were(journal: Journal, step: str, when: str) -> None:
    survives(journal, step, when, workers=1)


@pytest.mark.parametrize("step", ["Popen.__init__", "Loader.sums", "Loader.finish"])
def test_a_rebuild_with_workers_that_is_killed_does_no_more_harm(journal: Journal, step: str) -> None:
    survives(journal, step, "call", workers=2)


def survives(journal: Journal, step: str, when: str, workers: int) -> None:
    """Killed there, the views are as before (or swapped already); what is left over is found, and all goes on."""
    rebuild(journal)
    before = everything(Views(journal))
    step = step.format(place=type(place_of(journal.database)).__name__)
    killed(journal.database, step, when, workers=workers, planned=FOLDED)
    assert everything(Views(journal)) == before
    generations = Generations(journal)
    live = generations.current()
    left_over = [number for number in generations.place.numbers() if number not in (live, (live or 0) - 1)]
    assert [int(sentence.split()[2]) for sentence in generations.tidy()] == left_over
    assert generations.place.numbers() == [(live or 0) - 1, live]
    written(journal, chronicle(155).story.tell("late", registered("late")).drafts[-1:])
    assert Views(journal).catch_up() == journal.position()
    assert check(journal).equal
    assert rebuild(journal).position == journal.position()


def test_it_says_what_it_made(journal: Journal) -> None:
    made = rebuild(journal)
    assert (made.events, made.position, made.generation) == (journal.position(), journal.position(), 2)
    assert [view["name"] for view in made.views] == ["relationships", "people", "participants", "programs", "figures"]
    assert made.seconds > 0


def test_it_says_how_far_it_is(journal: Journal) -> None:
    told: list[tuple[int, int]] = []
    rebuild(journal, workers=2, progress=lambda done, total: told.append((done, total)), planned=FOLDED)
    assert told == sorted(told)
    assert told[-1] == (journal.position(), journal.position())


def test_it_plans_to_make_only_what_has_changed(journal: Journal) -> None:
    assert plan(journal) == FOLDED
    other = Rules().model_copy(update={"time_zone": "Europe/Berlin"})
    assert plan(journal, other) == Plan(1, "the figures or the rules have changed")


def test_it_plans_to_fold_everything_where_there_are_no_views(database: str) -> None:
    with chronicle().story.written(database) as journal:
        assert plan(journal).records_of is None
        assert "no views yet" in plan(journal).why


def test_what_is_written_meanwhile_is_in_it(journal: Journal) -> None:
    """The catch-up before the swap: events come in while rows are made."""
    told = chronicle().story
    count = 0

    def one_more(done: int, total: int) -> None:
        nonlocal count
        count += 1
        written(journal, told.tell(f"late {count}", registered(f"late {count}")).drafts[-1:])
        Views(journal).catch_up()

    made = rebuild(journal, workers=1, progress=one_more, planned=FOLDED)
    assert count > 0
    assert made.position == made.events + count == journal.position()
    assert check(journal).equal


def test_two_rebuilds_at_once_both_succeed(journal: Journal) -> None:
    made: list[int] = []
    building = [Thread(target=lambda: made.append(rebuild(journal, workers=1).generation)) for _ in range(2)]
    for one in building:
        one.start()
    for one in building:
        one.join()
    assert len(set(made)) == 2
    assert check(journal).equal
    assert len(place_of(journal.database).numbers()) <= 3


def test_workers_are_started_afresh_where_other_threads_run(journal: Journal) -> None:
    done = Event()
    waiting = Thread(target=done.wait)
    waiting.start()
    try:
        before = everything(Views(journal))
        rebuild(journal, workers=2, planned=FOLDED)
        assert everything(Views(journal)) == before
    finally:
        done.set()
        waiting.join()


def dies(share: int, receiver: Receiver) -> None:
    """A worker that is killed."""
    signal.raise_signal(signal.SIGKILL)


def fails(share: int, receiver: Receiver) -> None:
    """A worker that cannot do its share."""
    raise Failure(f"share {share} cannot be done", "SQLITE_FULL")


class Nobody:
    """Takes nothing."""

    def __getattr__(self, _: str) -> None:
        raise AssertionError


def test_a_worker_that_is_killed_ends_the_work() -> None:
    with pytest.raises(WorkerLost, match="was it killed"):
        run(dies, [1, 2], Nobody())  # type: ignore[arg-type]


def test_a_worker_that_fails_says_why() -> None:
    with pytest.raises(Failure, match="share 1 cannot be done"):
        run(fails, [1], Nobody())  # type: ignore[arg-type]


def test_views_follow_on_after_a_rebuild(journal: Journal) -> None:
    rebuild(journal)
    story = chronicle(150).story
    bond = chronicle(150).bonds[0].name
    last = written(journal, story.tell(bond, held("one more", "2027-05-01")).drafts[-1:])
    assert Views(journal).catch_up() == last
    assert check(journal).equal
