"""The command line: every command answers in JSON, says what went wrong, and leaves with the right exit code."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from domain.journal import Journal
from domain.relationship.events import SessionVoided
from projections.views import Views
from scripts.cli import opening, run
from scripts.cli.app import app
from tests.support.deciding import on
from tests.support.scenes import named
from tests.support.serving import free_port
from tests.support.stories import Story, drafted, held, paired, registered

Typed = Callable[..., tuple[int, Any]]
COMMANDS = [command.name for command in app.registered_commands if command.name]


def told() -> Story:
    story = Story()
    story.tell("ann", registered("Ann")).tell("ben", registered("Ben")).tell("spring", drafted("Spring"))
    return story.tell("bond", paired("2026-01-05", "spring", "2026")).tell("bond", held("one", "2026-01-06"))


@pytest.fixture
def written(database: str) -> str:
    with told().written(database):
        return database


def process(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", "scripts.cli", *arguments]
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=here)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_json(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "--help"]) == 0
    help_text = capsys.readouterr().out
    assert "--json" in help_text
    assert "--database" in help_text


def test_init_can_be_repeated(database: str, typed: Typed) -> None:
    expected = (0, {"position": 0, "schema": 1})
    assert typed("init", "--database", database) == expected
    assert typed("init", "--database", database) == expected


def test_relationships(written: str, typed: Typed) -> None:
    code, answer = typed("relationships", "--program", "Spring", "--state", "active", "--database", written)
    item = {
        "id": named("bond"),
        "program": named("spring"),
        "term": "2026",
        "mentor": named("ann"),
        "mentee": named("ben"),
        "state": "active",
    }
    assert (code, answer) == (0, {"position": 5, "items": [item], "next": None})


def test_dashboard(written: str, typed: Typed) -> None:
    code, answer = typed("dashboard", "Spring", "--as-of", "2026-01-31", "--database", written)
    assert (code, answer.keys()) == (0, {"position", "as_of", "known_at", "rules", "frozen", "data"})
    assert answer["data"]["sessions"] == {"count": 1, "hours": 1.0}
    code, answer = typed("dashboard", "--mentor", "Ann", "--known-at", "2026-01-01T13:00:00Z", "--database", written)
    assert (code, answer["position"], answer["data"]["sessions"]["count"]) == (0, 4, 0)


def test_replay(written: str, typed: Typed) -> None:
    code, answer = typed("replay", named("bond").upper(), "--as-of", "2026-01-31", "--database", written)
    keys = {"relationship", "as_of", "known_at", "position", "hash", "events", "state"}
    assert (code, answer.keys(), len(answer["events"])) == (0, keys, 2)


def test_history(written: str, typed: Typed) -> None:
    code, answer = typed("history", "--person", "Ben", "--limit", "2", "--database", written)
    assert (code, [item["position"] for item in answer["items"]]) == (0, [2, 4])
    assert (answer["next"], answer["position"]) == (4, 5)


def test_rebuild_check_and_status(written: str, typed: Typed) -> None:
    code, rebuilt = typed("rebuild", "--database", written)
    assert (code, rebuilt["events"], rebuilt["position"], rebuilt["generation"]) == (0, 5, 5, 1)
    assert [view.keys() for view in rebuilt["views"]] == [{"name", "rows", "checksum"}] * 5
    code, checked = typed("check", "--database", written)
    assert (code, checked["equal"], checked["position"], checked["gaps"], checked["unreadable"]) == (0, True, 5, [], [])
    assert [view.keys() for view in checked["views"]] == [{"name", "equal", "live", "rebuilt", "differences"}] * 5
    code, status = typed("status", "--database", written)
    assert (code, status["position"], status["generation"]) == (0, 5, 1)
    view = {"name", "position", "lag", "rows", "checksum", "frozen"}
    assert [one.keys() for one in status["views"]] == [view] * 5


def test_retry_with_nothing_frozen(written: str, typed: Typed) -> None:
    typed("rebuild", "--database", written)
    assert typed("retry", "--database", written) == (0, {"retried": [], "frozen": []})


def test_an_event_that_fits_nothing_is_named_frozen_and_can_be_tried_again(database: str, typed: Typed) -> None:
    void = SessionVoided(session=named("gone"), reason="test", by="operator", occurred_on=on("2026-02-01"))
    with told().tell("bond", void).written(database):
        pass
    for command in ("rebuild", "dashboard"):
        code, refused = typed(command, "--database", database)
        assert (code, refused["error"]["code"]) == (1, "POISON_EVENT")
    assert typed("rebuild", "--accept", "--database", database)[0] == 0
    code, answer = typed("dashboard", "Spring", "--database", database)
    assert (code, answer["frozen"]) == (0, [{"noun": "relationship", "root": named("bond"), "position": 6}])
    assert answer["data"]["sessions"]["count"] == 1
    code, answer = typed("retry", named("bond"), "--database", database)
    assert (code, answer["retried"], [one["root"] for one in answer["frozen"]]) == (0, [], [named("bond")])


def test_views_that_are_far_behind_are_made_anew(written: str, typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "FAR_BEHIND", 4)
    assert typed("relationships", "--database", written)[1]["position"] == 5
    assert typed("status", "--database", written)[1]["generation"] == 1


def test_generate_and_what_it_needs(tmp_path: Path, typed: Typed) -> None:
    where = ("--database", str(tmp_path / "made.db"))
    made = ("generate", "--relationships", "5", "--years", "1", "--until", "2026-01-31", "--seed", "7")
    code, answer = typed(*made, *where)
    assert (code, answer.keys()) == (0, {"relationships", "events", "position", "seconds"})
    assert (answer["relationships"], answer["events"]) == (5, answer["position"])
    code, refused = typed(*made, *where)
    assert (code, refused["error"]["code"]) == (1, "WRONG_STATE")
    code, wrong = typed("generate", *where)
    assert (code, wrong["error"]["code"]) == (2, "USAGE")


def test_an_export_is_the_whole_journal_line_by_line(written: str, capfd: pytest.CaptureFixture[str]) -> None:
    capfd.readouterr()
    assert run(["export", "--database", written]) == 0
    lines = [orjson.loads(line) for line in capfd.readouterr().out.splitlines()]
    with Journal.open(written) as journal:
        entries = list(journal.entries())
    assert [line["position"] for line in lines] == [1, 2, 3, 4, 5]
    assert [orjson.dumps(line["facts"], option=orjson.OPT_SORT_KEYS) for line in lines] == [
        entry.facts for entry in entries
    ]
    assert [(line["kind"], line["hash"]) for line in lines] == [(entry.kind, entry.hash.hex()) for entry in entries]
    assert run(["export", "--since", "3", "--personal", "--database", written]) == 0
    lines = [orjson.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [(line["position"], line["personal"]) for line in lines] == [(4, {}), (5, {})]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("history", "--actor", "nobody"), "Nothing meets all that was asked for."),
        (("relationships", "--state", "closed"), "Nothing meets all that was asked for."),
        (("retry", "foo"), "foo is not frozen."),
        (("status",), "There are no views yet: the first question makes them, and so does `journal rebuild`."),
    ],
)
def test_where_there_is_nothing_it_is_said(
    arguments: tuple[str, ...], said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    database = str(tmp_path / "journal.db")
    with told().written(database) as journal:
        if arguments != ("status",):
            Views(journal).make_ready()
    assert run([*arguments, "--database", database]) == 0
    assert said in capfd.readouterr().out.splitlines()


def test_a_bare_journal_shows_what_it_can_do(capfd: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    assert "Commands:" in capfd.readouterr().out
    assert run(["--version"]) == 0
    assert re.fullmatch(r"journal [0-9.]+\n", capfd.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (("replay", named("nobody")), "UNKNOWN", 1),
        (("dashboard", "Autumn"), "UNKNOWN", 1),
        (("dashboard", "--mentor", "Zoe"), "UNKNOWN", 1),
        (("relationships", "--person", "Zoe"), "UNKNOWN", 1),
        (("dashboard", "--as-of", "tomorrow"), "USAGE", 2),
        (("replay", named("bond"), "--known-at", "2026-01-01T00:00:00"), "USAGE", 2),
        (("dashboard", "Spring", "--mentor", "Ann"), "USAGE", 2),
        (("dashboard", "--term", "2026"), "USAGE", 2),
        (("dashboard", "--from", "2026-02-01", "--until", "2026-01-01"), "USAGE", 2),
        (("dashboard", "Spring", "--term", "2027"), "UNKNOWN", 1),
        (("relationships", "--program", "Spring", "--term", "2027"), "UNKNOWN", 1),
        (("history", "--relationship", named("nobody")), "UNKNOWN", 1),
        (("history", "--kind", "Sung"), "USAGE", 2),
        (("import", "nowhere.csv"), "USAGE", 2),
        (("replay",), "USAGE", 2),
        (("sing",), "USAGE", 2),
    ],
)
def test_what_goes_wrong_has_a_code_and_a_sentence(
    arguments: tuple[str, ...], code: str, exit_code: int, tmp_path: Path, typed: Typed
) -> None:
    database = str(tmp_path / "journal.db")
    with told().written(database):
        pass
    exited, answer = typed(arguments[0], *arguments[1:], *(["--database", database] if arguments[0] != "sing" else []))
    assert (exited, answer["error"]["code"]) == (exit_code, code)
    assert len(answer["error"]["message"]) > 10


def test_a_journal_that_cannot_be_opened_is_unreachable(tmp_path: Path, typed: Typed) -> None:
    text = tmp_path / "text.db"
    text.write_text("this is no database, and not a short one either\n" * 100)
    for database in (str(tmp_path / "nowhere.db"), str(text), "postgresql://127.0.0.1:1/nowhere?connect_timeout=1"):
        code, answer = typed("status", "--database", database)
        assert (code, answer["error"]["code"]) == (3, "UNREACHABLE"), database


def test_the_database_is_said_before_or_after_the_command_or_in_the_environment(
    tmp_path: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = str(tmp_path / "there.db")
    with told().written(database):
        pass
    assert typed("--database", database, "relationships")[1]["position"] == 5
    assert typed("relationships", "--database", database)[1]["position"] == 5
    monkeypatch.setenv("JOURNAL_DATABASE", database)
    assert typed("relationships")[1]["position"] == 5
    monkeypatch.delenv("JOURNAL_DATABASE")
    monkeypatch.chdir(tmp_path)
    with told().written("journal.db"):
        pass
    assert typed("relationships")[1]["position"] == 5


@pytest.mark.parametrize(
    ("database", "said"),
    [
        ("journal.db", "journal.db"),
        ("postgresql://ann@there:5432/mentoring", "postgresql://ann@there:5432/mentoring"),
        ("postgresql://ann:secret@there:5432/mentoring", "postgresql://ann:***@there:5432/mentoring"),
        ("postgresql://ann:se:cr@et@there/mentoring?x=1", "postgresql://ann:***@there/mentoring?x=1"),
        ("postgresql://there/mentoring?password=secret&user=ann", "postgresql://there/mentoring?password=***&user=ann"),
    ],
)
def test_a_password_is_never_said(database: str, said: str) -> None:
    assert opening.shown(database) == said


def test_people_get_tables(written: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (
        ["relationships"],
        ["dashboard"],
        ["dashboard", "Spring"],
        ["dashboard", "--mentor", "Ann"],
        ["replay", named("bond")],
        ["history"],
        ["rebuild"],
        ["check"],
        ["status"],
        ["retry"],
    ):
        assert run([*command, "--database", written]) == 0
        assert capsys.readouterr().out.strip(), command
    assert run(["replay", named("nobody"), "--database", written]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.startswith("journal: there is no relationship")) == ("", True)


def test_the_demo_leaves_somebody_s_own_journal_alone(written: str, typed: Typed) -> None:
    code, answer = typed("demo", "--port", str(free_port()), "--database", written)
    assert (code, answer["error"]["code"]) == (1, "WRONG_STATE")


def test_a_reader_who_has_seen_enough_hears_no_more(tmp_path: Path) -> None:
    database = str(tmp_path / "journal.db")
    assert run(["generate", "--relationships", "50", "--until", "2026-01-31", "--database", database]) == 0
    with process("export", "--database", database) as exporting:
        assert exporting.stdout is not None
        assert exporting.stderr is not None
        assert exporting.stdout.readline().startswith(b'{"position":1,')
        exporting.stdout.close()
        assert exporting.stderr.read() == b""
    assert exporting.returncode == 0


def test_help_is_instant() -> None:
    quickest = 10.0
    for _ in range(3):
        began = time.monotonic()
        with process("dashboard", "--help") as helping:
            helping.communicate()
        quickest = min(quickest, time.monotonic() - began)
    assert (helping.returncode, quickest < 1.0) == (0, True)
