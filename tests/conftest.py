"""What every test may ask for: a journal's place on either engine, and the roster of a real program."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from scripts.postgres import temporary_database, temporary_postgres

settings.register_profile("the same each time", derandomize=True, deadline=None)
settings.register_profile("searching", deadline=None)


def pytest_configure(config: pytest.Config) -> None:
    """Histories are the same in every run, so that a change is judged and not luck; the long tests search on."""
    long = config.getoption("markexpr") == "long"
    settings.load_profile("searching" if long else "the same each time")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL for this worker, started when the first test asks for it."""
    with temporary_postgres() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A new, empty PostgreSQL database of this test's own."""
    with temporary_database(postgres_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What a journal is opened with, on each engine in turn: the path of a file yet to be made, or a URL."""
    if request.param == "sqlite":
        return str(tmp_path / "journal.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def roster() -> Path:
    """The roster of a real program: JOURNAL_ROSTER, or the file in the folder shared beside this checkout."""
    beside = Path(__file__).parents[2] / "shared" / "data" / "lfx-mentorship-terms.csv"
    path = Path(os.environ.get("JOURNAL_ROSTER") or beside)
    if not path.is_file():
        pytest.skip(f"there is no roster at {path}: name one in JOURNAL_ROSTER to try a real import")
    return path
