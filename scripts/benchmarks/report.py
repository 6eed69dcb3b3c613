"""The answer of a run: figures from repeated measurements, and the table that people read."""

from collections.abc import Sequence
from statistics import median
from typing import Any

Figures = dict[str, Any]


def rate(measured: Sequence[dict[str, Any]], of: str, target: float | None = None) -> Figures:
    """How many `of` a second: the median of the measurements, and between what it lay."""
    return _figure([one[of] / one["seconds"] for one in measured], f"{of}/s", target)


def share(part: Figures, whole: Figures, target: float | None = None) -> Figures:
    """One median as a share of another."""
    value = round(part["median"] / whole["median"], 3)
    return {"median": value, "unit": "ratio"} | _judged(value, target)


def most(measured: Sequence[dict[str, Any]], target: float) -> Figures:
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


def _figure(values: Sequence[float], unit: str, target: float | None) -> Figures:
    middle = median(values)
    figure = {"median": round(middle), "min": round(min(values)), "max": round(max(values)), "unit": unit}
    return figure | {"runs": len(values)} | _judged(middle, target)


def _judged(value: float, target: float | None) -> Figures:
    return {} if target is None else {"target": target, "met": value >= target}


def _short(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.2f}" if number < 10 and number != int(number) else f"{number:,.0f}"
