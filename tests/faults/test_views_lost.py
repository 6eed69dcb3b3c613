"""Views that are damaged, or that saw another past: it is said, readers come back later, and they are made again."""

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from domain.journal import Journal
from projections.check import check
from projections.generations import Generations
from projections.places import Files
from projections.views import Views
from tests.api.house import served
from tests.journal.asking import ask, milestone, pair
from tests.support.scenes import named
from tests.support.serving import HOUSE, KEY, Client, Server
from tests.support.waiting import until

BOND = f"/v1/relationships/{named('bond')}"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A journal on SQLite, with its views."""
    database = tmp_path / "journal.db"
    with Journal.create(str(database)) as journal:
        pair(journal)
        Views(journal).make_ready()
    return database


def command_line(*arguments: str, database: Path) -> "subprocess.CompletedProcess[str]":
    """`journal` as an operator types it."""
    command = [sys.executable, "-P", "-m", "scripts.cli", *arguments, "--database", str(database), "--json"]
    environment = {"PYTHONPATH": str(HOUSE), "JOURNAL_KEY": KEY}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)


def rebuilt(client: Client, journal: Journal) -> None:
    """An administrator has the views made again, and they are right."""
    assert client.ask("GET", BOND).body["code"] == "NO_VIEWS"
    assert client.ask("GET", "/readyz").status == 503
    assert client.ask("POST", f"{BOND}/milestones", {"code": "meanwhile"}, "meanwhile").status == 200
    assert client.ask("POST", "/v1/rebuild").status == 202
    until(lambda: client.ask("GET", "/v1/rebuild").body["state"] != "running")
    assert client.ask("GET", "/v1/rebuild").body["state"] == "done"
    until(lambda: client.ask("GET", "/readyz").status == 200)
    shown = client.ask("GET", f"{BOND}?wait_for={journal.position()}")
    assert shown.body["data"]["milestones"][-1][0] == "meanwhile"
    assert check(journal).equal


@pytest.mark.parametrize("damage", ["its beginning", "its middle", "its end", "everything"])
def test_a_damaged_generation_is_noticed_and_made_again(place: Path, damage: str) -> None:
    with Journal.open(str(place)) as journal:
        generations = Generations(journal)
        assert isinstance(generations.place, Files)
        views = generations.place.path(1)
        with served(journal, Views(journal)) as address:
            server = Server(journal.id, int(address.rpartition(":")[2]))
            with server.client() as client:
                assert client.ask("GET", BOND).status == 200
                spoil(views, damage)
                rebuilt(client, journal)


def spoil(views: Path, damage: str) -> None:
    """What a bad disk does to a file."""
    with sqlite3.connect(views) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    size = views.stat().st_size
    start, end = {
        "its beginning": (0, 4096),
        "its middle": (8192, size),
        "its end": (size, size),
        "everything": (0, size),
    }[damage]
    with views.open("r+b") as file:
        file.seek(start)
        file.write(b"\xa5" * (end - start))
        if damage == "its end":
            file.truncate(size // 2)


def test_a_journal_restored_from_an_older_copy_is_refused_until_its_views_are_made_again(place: Path) -> None:
    copy = place.with_name("yesterday.db")
    shutil.copy(place, copy)
    with Journal.open(str(place)) as journal:
        ask(journal, milestone("lost"))
        Views(journal).make_ready()
    for suffix in ("-wal", "-shm"):
        place.with_name(place.name + suffix).unlink(missing_ok=True)
    shutil.copy(copy, place)

    refused = command_line("serve", "--port", "1", database=place)
    assert refused.returncode == 3
    assert "Was a copy restored?" in json.loads(refused.stdout)["error"]["message"]
    assert "have seen position 5, the journal ends at 4" in json.loads(refused.stdout)["error"]["message"]
    with Journal.open(str(place)) as journal, served(journal, Views(journal)) as address:
        server = Server(journal.id, int(address.rpartition(":")[2]))
        with server.client() as client:
            rebuilt(client, journal)
