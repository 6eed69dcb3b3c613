"""Figures: pure functions of records, rules and T.

One file each: what it counts, what a record contributes, what it answers. What a record says by itself (`contribute`)
is told apart from what the rules make of it (`judge`, whose measures are `JUDGED`): other rules change only the latter.

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

JUDGED: tuple[str, ...] = tuple(
    measure for figure in (relationships, sessions, first_session, silence, closures, load) for measure in figure.JUDGED
)
"""The measures that depend on the rules."""


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
    judged = judge(noun, record, rules)
    if noun != "relationship":
        return judged
    return chain(
        judged,
        relationships.contribute(record),
        people.contribute(record),
        goals.contribute(record),
        closures.contribute(record),
        quality.contribute(record, to),
    )


def judge(noun: str, record: dict[str, Any], rules: Rules) -> Iterator[Contribution]:
    """The part of it that depends on the rules: all there is of the measures that are `JUDGED`, and nothing else."""
    if noun == "relationship":
        held = sessions.counted(record, rules)
        return chain(
            relationships.judge(record, rules),
            sessions.judge(held, rules),
            first_session.judge(record, held, rules),
            silence.judge(record, held, rules),
            closures.judge(record, rules),
        )
    if noun == "participant":
        return load.judge(record, rules)
    return iter(())
