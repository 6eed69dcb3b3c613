"""Served journals for the tests of the API."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.house import House, house


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One served journal on SQLite, for tests that do not mind each other's traces."""
    with house(str(tmp_path_factory.mktemp("home") / "journal.db")) as built:
        yield built


@pytest.fixture
def own(tmp_path: Path) -> Iterator[House]:
    """A served journal on SQLite, for one test alone."""
    with house(str(tmp_path / "journal.db")) as built:
        yield built
