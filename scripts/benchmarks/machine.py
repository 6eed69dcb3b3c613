"""On what it was measured: a figure means little without the machine that it was taken on."""

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

_TURNS = 5_000_000


def machine() -> dict[str, Any]:
    """Cores, processor, memory, versions; and how long this Python takes for one turn of an empty-handed loop."""
    return {
        "cores": os.cpu_count(),
        "processor": _line("/proc/cpuinfo", "model name"),
        "memory": _line("/proc/meminfo", "MemTotal"),
        "system": platform.system(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in ("orjson", "pydantic", "psycopg")},
        "loop_ns": loop_ns(),
    }


def loop_ns() -> float:
    """Nanoseconds for one turn of a plain loop: compare it between machines, and between two runs on one."""
    began, total = perf_counter(), 0
    for n in range(_TURNS):
        total += n & 3
    return round((perf_counter() - began) / _TURNS * 1e9, 1)


def _line(file: str, name: str) -> str:
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return "unknown"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "unknown")
