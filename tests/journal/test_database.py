"""Both engines are asked in the same way, and fail in the same few ways."""

from pathlib import Path

import psycopg
import pytest

from domain.journal import Conflict, Connection, Failure, Journal, Unreachable, connect, engine_of, tables


@pytest.fixture
def connection(database: str) -> Connection:
    """A database with one small table."""
    connection = connect(database, role="login", create=True)
    connection.execute("CREATE TABLE words (id bigint PRIMARY KEY, word text)")
    return connection


def words(connection: Connection) -> list[tuple[object, ...]]:
    """All of them."""
    return connection.execute("SELECT id, word FROM words ORDER BY id")


def test_a_url_is_postgresql_and_all_else_the_path_of_a_file() -> None:
    assert [engine_of(name) for name in ("postgresql://host/name", "postgres:///name", "a/postgresql.db")] == [
        "postgresql",
        "postgresql",
        "sqlite",
    ]


def test_statements_take_their_values_apart_from_their_words(connection: Connection) -> None:
    with connection:
        connection.execute("INSERT INTO words VALUES (?, ?)", (1, "50% ?"))
        connection.executemany("INSERT INTO words VALUES (?, ?)", [(2, None), (3, "a 'quoted' one")])
        connection.copy("words", ("id", "word"), [(4, "tab\tnew\nline\\"), (5, "ä")])
        assert words(connection) == [
            (1, "50% ?"),
            (2, None),
            (3, "a 'quoted' one"),
            (4, "tab\tnew\nline\\"),
            (5, "ä"),
        ]
        assert connection.execute("SELECT id FROM words WHERE word LIKE '50%'") == [(1,)]
        assert connection.execute("SELECT id FROM words WHERE word LIKE '50%' AND id = ?", (1,)) == [(1,)]


def test_a_server_that_is_too_old_is_said_to_be(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.journal.postgres.OLDEST", 999)
    with pytest.raises(Unreachable, match=r"PostgreSQL 999 or newer is needed, and this server is [0-9]+; use a newer"):
        connect(postgres_url)


@pytest.mark.parametrize("count", [0, 1, 19, 20, 21, 60, 2005])
def test_rows_are_copied_whole_however_many_there_are(connection: Connection, count: int) -> None:
    rows = [(number, f"ä\t\\{number}" if number % 3 else None) for number in range(count)]
    with connection:
        for types in (None, ("bigint", "text")):
            connection.copy("words", ("id", "word"), iter(rows), types)
            assert words(connection) == rows
            connection.execute("DELETE FROM words")


def test_what_was_sent_together_and_failed_works_the_next_time(connection: Connection) -> None:
    def together(word: str | None) -> list[tuple[object, ...]]:
        with connection.together():
            connection.begin(write=True)
            connection.send("INSERT INTO words VALUES (?, ?)", (len(word or ""), word))
            return connection.execute("SELECT word FROM words WHERE id = ?", (1,))

    with connection:
        together("a")
        connection.commit()
        for _ in range(20):
            with pytest.raises(Failure):
                together("b")
            connection.rollback()
        assert together("cc") == [("a",)]
        connection.rollback()


def test_many_rows_are_read_in_bounded_lists(connection: Connection) -> None:
    with connection:
        connection.copy("words", ("id", "word"), ((number, "w") for number in range(10)))
        asked = "SELECT id FROM words WHERE id >= ? ORDER BY id"
        assert [len(rows) for rows in connection.stream(asked, (1,), size=4)] == [4, 4, 1]
        for rows in connection.stream(asked, (1,), size=4):
            assert rows[0] == (1,)
            break
        with connection.transaction():
            assert sum(len(rows) for rows in connection.stream(asked, (0,))) == 10


def lose(connection: Connection) -> None:
    """Write a word, and then one whose place is taken."""
    with connection.transaction(write=True):
        connection.execute("INSERT INTO words VALUES (2, 'lost')")
        connection.execute("INSERT INTO words VALUES (1, 'taken')")


def collide(connection: Connection) -> None:
    """Send two words for one place, and commit."""
    with connection.together():
        connection.begin(write=True)
        connection.send("INSERT INTO words VALUES (1, 'a')")
        connection.send("INSERT INTO words VALUES (1, 'b')")
        connection.commit()


def test_a_transaction_is_all_or_nothing(connection: Connection) -> None:
    with connection:
        with connection.transaction(write=True):
            connection.execute("INSERT INTO words VALUES (1, 'kept')")
        with pytest.raises(Conflict):
            lose(connection)
        assert not connection.in_transaction
        assert words(connection) == [(1, "kept")]


def test_a_reading_transaction_sees_one_moment(connection: Connection, database: str) -> None:
    with connection, connect(database, readonly=True) as reader, reader.transaction():
        assert words(reader) == []
        connection.execute("INSERT INTO words VALUES (1, 'later')")
        assert words(reader) == []
    with pytest.raises(Failure), connect(database, readonly=True) as reader:
        reader.execute("INSERT INTO words VALUES (2, 'never')")


def test_statements_that_travel_together_fail_together(connection: Connection) -> None:
    with connection:
        with pytest.raises(Conflict):
            collide(connection)
        connection.rollback()
        assert words(connection) == []


def test_a_statement_that_makes_no_sense_is_a_failure(connection: Connection) -> None:
    with connection, pytest.raises(Failure) as failure:
        connection.execute("SELECT nonsense FROM words")
    assert not isinstance(failure.value, Conflict)


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"there is no database at .*missing\.db; check the path"):
        Journal.open(str(tmp_path / "missing.db"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("replaced", [False, True])
def test_nothing_is_written_into_a_file_that_is_no_longer_at_its_path(tmp_path: Path, replaced: bool) -> None:
    path, elsewhere = tmp_path / "a.db", tmp_path / "b.db"
    with connect(str(path), create=True) as connection:
        connection.execute("CREATE TABLE words (word TEXT)")
        path.rename(elsewhere)
        if replaced:
            path.write_bytes(elsewhere.read_bytes())
        with pytest.raises(Failure, match="was moved, deleted or replaced"), connection.transaction(write=True):
            connection.execute("INSERT INTO words VALUES ('lost')")
        assert not connection.in_transaction
        elsewhere.replace(path)
        with connection.transaction(write=True):
            connection.execute("INSERT INTO words VALUES ('kept')")
        assert connection.execute("SELECT word FROM words") == [("kept",)]


def test_a_path_that_is_no_text_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="is no UTF-8"):
        connect(f"{tmp_path}/a\udcff.db", create=True)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("These are notes, and enough of them to fill more than the first hundred bytes of a file." * 9)
    before = path.read_bytes()
    with pytest.raises(Unreachable, match="is not a SQLite database"):
        Journal.open(str(path))
    with pytest.raises(Unreachable):
        Journal.create(str(path))
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="cannot be opened"):
        Journal.create(str(tmp_path / "missing" / "journal.db"))


