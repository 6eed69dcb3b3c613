"""The demo as a person starts it: a process that shows, serves, and ends with Ctrl-C; its lines work as printed."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.identity import ROLES
from domain.journal import Journal
from tests.scripts.conftest import Typed
from tests.support.serving import HOUSE, free_port


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo is started again and again; the first start makes its journal."""
    return tmp_path_factory.mktemp("demo")


class Demo:
    """A demo that runs, and what it has printed."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self.process = process
        self.out = process.stdout
        self.err = process.stderr
        self.printed: list[str] = []

    def read_until(self, last: Callable[[str], bool]) -> None:
        """Read what it prints, up to the line that is the last one."""
        while not (self.printed and last(self.printed[-1])):
            line = self.out.readline()
            assert line, self.err.read()
            self.printed.append(line)

    def ended(self, by: signal.Signals) -> str:
        """Tell it to end, which it does as if all was well; what it said on standard error."""
        self.process.send_signal(by)
        said = self.err.read()
        assert self.process.wait(20) == 0, said
        return said

    def under(self, title: str) -> list[str]:
        """The lines under this title."""
        [start] = [number for number, line in enumerate(self.printed) if title in line]
        lines = []
        for line in self.printed[start + 1 :]:
            if not line.startswith("  "):
                break
            lines.append(line.strip())
        return lines


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[Demo]:
    """The demo, until the block ends."""
    command = [sys.executable, "-P", "-m", "scripts.cli", "demo", "--database", "demo.db", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(HOUSE)}
    with subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            yield Demo(process)
        finally:
            process.kill()


@contextmanager
def demo(folder: Path, port: int) -> Iterator[Demo]:
    """The demo, serving; the block leaves it with Ctrl-C."""
    with started(folder, "--port", str(port)) as running:
        running.read_until(lambda line: "as_of=" in line)
        yield running
        assert "everything that was answered is in the journal" in running.ended(signal.SIGINT)


def pasted(line: str) -> Any:
    """What comes of a line that somebody pastes into a shell."""
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True, timeout=20)
    return json.loads(done.stdout)


def test_the_demo_serves_what_it_made_and_its_lines_work_as_printed(folder: Path, typed: Typed) -> None:
    if shutil.which("curl") is None:
        pytest.skip("there is no curl here")
    database, port = str(folder / "demo.db"), free_port()
    with demo(folder, port) as first:
        held, seen, replayed = map(pasted, first.under("Three lines"))
        assert held["events"] == ["SessionHeld"]
        assert seen["data"]["sessions"]["count"] > 0
        assert held["id"] == replayed["data"]["relationship"]
        assert replayed["data"]["events"][-1]["kind"] == "SessionHeld"
    commands = first.under("Try next:")
    assert len(commands) == 3
    for command in commands:
        _, *arguments = command.replace('"', "").split(" ")
        assert typed(*arguments[:-1], database)[0] == 0
    with Journal.open(database) as journal:
        kept = journal.position()
    with demo(folder, port) as second:
        assert pasted(second.under("Three lines")[0])["position"] == kept + 1


def test_the_demo_gives_a_token_for_every_role(folder: Path) -> None:
    port = free_port()
    with demo(folder, port) as running, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        tokens = dict(line.split() for line in running.under("A token for each role"))
        assert tuple(tokens) == ROLES
        seen = {
            role: client.get("/v1/relationships?limit=200", headers={"Authorization": f"Bearer {token}"})
            for role, token in tokens.items()
        }
        assert {answer.status_code for answer in seen.values()} == {200}
        counted = {role: len(answer.json()["items"]) for role, answer in seen.items()}
        assert 0 < counted["participant"] < counted["coordinator"] < counted["auditor"]
        assert counted["auditor"] == counted["administrator"] == counted["safeguarding"]


def test_for_programs_the_demo_says_all_of_it_in_one_document(folder: Path) -> None:
    port = free_port()
    with started(folder, "--port", str(port), "--json") as running:
        running.read_until(lambda line: line == "}\n")
        said = json.loads("".join(running.printed))
        assert said["data"]["closures"]["closures"] > 0
        assert (said["address"], tuple(said["tokens"])) == (f"http://127.0.0.1:{port}", ROLES)
        assert (len(said["commands"]), len(said["curl"])) == (3, 3)
        running.ended(signal.SIGTERM)
        assert running.out.read() == ""


def test_a_taken_port_is_told_before_anything_is_made(tmp_path: Path, typed: Typed) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, answer = typed("demo", "--port", str(port), "--database", str(tmp_path / "demo.db"))
    assert (code, answer["error"]["code"]) == (3, "ADDRESS_TAKEN")
    assert f"127.0.0.1:{port} is taken; choose another with --port" in answer["error"]["message"]
    assert list(tmp_path.iterdir()) == []
