"""The database itself refuses whatever would change what was written."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from psycopg.conninfo import conninfo_to_dict

from domain.journal import Conflict, Connection, Journal, connect, tables
from domain.journal.database import OWNER, WRITER
from tests.journal.asking import pair, register

COLUMNS = ", ".join(tables.COLUMNS)
INSERT = f"INSERT INTO events ({COLUMNS}) VALUES ({', '.join('?' * len(tables.COLUMNS))})"


@pytest.fixture
def writer(journal: Journal) -> Iterator[Connection]:
    """A connection like the writer's own, to a journal with four entries, the last of them ann's second."""
    pair(journal)
    with connect(journal.database) as connection:
        yield connection


@pytest.fixture
def owner(journal: Journal) -> Iterator[Connection]:
    """The most powerful connection there is."""
    pair(journal)
    with connect(journal.database, role="login") as connection:
        yield connection


def rows(connection: Connection) -> list[tuple[object, ...]]:
    """Everything there is."""
    return connection.execute(f"SELECT {COLUMNS} FROM events ORDER BY position")


def like(row: tuple[object, ...], **other: object) -> tuple[object, ...]:
    """The same row but for some columns."""
    return tuple((dict(zip(tables.COLUMNS, row, strict=True)) | other).values())


@contextmanager
def refused(connection: Connection, reason: str) -> Iterator[None]:
    """The statement is refused, and nothing has changed."""
    before = rows(connection)
    with pytest.raises(Conflict, match=reason):
        yield
    assert rows(connection) == before


def test_nobody_changes_or_deletes_an_entry(owner: Connection) -> None:
    for statement in (
        "UPDATE events SET actor = 'mallory' WHERE position = 2",
        "UPDATE events SET position = 99 WHERE position = 2",
        "UPDATE events SET hash = hash",
        "DELETE FROM events WHERE position = 4",
        "DELETE FROM events",
        "UPDATE kinds SET kind = 'Closed'",
        "DELETE FROM kinds",
    ):
        with refused(owner, "never"):
            owner.execute(statement)


def test_postgresql_does_not_truncate_either(postgres_url: str) -> None:
    with Journal.create(postgres_url) as journal:
        register(journal, "ann")
    with connect(postgres_url, role="login") as connection:
        for table in ("events", "kinds"):
            with refused(connection, "never"):
                connection.execute(f"TRUNCATE {table}")


def test_an_entry_follows_the_last_one_and_the_last_of_its_stream(writer: Connection) -> None:
    last = rows(writer)[-1]
    for other, reason in (
        ({"position": 6, "version": 3}, "position"),
        ({"position": 2, "version": 3}, "position|events_pkey"),
        ({"position": 0, "version": 3}, "position"),
        ({"position": 5, "version": 2}, "version|events_stream"),
        ({"position": 5, "version": 4}, "version"),
        ({"position": 5, "stream": "new", "version": 2}, "version"),
    ):
        with refused(writer, reason):
            writer.execute(INSERT, like(last, **other))
    writer.execute(INSERT, like(last, position=5, version=3))
    assert len(rows(writer)) == 5


def test_sqlite_replaces_nothing(tmp_path: Path) -> None:
    with Journal.create(str(tmp_path / "journal.db")) as journal:
        pair(journal)
    with connect(journal.database) as connection:
        last = rows(connection)[-1]
        for verb in ("INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"):
            for other in ({}, {"actor": "mallory"}, {"position": 2}, {"position": 5}, {"position": None}):
                with refused(connection, "appended"):
                    connection.execute(INSERT.replace("INSERT", verb), like(last, **other))


def test_an_upsert_changes_nothing(writer: Connection) -> None:
    last = rows(writer)[-1]
    for target in ("position", "stream, version"):
        with refused(writer, "appended|never|permission"):
            writer.execute(f"{INSERT} ON CONFLICT ({target}) DO UPDATE SET actor = 'mallory'", last)


def test_a_kind_keeps_its_number(owner: Connection) -> None:
    with pytest.raises(Conflict):
        owner.execute("INSERT INTO kinds (id, kind, schema, first_position) VALUES (1, 'Closed', 1, 1)")
    if owner.engine == "sqlite":
        with pytest.raises(Conflict):
            owner.execute("REPLACE INTO kinds (id, kind, schema, first_position) VALUES (1, 'Closed', 1, 1)")
    assert owner.execute("SELECT kind FROM kinds WHERE id = 1") == [("ParticipantRegistered",)]


def test_a_guard_that_is_gone_is_missed(journal: Journal) -> None:
    register(journal, "ann")
    with connect(journal.database, role="login") as connection:
        name = "events_not_updated" if journal.engine == "sqlite" else "events_only_grow"
        connection.execute(f"DROP TRIGGER {name}" + ("" if journal.engine == "sqlite" else " ON events"))
    [finding] = journal.verify()
    assert finding.position == 0
    assert name in finding.what


WEAKER = {
    "sqlite": [
        """CREATE TRIGGER events_not_deleted BEFORE DELETE ON events WHEN 0 BEGIN
            SELECT RAISE(ABORT, 'events are never deleted'); END;""",
    ],
    "postgresql": [
        """CREATE TRIGGER events_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON events
            FOR EACH STATEMENT WHEN (false) EXECUTE FUNCTION only_grows();""",
        """CREATE TRIGGER events_only_grow BEFORE UPDATE OR TRUNCATE ON events
            FOR EACH STATEMENT EXECUTE FUNCTION only_grows();""",
        """CREATE TRIGGER events_only_grow BEFORE UPDATE OF actor OR DELETE ON events
            FOR EACH STATEMENT EXECUTE FUNCTION only_grows();""",
        f"""{tables.POSTGRES_GUARDS["events_only_grow"]};
            CREATE OR REPLACE FUNCTION journal.only_grows() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RETURN NULL; END $$;""",
    ],
}


def test_a_guard_that_has_its_name_and_guards_nothing_is_no_guard(journal: Journal) -> None:
    register(journal, "ann")
    assert list(journal.verify()) == []
    drop = {"sqlite": "DROP TRIGGER events_not_deleted;", "postgresql": "DROP TRIGGER events_only_grow ON events;"}
    with connect(journal.database, role="login") as connection:
        for weaker in WEAKER[journal.engine]:
            connection.script(f"{drop[journal.engine]}\n{weaker}")
            assert {finding.position for finding in journal.verify()} == {0}, weaker


def test_making_a_journal_twice_leaves_the_first_one(journal: Journal) -> None:
    pair(journal)
    with Journal.create(journal.database) as again:
        assert (again.id, again.position()) == (journal.id, 4)


def as_user(url: str, user: str) -> str:
    """The same database, logged in as somebody else."""
    place = conninfo_to_dict(url)
    host, port = quote(str(place["host"]), safe=""), place.get("port") or ""
    return f"postgresql://{user}@/{place['dbname']}?host={host}" + (f"&port={port}" if port else "")


@pytest.fixture
def login(postgres_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a user who owns their database, and may do what the test says."""
    user, place = "journal_test_user", conninfo_to_dict(postgres_url)
    with connect(postgres_url, role="login") as connection:
        connection.execute(f"CREATE ROLE {user} LOGIN {request.param}")
        connection.execute(f'ALTER DATABASE "{place["dbname"]}" OWNER TO {user}')
        for (role,) in connection.execute(
            "SELECT rolname::text FROM pg_roles WHERE rolname IN (?, ?)", (OWNER, WRITER)
        ):
            if request.param:
                connection.execute(f"GRANT {role} TO {user} WITH ADMIN OPTION")
    yield as_user(postgres_url, user)
    with connect(postgres_url, role="login") as connection:
        connection.execute(f"REASSIGN OWNED BY {user} TO CURRENT_USER")
        connection.execute(f"DROP OWNED BY {user}")
        connection.execute(f"DROP ROLE {user}")


@pytest.mark.parametrize("login", ["CREATEROLE"], indirect=True)
def test_on_postgresql_who_writes_does_not_own_the_table(login: str) -> None:
    with Journal.create(login) as journal:
        pair(journal)
        assert f"{WRITER}, who writes, does not own them ({OWNER} does)" in journal.protection
    with connect(login) as connection:
        for statement in ("ALTER TABLE events DISABLE TRIGGER ALL", "DROP TABLE events", "DELETE FROM events"):
            with pytest.raises(Conflict, match=r"permission denied|must be owner"):
                connection.execute(statement)
        connection.execute("CREATE SCHEMA v1")


@pytest.mark.parametrize("login", [""], indirect=True)
def test_where_no_roles_may_be_made_the_journal_says_so_and_its_guards_still_stand(login: str) -> None:
    with Journal.create(login) as journal:
        pair(journal)
        assert "journal_test_user may not make roles" in journal.protection
    with connect(login) as connection, refused(connection, "never"):
        connection.execute("DELETE FROM events")