def test_a_server_that_does_not_answer_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="cannot be reached"):
        Journal.open(f"postgresql://nobody@/nowhere?host={tmp_path}")


def test_a_url_that_is_none_is_not_repeated_with_its_password() -> None:
    with pytest.raises(Unreachable, match="no URL of a PostgreSQL database") as refused:
        connect("postgresql://ann:se cret@localhost/x")
    assert "se cret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_copy_that_lost_its_write_ahead_log_says_how_to_set_it_right(tmp_path: Path) -> None:
    first, copy = str(tmp_path / "journal.db"), str(tmp_path / "copy.db")
    with Journal.create(first):
        pass
    with connect(first) as connection:
        connection.execute("VACUUM INTO ?", (copy,))
    with pytest.raises(Failure, match="PRAGMA journal_mode = wal"):
        Journal.open(copy)
    with connect(copy) as connection:
        connection.execute("PRAGMA journal_mode = wal")
    with Journal.open(copy) as journal:
        assert journal.position() == 0


def test_a_database_without_a_journal_says_how_to_make_one(connection: Connection, database: str) -> None:
    connection.close()
    with pytest.raises(Unreachable, match="make one with `journal init`"):
        Journal.open(database)


def test_a_journal_of_a_later_release_is_left_alone(database: str) -> None:
    Journal.create(database).close()
    with connect(database, role="login") as connection:
        connection.execute("UPDATE journal SET schema = ?", (tables.LAYOUT + 1,))
    with pytest.raises(Unreachable, match="newer layout 2"):
        Journal.open(database)


def test_a_lost_connection_is_unreachable(postgres_url: str) -> None:
    with connect(postgres_url) as connection:
        [(process,)] = connection.execute("SELECT pg_backend_pid()")
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", (process,))
        with pytest.raises(Unreachable, match="the connection to PostgreSQL was lost"):
            connection.execute("SELECT 1")
