"""Answers: one JSON document for programs, tables for people, and messages on standard error."""

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

_WIDE = 160
"""How wide tables are when nobody looks at them on a terminal."""


def document(answer: Any) -> None:
    """One JSON document on standard output."""
    import orjson

    sys.stdout.write(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode() + "\n")


def note(message: str) -> None:
    """A message for whoever watches; never part of the answer."""
    print(message, file=sys.stderr, flush=True)


def line(text: str = "") -> None:
    """A line of the answer."""
    console().print(text, highlight=False, markup=False, soft_wrap=True)


def facts(title: str, pairs: Iterable[tuple[str, Any]]) -> None:
    """Names and values, under a title."""
    table(title, ("", ""), pairs, header=False)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, header: bool = True) -> None:
    """A table; whole numbers stand to the right."""
    from rich.table import Table
    from rich.text import Text

    lines = [[_text(value) for value in row] for row in rows]
    shown = Table(title=Text(title, style="bold"), title_justify="left", show_header=header, header_style="")
    for number, column in enumerate(columns):
        values = [its_line[number] for its_line in lines]
        numeric = bool(values) and all(value.replace(".", "").isdigit() or value == "-" for value in values)
        shown.add_column(column, justify="right" if numeric and header else "left", overflow="fold")
    for its_line in lines:
        shown.add_row(*map(Text, its_line))
    console().print(shown)


def console() -> "Console":
    """Where answers are printed."""
    from rich.console import Console

    class Piped(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Piped(width=None if sys.stdout.isatty() else _WIDE)


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(one)}" for name, one in value.items())
    return str(value)
