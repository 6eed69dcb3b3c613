"""A process that a server starts beside itself, and that ends with it, however that ends.

It learns that the server is gone by the end of what it reads from it.
"""

import os
import signal
import subprocess
import sys
from typing import Any

ENDING_SECONDS = 5.0
"""So long it may finish what it writes. Killed, it leaves nothing half done."""


def started(module: str, **ends: Any) -> "subprocess.Popen[bytes]":
    """This module in a process of its own, where ours are found; `ends` are its standard input and output.

    It is in a group of its own: a terminal's Ctrl-C is for the server, also while the other is only starting.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([sys.executable, "-P", "-m", module], env=environment, process_group=0, **ends)


def finished(process: "subprocess.Popen[bytes]") -> int:
    """Its exit code, once it has finished what it was writing, or was killed."""
    try:
        return process.wait(ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def end_with_the_server() -> None:
    """In the process: what asks everybody to end is heard by the server, and we end with it."""
    for asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked, signal.SIG_IGN)
