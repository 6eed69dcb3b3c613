"""Answers as tables, for people."""

from typing import Any

from domain.journal import Journal
from projections.history.names import Names
from scripts.cli.saying import facts, line, table

Answer = dict[str, Any]


def show_relationships(journal: Journal, answer: Answer) -> None:
    """A row for each relationship."""
    name = Names(journal)
    rows = [
        (
            one["id"],
            name(one["program"]) if one["program"] else "-",
            one["term"],
            name(one["mentor"]),
            name(one["mentee"]),
            one["state"],
        )
        for one in answer["items"]
    ]
    table(_at("Relationships", answer), ("id", "program", "term", "mentor", "mentee", "state"), rows)
    _more(answer)


def show_dashboard(answer: Answer) -> None:
    """The figures of a program, a term or the organization, group by group."""
    data = answer["data"]
    whose = data["program"]["name"] if data["program"] else "All programs"
    _moment(f"{whose}, {data['term']}" if data["term"] else whose, answer)
    groups = ["people", "relationships", "sessions", "first_session", "silence", "goals", "closures"]
    _figures(data, [*groups, *(["mentor_load"] if "mentor_load" in data else [])])
    if data["terms"]:
        columns = ("term", "begins_on", "ends_on", "served", "active", "sessions", "hours")
        table("Term by term", columns, [[one[column] for column in columns] for one in data["terms"]])
    _months(data)


def show_mentor(journal: Journal, answer: Answer) -> None:
    """A mentor's load, mentees and figures."""
    data, name = answer["data"], Names(journal)
    _moment(name(data["mentor"]["id"]), answer)
    facts("Load", [(_label(field), value) for field, value in data["load"].items()])
    columns = ("mentee", "program", "term", "state", "sessions", "last_session_on", "days_since", "goals")
    rows = []
    for one in data["mentees"]:
        goals = [goal["state"] for goal in one["goals"]]
        shown = {**one, "mentee": name(one["mentee"]), "goals": goals}
        shown["program"] = name(one["program"]) if one["program"] else None
        rows.append([shown[column] for column in columns])
    table("Mentees", [_label(column) for column in columns], rows)
    _figures(data, ["relationships", "sessions", "first_session", "silence", "goals", "closures"])
    _months(data)


def show_replay(answer: Answer) -> None:
    """The events of a relationship with the state after each, then the final state."""
    rows = []
    for event in answer["events"]:
        what = event["sentence"] + (" (later than this day)" if event["later"] else "")
        rows.append((event["position"], event["occurred_on"], what, event["who"], _state(event["state"])))
    title = _moment_title(f"Relationship {answer['relationship']}", answer)
    table(title, ("position", "day", "what happened", "recorded by", "state after it"), rows)
    if answer["state"]:
        facts("State", [(_label(field), value) for field, value in answer["state"].items()])
    else:
        line("Nothing of it had begun, as known then.")


def show_history(answer: Answer) -> None:
    """A row for each event: when and by whom it was recorded, what it says, what it changed."""
    rows = [
        (
            item["position"],
            item["recorded_at"][:19].replace("T", " "),
            item["who"],
            item["sentence"],
            _changed(item),
        )
        for item in answer["items"]
    ]
    table(_at("History", answer), ("position", "recorded (UTC)", "by", "what", "changed"), rows)
    _more(answer)


def _state(state: Answer | None) -> str:
    if state is None:
        return "not begun"
    parts = [state["status"], f"{state['sessions']['counted']} sessions"]
    if state["sessions"]["void"]:
        parts.append(f"{state['sessions']['void']} void")
    if state["goals"]:
        parts.append("goals " + ", ".join(f"{count} {_label(what)}" for what, count in state["goals"].items()))
    return "; ".join(parts)


def _changed(item: Answer) -> str:
    return "; ".join(
        f"{_label(change['field'])}: {_value(change['was'])} → {_value(change['is'])}" for change in item["changes"]
    )


def _figures(data: Answer, groups: list[str]) -> None:
    """One table of all figures; a group is named on its first line."""
    rows: list[tuple[str, str, Any]] = []
    for group in groups:
        for number, (field, value) in enumerate(data[group].items()):
            rate = field.endswith("_rate") and not isinstance(value, str)
            rows.append((_label(group) if number == 0 else "", _label(field), f"{value:.1%}" if rate else value))
    feedback = data["feedback"]
    told = [*feedback["qualities"].items(), ("mean", feedback["mean"]), ("authors", feedback["authors"])]
    rows += [("feedback on mentors" if number == 0 else "", *row) for number, row in enumerate(told)]
    table("Figures", ("", "figure", "value"), rows)


def _months(data: Answer) -> None:
    columns = ("month", "began", "closed", "sessions", "hours")
    if data["months"]:
        table("Month by month", columns, [[one[column] for column in columns] for one in data["months"]])


def _moment(title: str, answer: Answer) -> None:
    line(_moment_title(title, answer))
    for one in answer["frozen"]:
        line(f"The {one['noun']} {one['root']} is frozen at {one['position']}: `journal retry` folds it again.")


def _moment_title(title: str, answer: Answer) -> str:
    known = answer["known_at"][:19].replace("T", " ")
    return f"{title}, as of {answer['as_of']}, known at {known} UTC, at position {answer['position']}"


def _at(title: str, answer: Answer) -> str:
    return f"{title}, at position {answer['position']}"


def _more(answer: Answer) -> None:
    """What there is beyond these rows; that there is nothing, where there are none."""
    if not answer["items"]:
        line("Nothing meets all that was asked for.")
    if answer["next"]:
        line(f"There are more: --after {answer['next']}")


def _label(name: str) -> str:
    return name.replace("_", " ")


def _value(value: Any) -> str:
    if value is None:
        return "nothing"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
