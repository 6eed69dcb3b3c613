"""`journal serve` as an operator starts it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from domain.journal import Journal
from tests.journal.asking import pair
from tests.support.scenes import named
from tests.support.serving import HOUSE, KEY, serving


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system does not let a process choose")
def test_a_server_keeps_to_the_processor_that_it_was_given(tmp_path: Path) -> None:
    core = max(os.sched_getaffinity(0))
    database = str(tmp_path / "journal.db")
    with Journal.create(database) as journal:
        pair(journal)
    with serving(database, "--core", str(core)) as server, server.client() as client:
        assert server.process is not None
        assert os.sched_getaffinity(server.process.pid) == {core}
        assert client.ask("GET", f"/v1/relationships/{named('bond')}").status == 200


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system does not let a process choose")
def test_a_processor_that_is_not_there_is_refused_and_the_others_are_named() -> None:
    command = [sys.executable, "-P", "-m", "scripts.cli", "serve", "--core", "99999", "--json"]
    environment = {"PYTHONPATH": str(HOUSE), "JOURNAL_KEY": KEY}
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)
    assert ended.returncode == 2
    allowed = ", ".join(map(str, sorted(os.sched_getaffinity(0))))
    assert f"it may on {allowed}" in json.loads(ended.stdout)["error"]["message"]
