"""README keeps its word: its month over HTTP, pasted into a shell as it stands, against a served journal."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.cli import run
from tests.support.serving import HOUSE, KEY, serving

Heard = tuple[int, Any]
"""A status and a body."""


@pytest.fixture
def month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The lines of the month, changed only in where the journal is; it is served."""
    monkeypatch.setenv("JOURNAL_KEY", KEY)
    database = str(tmp_path / "month.db")
    assert run(["init", "--database", database]) == 0
    blocks = re.findall(r"^```bash\n(.*?)^```$", (HOUSE / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    with serving(database) as server:
        yield "".join(blocks).replace("http://127.0.0.1:8000", server.address).replace("month.db", database)


def pasted(lines: str, folder: Path) -> list[Heard]:
    """What curl gets as answers when these lines are pasted into a shell in a checkout."""
    (folder / ".curlrc").write_text('silent\nshow-error\nmax-time = 20\nwrite-out = "%{http_code}\\n"\n')
    command = ["env", f"CURL_HOME={folder}", "bash", "-eu", "-c", lines]
    said = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, timeout=60, check=True).stdout.split("\n")
    return [(int(status), json.loads(body)) for body, status in zip(said[::2], said[1::2], strict=False)]


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_a_mentors_month_is_told_in_ten_curl_lines_that_work_as_they_stand(month: str, tmp_path: Path) -> None:
    its_lines = month[month.index("curl -H") :]
    assert its_lines.count("curl ") == 10
    first_two = "".join(re.findall(r"^curl .*\n(?:  .*\n)?", its_lines, re.MULTILINE)[:2])
    registered, also, paired, *wished, dashboard, replayed, once_more, also_more = pasted(month + first_two, tmp_path)
    assert [status for status, _ in (registered, also, paired)] == [201] * 3
    assert [(status, answer["events"]) for status, answer in wished] == [
        (201, ["SessionHeld"]),
        (200, ["SessionCorrected"]),
        (201, ["GoalProposed"]),
        (200, ["GoalAgreed"]),
        (200, ["ProgressReported"]),
        (201, ["SessionHeld"]),
        (200, ["GoalMet"]),
        (201, ["FeedbackGiven"]),
    ]
    assert (dashboard[0], dashboard[1]["position"]) == (200, wished[-1][1]["position"])
    assert f"wait_for={dashboard[1]['position']}" in its_lines
    seen = dashboard[1]["data"]
    assert seen["sessions"] == {"count": 2, "hours": 2.0}
    assert (seen["goals"]["met"], seen["relationships"]["active"], seen["silence"]["past_amber"]) == (1, 1, 0)
    status, then = replayed
    assert (status, then["data"]["state"]["sessions"]["counted"]) == (200, 1)
    assert then["data"]["state"]["goals"] == {"agreed": 1}
    assert [once_more, also_more] == wished[:2], "a line may be repeated"
