"""The answer of a run: figures from repeated measurements, and the table that people read."""

from collections.abc import Sequence
from statistics import median
from typing import Any

Figures = dict[str, Any]
Measured = Sequence[dict[str, Any]]


def rate(measured: Measured, of: str, target: float | None = None) -> Figures:
    """How many `of` a second: the median of the measurements, and between what it lay."""
    return _figure([one[of] / one["seconds"] for one in measured], f"{of}/s", target)


def share(parts: Measured, wholes: Measured, of: str, target: float) -> Figures:
    """How fast one went as a share of the other, by pairs that were measured one right after the other."""
    pairs = zip(parts, wholes, strict=True)
    ratios = [part[of] / part["seconds"] * whole["seconds"] / whole[of] for part, whole in pairs]
    return _figure(ratios, "ratio", target, digits=3)


def most(measured: Measured, target: float) -> Figures:
    """The most memory that any of the measurements held. The target is a limit."""
    value = max(one["peak_pss_mb"] for one in measured)
    rss = max(one["peak_rss_mb"] for one in measured)
    return {"median": value, "unit": "MB", "rss": rss, "target": target, "met": value <= target}


def table(answer: Figures) -> str:
    """The figures in lines, with their targets."""
    told = [f"{'':46}{'median':>12}{'min':>12}{'max':>12}{'target':>12}"]
    for engine, figures in answer["engines"].items():
        for name, figure in figures.items():
            numbers = [_short(figure.get(key)) for key in ("median", "min", "max", "target")]
            missed = "  missed" if figure.get("met") is False else ""
            label = f"{engine} {name.replace('_', ' ')} [{figure['unit']}]"
            told.append(f"{label:46}" + "".join(f"{number:>12}" for number in numbers) + missed)
    return "\n".join(told)


def _figure(values: Sequence[float], unit: str, target: float | None, digits: int = 0) -> Figures:
    middle, least, most = (round(value, digits) for value in (median(values), min(values), max(values)))
    figure = {"median": middle, "min": least, "max": most, "unit": unit, "runs": len(values)}
    return figure if target is None else figure | {"target": target, "met": middle >= target}


def _short(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.2f}" if number < 10 and number != int(number) else f"{number:,.0f}"
