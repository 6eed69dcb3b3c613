"""A generation is whole and keeps its name; readers keep theirs for a question, and what does not fit is refused."""

from collections.abc import Iterator
from errno import ENOLCK
from pathlib import Path
from shutil import copyfile
from threading import Event, Thread

import pytest

from domain.journal import Failure, Journal, connect, engine_of
from domain.journal.database import WRITER
from domain.rules import Rules
from projections.generations import BrokenViews, Generations, NoViews, OutdatedViews, RestoredJournal, Unusable
from projections.places import Files, place_of
from projections.rebuild import Plan, rebuild, roll_back
from projections.views import View, Views
from tests.support.journals import chronicle, everything, written
from tests.support.stories import registered

FOLDED = Plan(None, "it is asked for")
OTHER_RULES = Rules().model_copy(update={"time_zone": "Europe/Berlin"})


@pytest.fixture
def journal(database: str) -> Iterator[Journal]:
    with chronicle().story.written(database) as journal:
        yield journal


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Where the views of a SQLite journal in this test's folder are."""
    return Files(str(tmp_path / "journal.db"))


@pytest.fixture
def in_files(files: Files) -> Iterator[Journal]:
    """A SQLite journal with views."""
    with chronicle().story.written(files.database) as journal:
        rebuild(journal)
        yield journal


def sessions(view: View) -> tuple[int, int]:
    """How many sessions the figures count, and how many there are in the records."""
    [(counted,)] = view.execute("SELECT sum(value) FROM figures WHERE scope = ? AND measure = ?", ("", "sessions"))
    [(rows,)] = view.execute("SELECT count(*) FROM relationships WHERE position <= ?", (view.position,))
    [(mentees,)] = view.execute("SELECT sum(value) FROM figures WHERE scope = ? AND measure = ?", ("", "mentee"))
    assert rows == mentees
    return int(counted), int(rows)


def test_before_the_first_rebuild_there_are_no_views(journal: Journal) -> None:
    with pytest.raises(NoViews, match="no views yet"), Views(journal).read():
        pass


def test_views_make_themselves_ready_when_there_are_none(journal: Journal) -> None:
    views = Views(journal)
    assert views.make_ready() == journal.position()
    with views.read() as view:
        assert (view.number, view.position) == (1, journal.position())


def test_every_generation_has_a_number_of_its_own(journal: Journal) -> None:
    assert [rebuild(journal).generation for _ in range(4)] == [1, 2, 3, 4]
    assert journal.pointer() == "v0004"


def test_every_generation_has_the_indexes_that_questions_ask_by(journal: Journal) -> None:
    rebuild(journal)
    asked = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
        "postgresql": "SELECT indexname::text FROM pg_indexes WHERE schemaname = 'v0001'",
    }[journal.engine]
    with Views(journal).read() as view:
        names = {name for (name,) in view.execute(asked)}
    assert {"relationships_program_position", "participants_position", "people_person_root"} <= names


def test_the_generation_before_stays_until_the_next_swap(journal: Journal) -> None:
    here = []
    for _ in range(4):
        rebuild(journal)
        here.append(place_of(journal.database).numbers())
    assert here == [[1], [1, 2], [2, 3], [3, 4]]


def test_rolling_back_brings_the_old_generation_up_to_date_first(journal: Journal) -> None:
    rebuild(journal)
    rebuild(journal)
    story = chronicle(160).story
    story.tell("late", registered("late"))
    written(journal, story.drafts[-1:])
    assert roll_back(journal) == 1
    assert everything(Views(journal))["position"] == [(journal.position(),)]
    assert roll_back(journal) == 2
    assert rebuild(journal).generation == 3
    assert place_of(journal.database).numbers() == [2, 3]


def test_there_is_no_going_back_from_the_first_generation(journal: Journal) -> None:
    rebuild(journal)
    with pytest.raises(Unusable, match="no generation before"):
        roll_back(journal)


def test_a_question_keeps_its_generation_through_two_swaps(journal: Journal) -> None:
    rebuild(journal)
    with Views(journal).read() as view:
        before = sessions(view)
        swapped = Thread(target=lambda: [rebuild(journal), rebuild(journal)])
        if engine_of(journal.database) == "sqlite":
            swapped.start()
            swapped.join()
        else:
            rebuild(journal)
        assert sessions(view) == before
        assert view.number == 1


