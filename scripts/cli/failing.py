"""How a command says that it could not do what was asked: a sentence, a code, an exit code."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

DONE, REFUSED, USAGE, UNREACHABLE = range(4)
"""The exit codes."""


@contextmanager
def quiet() -> Iterator[None]:
    """A reader who has seen enough hears no more about it."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def explained(error: Exception, *, as_json: bool) -> int:
    """Say what went wrong, as JSON or on standard error; the exit code. Raises what nobody expected."""
    code, message, exit_code = _described(error)
    if as_json:
        from scripts.cli.saying import document

        document({"error": {"code": code, "message": message}})
    else:
        print(f"journal: {message}", file=sys.stderr)
    return exit_code


def _described(error: Exception) -> tuple[str, str, int]:
    if isinstance(error, typer.TyperException):
        context = getattr(error, "ctx", None)
        said = str(getattr(error, "format_message", error.__str__)()).replace("Value error, ", "")
        hint = f"{chr(10) if chr(10) in said else ' '}(see `{context.command_path} --help`)" if context else ""
        return "USAGE", f"{said}{hint}", USAGE
    if isinstance(error, typer.Abort):
        return "ABORTED", "stopped", REFUSED
    from domain.journal import Failure, NoRoom
    from domain.refusals import Refused

    if isinstance(error, Refused):
        return str(error.code), error.sentence, REFUSED
    if isinstance(error, NoRoom):
        return "NO_ROOM", str(error), UNREACHABLE
    if isinstance(error, Failure):
        return "UNREACHABLE", str(error), UNREACHABLE
    if isinstance(error, OSError):
        return "UNREADABLE_FILE", f"{error.filename}: {error.strerror}", UNREACHABLE
    from projections.folding import PoisonEvent
    from projections.generations import Unusable

    if isinstance(error, PoisonEvent):
        return "POISON_EVENT", f"{error}; `journal rebuild --accept` freezes that {error.poison.noun}", REFUSED
    if isinstance(error, Unusable):
        return "VIEWS_UNUSABLE", str(error), UNREACHABLE
    from api.identity import NoKey
    from api.serving import Taken

    if isinstance(error, NoKey):
        return "NO_KEY", str(error), UNREACHABLE
    if isinstance(error, Taken):
        return "ADDRESS_TAKEN", str(error), UNREACHABLE
    raise error
