"""What mentees say of mentors, on the four qualities: experience, patience, commitment, communication.

rating       code: the quality, or `all`; day: given on; value: the rating (`all`: twelve times a feedback's mean)
rated        code and day the same; value: how many
author       code: who gave it; day: given on
"""

from collections.abc import Iterator
from typing import Any, get_args

from domain.relationship.events import MentorQuality
from domain.rules import Rules
from projections.figures.sums import NO_DATA, Contribution, Period, Sums

QUALITIES: tuple[str, ...] = get_args(MentorQuality)
_TWELFTHS = 12
"""The mean of one to four whole ratings is a whole number of twelfths; so sums stay whole."""


def latest(record: dict[str, Any], to: str | None = None) -> Iterator[tuple[str, str, dict[str, int]]]:
    """`(author, day, ratings)`: the mentee's latest live feedback on each mentor (or on one), about whatever it was."""
    newest: dict[str, tuple[str, dict[str, int]]] = {}
    for feedback in record["feedback"].values():
        if feedback["retracted"] or feedback["from"] != record["mentee"] or to not in (None, feedback["to"]):
            continue
        day, ratings, *_ = feedback["given"][-1]
        if feedback["to"] not in newest or day >= newest[feedback["to"]][0]:
            newest[feedback["to"]] = day, ratings
    for day, ratings in newest.values():
        yield record["mentee"], day, ratings


def contribute(record: dict[str, Any], to: str | None = None) -> Iterator[Contribution]:
    for author, day, ratings in latest(record, to):
        given = [(quality, ratings[quality]) for quality in QUALITIES if quality in ratings]
        if not given:
            continue
        yield "author", author, day, 1
        for quality, value in given:
            yield "rating", quality, day, value
            yield "rated", quality, day, 1
        yield "rating", "all", day, sum(value for _, value in given) * _TWELFTHS // len(given)
        yield "rated", "all", day, 1


def answer(sums: Sums, period: Period, rules: Rules) -> dict[str, Any]:
    """Means, 1 to 5, over the rule's months before T. Hidden while too few different people have spoken."""
    window = period.months_ago(rules.feedback.window_months)
    authors = sums.distinct("author", since=window)
    if 0 < authors < rules.feedback.hidden_below_authors:
        return hidden(rules)
    ratings = sums.by_code("rating", since=window)
    rated = sums.by_code("rated", since=window)

    def mean(code: str, scale: int = 1) -> Any:
        return round(ratings[code] / rated[code] / scale, 2) if rated.get(code) else NO_DATA

    return {
        "authors": authors,
        "hidden_below_authors": rules.feedback.hidden_below_authors,
        "qualities": {quality: mean(quality) for quality in QUALITIES},
        "mean": mean("all", _TWELFTHS),
    }


def hidden(rules: Rules) -> dict[str, Any]:
    """The answer while too few have spoken."""
    return {
        "authors": "hidden",
        "hidden_below_authors": rules.feedback.hidden_below_authors,
        "qualities": dict.fromkeys(QUALITIES, "hidden"),
        "mean": "hidden",
    }
