"""A measurement in a process of its own, with its memory watched from outside."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_EVERY_SECONDS = 0.1
_MORE = 1.01
"""What processes share is looked into, which takes time, only when they hold more than ever."""
_PAGE_KB = 4


class MeasurementFailed(Exception):
    """A measurement did not come to its end; what it said stands on standard error."""


def apart(task: str, **arguments: Any) -> dict[str, Any]:
    """The answer of a task (see `tasks`), with the most memory that it and its worker processes held together.

    `peak_rss_mb` counts what processes share once for each of them, `peak_pss_mb` once. Both are 0 without /proc.
    """
    command = [sys.executable, "-P", "-m", "scripts.benchmarks.tasks", task, json.dumps(arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        rss = pss = 0
        while True:
            held = _memory(process.pid, _rss_kb)
            if held > rss * _MORE:
                pss = max(pss, _memory(process.pid, _pss_kb))
            rss = max(rss, held)
            try:
                process.wait(_EVERY_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            break
        assert process.stdout is not None
        told = process.stdout.read()
    if process.returncode:
        raise MeasurementFailed(f"{task} ended with {process.returncode}")
    answer: dict[str, Any] = json.loads(told)
    return answer | {"peak_rss_mb": rss // 1024, "peak_pss_mb": pss // 1024}


def _memory(pid: int, kilobytes: Any) -> int:
    """Of this process and all below it."""
    return sum(kilobytes(Path("/proc", str(one))) for one in _tree(pid))


def _tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        for task in Path("/proc", str(parent), "task").glob("*/children"):
            try:
                found += map(int, task.read_text().split())
            except OSError:
                continue
    return found


def _rss_kb(process: Path) -> int:
    try:
        return int((process / "statm").read_text().split()[1]) * _PAGE_KB
    except OSError:
        return 0


def _pss_kb(process: Path) -> int:
    try:
        lines = (process / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
