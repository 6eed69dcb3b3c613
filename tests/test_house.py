"""The house rules that no tool watches: files stay short, and nothing in them says where they were made."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from scripts.postgres import temporary_database, temporary_postgres

HOUSE = Path(__file__).parents[1]
ROOMS = ("domain", "projections", "api", "scripts")
REQUIREMENTS = ("requirements.txt", "requirements-test.txt")


def shipped() -> Iterator[tuple[Path, str]]:
    """Every text that goes out with the project, and where it stands."""
    places = [path for path in HOUSE.iterdir() if path.is_file()]
    for folder in (*ROOMS, "tests", "docs", ".ci"):
        places += (path for path in (HOUSE / folder).rglob("*") if path.is_file() and path.suffix != ".pyc")
    for path in places:
        try:
            yield path.relative_to(HOUSE), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_no_file_of_the_four_rooms_is_longer_than_400_lines() -> None:
    lengths = {str(path): text.count("\n") for path, text in shipped() if path.parts[0] in ROOMS}
    assert {path: lines for path, lines in lengths.items() if lines > 400} == {}


def test_nothing_says_on_which_machine_it_was_written() -> None:
    somewhere = re.compile(rf"{re.escape(str(HOUSE))}/|(?<![\w.*}}-])/(home|Users|root)/\w")
    assert [str(path) for path, text in shipped() if somewhere.search(text)] == []


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_requirement_is_pinned_by_its_hash_and_says_no_address(name: str) -> None:
    text = (HOUSE / name).read_text(encoding="utf-8")
    requirements = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*\n", "", text)).splitlines()
    pinned = re.compile(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}")
    unpinned = [line for line in requirements if not pinned.match(line)]
    assert (requirements != [], unpinned, "://" in text) == (True, [], False)


def test_what_the_journal_runs_on_is_what_it_is_tested_on() -> None:
    run, tested = (set(re.findall(r"(?m)^[\w.-]+==\S+", (HOUSE / name).read_text())) for name in REQUIREMENTS)
    assert run - tested == set()


def test_a_temporary_postgres_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JOURNAL_TEST_POSTGRES", raising=False)
    with (
        temporary_postgres() as server,
        temporary_database(server) as url,
        psycopg.connect(url) as connection,
    ):
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        folder = Path(str(conninfo_to_dict(server)["host"]))
        assert folder.is_dir()
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server)
