"""What the server counts and times, for Prometheus. No person and no relationship is named in it."""

from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0

from domain.journal import Answer
from domain.refusals import Refused

CONTENT_TYPE = CONTENT_TYPE_PLAIN_1_0_0

disable_created_metrics()  # type: ignore[no-untyped-call]

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_WISHES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


class Metrics:
    """The figures of one server. Each may be moved from any thread."""

    def __init__(self) -> None:
        self._registry = own = CollectorRegistry()
        self._commands = Counter(
            "journal_commands", "Wishes by command and by what came of them.", ["command", "outcome"], registry=own
        )
        self._refusals = Counter("journal_refusals", "Wishes that were refused, by code.", ["code"], registry=own)
        self._requests = Counter(
            "journal_http_requests", "Requests that were answered.", ["method", "route", "status"], registry=own
        )
        self._latency = Histogram(
            "journal_http_request_seconds",
            "From a request's headers to the end of its answer.",
            ["method", "route"],
            buckets=_SECONDS,
            registry=own,
        )
        self._batch = Histogram(
            "journal_batch_wishes", "How many wishes one transaction served.", buckets=_WISHES, registry=own
        )
        self._lag = Histogram(
            "journal_views_lag_seconds",
            "How long ago the oldest event was recorded that became visible at once with others.",
            buckets=_SECONDS,
            registry=own,
        )
        self._gauges = {
            name: Gauge(f"journal_{name}", said, registry=own)
            for name, said in (
                ("up", "Whether the database can be reached."),
                ("position", "The journal's last position."),
                ("writer_up", "Whether wishes can be served."),
                ("views_usable", "Whether questions are answered."),
                ("views_generation", "The current generation of views."),
                ("views_position", "How far the views are."),
                ("views_lag_events", "How many events they are behind."),
                ("views_frozen_roots", "How many records stand still because of an event that could not be folded."),
                ("feed_listeners", "How many listen to the feed."),
                ("rebuild_running", "Whether the views are being made again from here."),
                ("rebuild_done", "How many events (or records) of that are done."),
                ("rebuild_total", "Of how many."),
            )
        }
        self._children: dict[tuple[Any, ...], Any] = {}

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._child(self._requests, method, route, status).inc()
        self._child(self._latency, method, route).observe(seconds)

    def answered(self, command: str, answer: Answer) -> None:
        """A wish was granted."""
        self._child(self._commands, command, "recorded" if answer.events else "unchanged").inc()

    def refused(self, command: str, problem: Exception) -> None:
        """A wish was not."""
        if isinstance(problem, Refused):
            self._child(self._refusals, problem.code).inc()
        outcome = "refused" if isinstance(problem, Refused) else "failed"
        self._child(self._commands, command, outcome).inc()

    def batch(self, wishes: int) -> None:
        """A transaction served so many wishes."""
        self._batch.observe(wishes)

    def visible(self, seconds: float) -> None:
        """The views moved on; the oldest event of those was recorded so long ago."""
        self._lag.observe(seconds)

    def text(self, **gauges: float | None) -> bytes:
        """All figures, as Prometheus reads them. What is None is not known now."""
        for name, value in gauges.items():
            self._gauges[name].set(float("nan") if value is None else value)
        return generate_latest(self._registry)

    def _child(self, of: Counter | Histogram, *labels: Any) -> Any:
        """Looking one up by its labels costs more than to move it."""
        key = (of, *labels)
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = of.labels(*map(str, labels))
        return child
