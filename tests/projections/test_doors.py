"""Connections that stay open between questions: used again, and never for what is no longer there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from domain.journal import Journal, connect
from domain.journal.database import Unreachable
from projections.generations import BrokenViews, NoViews
from projections.places import Files
from projections.rebuild import Plan, rebuild
from projections.views import Views
from tests.support.journals import chronicle

FOLDED = Plan(None, "it is asked for")


@contextmanager
def kept_open(database: str) -> Iterator[tuple[Journal, Views]]:
    """A journal, and views that were asked once and keep that connection."""
    with chronicle().story.written(database) as journal:
        rebuild(journal)
        views = Views(journal)
        views.keep_open(1)
        try:
            with views.read():
                pass
            yield journal, views
        finally:
            views.keep_open(0)


def test_a_connection_that_was_kept_is_used_again_and_sees_what_is_new(database: str) -> None:
    with kept_open(database) as (journal, views):
        with views.read() as view:
            first = view.connection
        with views.read() as view:
            assert view.connection is first
            assert view.position == journal.position()


def test_two_questions_at_once_have_a_connection_each(database: str) -> None:
    with kept_open(database) as (_, views), views.read() as one, views.read() as other:
        assert one.connection is not other.connection


def test_after_a_swap_it_leads_to_the_new_generation(database: str) -> None:
    with kept_open(database) as (journal, views):
        with views.read() as view:
            assert view.number == 1
        rebuild(journal, planned=FOLDED)
        with views.read() as view:
            assert view.number == 2
            assert view.execute("SELECT generation FROM meta") == [(2,)]


def test_a_file_that_was_removed_or_damaged_is_noticed_through_a_kept_connection(tmp_path: Path) -> None:
    database = str(tmp_path / "journal.db")
    with kept_open(database) as (journal, views):
        file = Files(database).path(1)
        content = file.read_bytes()
        file.write_bytes(b"\xa5" * len(content))
        with pytest.raises(BrokenViews, match="damaged"), views.read():
            pass
        file.unlink()
        with pytest.raises(NoViews, match="gone"), views.read():
            pass
        rebuild(journal)
        with views.read() as view:
            assert view.number == 2


def test_a_schema_that_was_dropped_is_noticed_through_a_kept_connection(postgres_url: str) -> None:
    with kept_open(postgres_url) as (journal, views):
        with connect(postgres_url) as connection:
            connection.execute("DROP SCHEMA v0001 CASCADE")
        with pytest.raises(NoViews, match="gone"), views.read():
            pass
        rebuild(journal)
        with views.read() as view:
            assert view.number == 2


def test_a_connection_that_the_server_ended_is_replaced(postgres_url: str) -> None:
    with kept_open(postgres_url) as (journal, views):
        with connect(postgres_url, role="login") as other:
            other.execute(
                """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
            )
        with views.read() as view:
            assert view.position == journal.position()


def test_a_server_that_takes_no_more_connections_is_not_taken_for_damaged_views(
    postgres_server: str, postgres_url: str
) -> None:
    name = urlsplit(postgres_url).path.removeprefix("/")
    with kept_open(postgres_url) as (_, views), connect(postgres_server, role="login") as other, views.read():
        other.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        with pytest.raises(Unreachable, match="cannot be reached"), views.read():
            pass


def test_a_connection_that_is_lost_in_a_question_is_not_taken_for_damaged_views(postgres_url: str) -> None:
    with kept_open(postgres_url) as (_, views), connect(postgres_url, role="login") as other, views.read() as view:
        [(process,)] = view.execute("SELECT pg_backend_pid()")
        other.execute("SELECT pg_terminate_backend(?::int)", (process,))
        with pytest.raises(Unreachable, match="was lost"):
            view.execute("SELECT 1")
