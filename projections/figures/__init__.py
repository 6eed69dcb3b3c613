"""Figures: pure functions of records, rules and T.

One file each: what it counts, what a record contributes, what it answers.

A record contributes to every scope it belongs to: the organization (the empty scope), its program, its program's term.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from domain.rules import Rules
from projections.figures import (
    closures,
    first_session,
    goals,
    load,
    people,
    quality,
    relationships,
    sessions,
    silence,
)
from projections.figures.sums import Contribution

ORGANIZATION = ""


def scope_of(program: str, term: str | None = None) -> str:
    """The scope of a program, or of one of its terms."""
    return f"{program}/{term}" if term else program


def scopes(noun: str, record: dict[str, Any]) -> list[str]:
    """Where a record contributes."""
    if noun == "relationship":
        program, term = record["program"], record["term"]
        named = [scope_of(program), *([scope_of(program, term)] if term else [])] if program else []
        return [ORGANIZATION, *named]
    if noun == "participant":
        return [ORGANIZATION, *sorted({s[2] for s in record["slots"] if s[2] and s[4] is None})]
    return []


def contribute(noun: str, record: dict[str, Any], rules: Rules, to: str | None = None) -> Iterator[Contribution]:
    """What a record adds to the sums of each of its scopes; with `to`, of feedback only what is about this mentor."""
    if noun == "relationship":
        held = sessions.counted(record, rules)
        return chain(
            relationships.contribute(record, rules),
            people.contribute(record, rules),
            sessions.contribute(held, rules),
            first_session.contribute(record, held, rules),
            silence.contribute(record, held, rules),
            goals.contribute(record, rules),
            closures.contribute(record, rules),
            quality.contribute(record, rules, to),
        )
    if noun == "participant":
        return load.contribute(record, rules)
    return iter(())
