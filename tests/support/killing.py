"""A rebuild in a process of its own, which is killed as soon as it calls a function, or returns from it."""

import os
import signal
import subprocess
import sys
from types import FrameType
from typing import Any

from domain.journal import Journal
from domain.rules import Rules
from projections.rebuild import Plan, rebuild


def killed(
    database: str, step: str, when: str, *, workers: int, rules: Rules | None = None, planned: Plan | None = None
) -> None:
    """Have it killed at the first `when` ("call" or "return") of the function `step`, such as `Loader.rows`."""
    rule_text = (rules or Rules()).model_dump_json()
    reason = "" if planned is None else planned.why
    command = [sys.executable, "-m", "tests.support.killing", database, step, when, str(workers), rule_text, reason]
    ended = subprocess.run(command, capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def main() -> None:
    """Rebuild, and be killed."""
    database, step, when, workers, rules, reason = sys.argv[1:]

    def watch(frame: FrameType, event: str, _: Any) -> None:
        if event == when and frame.f_code.co_qualname == step:
            os.kill(os.getpid(), signal.SIGKILL)

    with Journal.open(database) as journal:
        planned = Plan(None, reason) if reason else None
        sys.setprofile(watch)
        rebuild(journal, rules=Rules.model_validate_json(rules), workers=int(workers), planned=planned)


if __name__ == "__main__":
    main()
