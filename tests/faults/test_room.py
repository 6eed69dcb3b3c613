"""A disk that is full: those who need room are told 507, nothing is half written, and with room it goes on."""

from collections.abc import Iterator

import pytest

from domain.journal import Journal, deciding
from projections.check import check
from projections.views import Views
from tests.api.house import served
from tests.support.disks import Disk
from tests.support.scenes import named
from tests.support.serving import Load, Server
from tests.support.waiting import until

LARGE = {"interests": [f"{number:04} {'x' * 190}" for number in range(900)]}


@pytest.fixture
def server(journal: Journal) -> Iterator[Server]:
    """It, with who writes in this process: only so can a test fill the disk below."""
    with served(journal, Views(journal)) as address:
        yield Server(journal.id, int(address.rpartition(":")[2]))


@pytest.fixture
def disk(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """The disk below the journal's writer."""
    disk = Disk(journal.database)
    monkeypatch.setattr(deciding, "connect", disk.connect)
    with disk.connection:
        yield disk


def test_a_full_disk_is_told_and_with_room_it_goes_on(journal: Journal, disk: Disk, server: Server) -> None:
    large = f"/v1/participants/{named('large')}"
    with server.client() as client, Load(server, "load") as load:
        until(lambda: len(load.answered) >= 50)
        disk.only(0)
        heard = client.ask("PUT", large, LARGE)
        assert (heard.status, heard.body["code"]) == (507, "NO_ROOM")
        assert client.ask("GET", f"/v1/relationships/{named('bond')}").status == 200
        assert client.ask("GET", large).status == 404
        disk.only(10_000_000)
        before = len(load.answered)
        until(lambda: len(load.answered) >= before + 50)
        assert client.ask("PUT", large, LARGE).status == 201
    assert {heard.status for heard in load.failed} <= {507}
    assert load.lost == []
    codes = [entry.data()["code"] for entry in journal.entries(kinds=["MilestoneReached"])]
    assert sorted(codes) == sorted(load.answered)
    assert check(journal).equal