def test_readers_never_see_a_mixture_or_an_error_while_views_are_swapped(database: str) -> None:
    drafts = chronicle(300).story.drafts
    with Journal.create(database) as journal:
        rebuild(journal)
        journal.append([drafts])
        done, problems, seen = Event(), [], set()

        def ask() -> None:
            views, last = Views(journal), 0
            try:
                while not done.is_set():
                    with views.read() as view:
                        first = sessions(view) if view.position else (0, 0)
                        assert (sessions(view) if view.position else (0, 0)) == first
                        assert view.position >= last
                        last = view.position
                        seen.add((view.number, view.position))
            except Exception as problem:
                problems.append(problem)

        readers = [Thread(target=ask) for _ in range(3)]
        for reader in readers:
            reader.start()
        views = Views(journal)
        for part in range(1, 9):
            views.catch_up(len(drafts) * part // 8)
            if part % 2 == 0:
                rebuild(journal, workers=1, planned=FOLDED)
        done.set()
        for reader in readers:
            reader.join()
    assert problems == []
    assert len({number for number, _ in seen}) > 1


def test_a_journal_that_was_restored_from_an_older_copy_is_refused(in_files: Journal, files: Files) -> None:
    journal = Path(files.database)
    in_files.close()
    with Journal.open(files.database) as grown:
        copyfile(journal, journal.with_suffix(".copy"))
        written(grown, chronicle(160).story.tell("late", registered("late")).drafts[-1:])
        Views(grown).catch_up()
    for leftover in journal.parent.glob("journal.db-*"):
        leftover.unlink()
    journal.with_suffix(".copy").replace(journal)
    with Journal.open(files.database) as restored:
        views = Views(restored)
        with pytest.raises(RestoredJournal, match=r"position .* the journal ends at .*rebuild"), views.read():
            pass
        with pytest.raises(RestoredJournal):
            views.catch_up()
        other = chronicle(160).story.tell("another", registered("another")).drafts[-1:]
        written(restored, other)
        with pytest.raises(RestoredJournal, match="saw another entry"):
            views.catch_up()
        rebuild(restored)
        assert views.catch_up() == restored.position()


def test_views_of_another_journal_are_refused(in_files: Journal, tmp_path: Path, files: Files) -> None:
    other = Files(str(tmp_path / "other.db"))
    with chronicle().story.written(other.database) as journal:
        rebuild(journal)
        copyfile(files.path(1), other.path(1))
        with pytest.raises(RestoredJournal, match="another journal"), Views(journal).read():
            pass


def test_a_generation_that_is_gone_is_said_so(in_files: Journal, files: Files) -> None:
    files.path(1).unlink()
    with pytest.raises(NoViews, match=r"generation 1 of the views is gone.*rebuild"), Views(in_files).read():
        pass
    with pytest.raises(NoViews):
        Views(in_files).make_ready()
    assert rebuild(in_files).generation == 2


def test_whoever_may_make_no_schema_for_them_hears_how_to_be_allowed(postgres_url: str) -> None:
    with chronicle().story.written(postgres_url) as journal, connect(postgres_url, role="login") as login:
        rebuild(journal)
        [(database,)] = login.execute("SELECT quote_ident(current_database())")
        login.execute(f"REVOKE CREATE ON DATABASE {database} FROM {WRITER}")
        with pytest.raises(Failure) as refused:
            rebuild(journal, planned=FOLDED)
        _, grant, right = str(refused.value).partition("GRANT ")
        login.execute(grant + right)
        assert rebuild(journal, planned=FOLDED).generation == 2
        login.execute(f"REVOKE CREATE ON DATABASE {database} FROM {WRITER}")
        Journal.create(postgres_url).close()
        assert rebuild(journal, planned=FOLDED).generation == 3


def test_where_files_cannot_be_locked_it_is_said_so(in_files: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(descriptor: int, operation: int) -> None:
        raise OSError(ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", flock)
    with pytest.raises(OSError, match=r"No locks available: .*journal-views-0002\.lock"):
        rebuild(in_files, planned=FOLDED)


def test_a_schema_that_is_gone_is_said_so(postgres_url: str) -> None:
    with chronicle().story.written(postgres_url) as journal:
        rebuild(journal)
        with connect(postgres_url) as connection:
            connection.execute("DROP SCHEMA v0001 CASCADE")
        with pytest.raises(NoViews, match="gone"), Views(journal).read():
            pass
        assert rebuild(journal).generation == 2


@pytest.mark.parametrize("kept", [0, 100, 5_000])
def test_a_damaged_generation_is_said_so_and_can_be_rebuilt(in_files: Journal, files: Files, kept: int) -> None:
    files.path(1).write_bytes(files.path(1).read_bytes()[:kept])
    with pytest.raises(BrokenViews, match=r"damaged.*rebuild"), Views(in_files).read():
        pass
    with pytest.raises(BrokenViews):
        Views(in_files).catch_up()
    assert rebuild(in_files).generation == 2


def test_a_damaged_table_is_said_so(in_files: Journal, files: Files) -> None:
    body = bytearray(files.path(1).read_bytes())
    body[3 * 8192 :] = b"\xff" * (len(body) - 3 * 8192)
    files.path(1).write_bytes(bytes(body))
    with pytest.raises(BrokenViews, match="damaged"), Views(in_files).read() as view:
        view.execute("SELECT record FROM relationships")


def test_views_made_by_other_rules_are_not_used(journal: Journal) -> None:
    rebuild(journal, rules=OTHER_RULES)
    views = Views(journal)
    with pytest.raises(OutdatedViews, match="the figures or the rules have changed"), views.read():
        pass
    with pytest.raises(OutdatedViews):
        views.catch_up()
    said: list[str] = []
    assert views.make_ready(said.append) == journal.position()
    assert len(said) == 1
    assert views.catch_up() == journal.position()


def test_what_nobody_builds_any_more_is_found_and_discarded(journal: Journal) -> None:
    rebuild(journal)
    generations = Generations(journal)
    abandoned, building = generations.start(), generations.start()
    abandoned.release()
    assert generations.tidy() == [
        "discarded generation 2 of the views: it is not in use, or was never finished",
    ]
    assert generations.place.numbers() == [1, building.number]
    building.release()
    generations.tidy()
    assert generations.place.numbers() == [1]


def test_two_at_once_never_build_the_same_generation(journal: Journal) -> None:
    first, second = Generations(journal), Generations(journal)
    with first.start() as one, second.start() as another:
        assert (one.number, another.number) == (1, 2)


def test_the_pointer_moves_only_from_where_it_is_expected(journal: Journal) -> None:
    rebuild(journal)
    generations = Generations(journal)
    assert not generations.point(None, 7)
    assert generations.current() == 1
