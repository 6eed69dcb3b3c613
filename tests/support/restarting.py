"""A PostgreSQL of a test's own, that it may stop and start again."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from scripts.postgres import temporary_database, temporary_postgres


class Machine:
    """The server's processes."""

    def __init__(self, url: str) -> None:
        self._folder = Path(parse_qs(urlsplit(url).query)["host"][0])
        first_line = (self._folder / "data" / "postmaster.pid").read_text().partition("\n")[0]
        self._programs = Path("/proc", first_line, "exe").resolve().parent
        owner = self._folder.stat()
        others = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
        self._owner: dict[str, Any] = others if owner.st_uid != os.geteuid() else {}

    def stop(self) -> None:
        """Everybody is thrown out, and nobody is let in."""
        self._control("stop", "-m", "fast")

    def start(self) -> None:
        """It is there again."""
        options = (self._folder / "data" / "postmaster.opts").read_text().partition(" ")[2].replace('"', "").strip()
        self._control("start", "-o", options, "-l", "log")

    def _control(self, *what: str) -> None:
        command = [str(self._programs / "pg_ctl"), "-D", "data", "-w", *what]
        subprocess.run(command, check=True, cwd=self._folder, stdout=subprocess.DEVNULL, **self._owner)


@contextmanager
def restartable_postgres() -> Iterator[tuple[str, Machine]]:
    """A new database, and the server that it is on."""
    with temporary_postgres() as url, temporary_database(url) as database:
        yield database, Machine(url)
