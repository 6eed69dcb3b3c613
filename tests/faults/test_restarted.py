"""PostgreSQL is restarted under load: everybody is told to come back later, and then it goes on by itself."""

import pytest

from api.beside.follower import FollowerBeside
from api.beside.writer import WriterBeside
from domain.journal import Journal
from projections.check import check
from projections.views import Views
from tests.api.house import served
from tests.journal.asking import pair
from tests.support.restarting import restartable_postgres
from tests.support.scenes import named
from tests.support.serving import Load, Server
from tests.support.waiting import until


def test_a_database_that_was_restarted_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JOURNAL_TEST_POSTGRES", raising=False)
    with restartable_postgres() as (database, machine), Journal.create(database) as journal:
        pair(journal)
        views = Views(journal)
        views.make_ready()
        with served(journal, views, way=FollowerBeside, pen=WriterBeside) as address:
            server = Server(journal.id, int(address.rpartition(":")[2]))
            with server.client() as client, Load(server, "load") as load:
                until(lambda: len(load.answered) >= 50)
                machine.stop()
                until(lambda: len(load.failed) >= 10)
                ready = client.ask("GET", "/readyz")
                assert (ready.status, ready.body["problem"]) == (503, "UNREACHABLE")
                asked = client.ask("GET", f"/v1/relationships/{named('bond')}")
                assert (asked.status, asked.body["code"], asked.headers["retry-after"]) == (503, "UNREACHABLE", "1")
                assert client.ask("GET", "/healthz").status == 200
                machine.start()
                before = len(load.answered)
                until(lambda: len(load.answered) >= before + 50)
                until(lambda: client.ask("GET", "/readyz").status == 200)
            assert load.lost == []
            told = {(heard.status, heard.body["code"], heard.headers["retry-after"]) for heard in load.failed}
            assert told == {(503, "UNREACHABLE", "1")}
            with server.client() as client:
                shown = client.ask("GET", f"/v1/relationships/{named('bond')}?wait_for={journal.position()}")
            assert shown.body["position"] == journal.position()
        codes = [entry.data()["code"] for entry in journal.entries(kinds=["MilestoneReached"])]
        assert len(codes) == len(set(codes))
        assert load.answered.keys() <= set(codes)
        assert list(journal.verify()) == []
        assert check(journal).equal
