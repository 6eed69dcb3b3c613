"""The benchmark answers everything that it promises. How fast anything is, no test asks."""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.benchmarks import __main__ as bench
from scripts.benchmarks.apart import MeasurementFailed, apart
from scripts.benchmarks.report import rate, share, table

HOUSE = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def in_this_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(HOUSE))


def measured(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], *arguments: str
) -> tuple[dict[str, Any], str]:
    monkeypatch.setattr(sys, "argv", ["bench", "--events", "300", "--repeats", "1", *arguments])
    bench.main()
    told = capfd.readouterr()
    return json.loads(told.out), told.err


def test_a_run_on_sqlite_answers_every_question(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    answer, told = measured(monkeypatch, capfd, "--engine", "sqlite")
    assert {"cores", "processor", "memory", "python", "sqlite", "loop_ns"} <= answer["machine"].keys()
    names = {re.sub(r"_at_\d+", "_at", name): figure for name, figure in answer["engines"]["sqlite"].items()}
    assert {name: figure["unit"] for name, figure in names.items()} == {
        "generate": "events/s",
        "rebuild": "events/s",
        "floor": "events/s",
        "rebuild_of_floor": "ratio",
        "refigure": "relationships/s",
        "memory_at": "MB",
        "memory_of_generate_at": "MB",
        "rebuild_at": "events/s",
        "commands_spread": "commands/s",
        "commands_hot": "commands/s",
        "commands_hot_of_spread": "ratio",
        "single_commits": "commits/s",
        "http_bare": "requests/s",
        "http_commands": "requests/s",
        "http_commands_of_bare": "ratio",
        "http_bare_p99": "ms",
        "http_commands_p99": "ms",
        "http_lag_p50": "ms",
        "http_lag_p99": "ms",
        "http_dashboards_at": "requests/s",
        "http_dashboards_p99": "ms",
        "http_dashboards_first_p99": "ms",
        "http_unchanged": "requests/s",
        "http_unchanged_of_asked": "ratio",
        "http_replay_p99": "ms",
        "help": "s",
    }
    assert all(figure["median"] > 0 for figure in names.values())
    assert "sqlite rebuild of floor [ratio]" in told


def test_a_run_on_postgresql_answers_what_is_asked(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], postgres_server: str
) -> None:
    monkeypatch.setenv("JOURNAL_TEST_POSTGRES", postgres_server)
    answer, told = measured(monkeypatch, capfd, "--engine", "postgresql", "--what", "rebuild,commands", "--json")
    assert {"rebuild", "rebuild_of_floor", "commands_hot_of_spread"} < answer["engines"]["postgresql"].keys()
    assert "median" not in told


def test_what_is_not_measured_is_refused(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        measured(monkeypatch, capfd, "--what", "happiness")
    assert "happiness" in capfd.readouterr().err


def test_a_measurement_that_breaks_off_is_no_figure(capfd: pytest.CaptureFixture[str]) -> None:
    nowhere = os.path.join("no", "such", "folder", "journal.db")
    with pytest.raises(MeasurementFailed, match="fold"):
        apart("fold", database=nowhere)
    assert "no database" in capfd.readouterr().err


def test_figures_are_medians_judged_by_their_targets() -> None:
    runs = [{"events": 100, "seconds": seconds} for seconds in (1.0, 2.0, 4.0)]
    whole = rate(runs, "events", 60)
    assert whole == {
        "median": 50,
        "min": 25,
        "max": 100,
        "unit": "events/s",
        "runs": 3,
        "target": 60,
        "met": False,
    }
    twice = [{"events": 100, "seconds": one["seconds"] / 2} for one in runs]
    half = share(runs, twice, "events", 0.35)
    assert half == {
        "median": 0.5,
        "min": 0.5,
        "max": 0.5,
        "unit": "ratio",
        "runs": 3,
        "target": 0.35,
        "met": True,
    }
    assert "missed" in table({"engines": {"sqlite": {"rebuild": whole}}})
