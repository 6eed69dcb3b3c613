"""The command line as tests type it."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from scripts.cli import run

Typed = Callable[..., tuple[int, Any]]
"""Types a command with --json: its exit code and its answer."""


@pytest.fixture
def typed(capfd: pytest.CaptureFixture[str]) -> Typed:
    def type_it(*arguments: str) -> tuple[int, Any]:
        capfd.readouterr()
        code = run([*arguments, "--json"])
        return code, orjson.loads(capfd.readouterr().out)

    return type_it
