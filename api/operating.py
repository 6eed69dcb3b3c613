"""What an operator asks of a running server: how it stands, its figures for Prometheus, and a rebuild."""

import logging
from dataclasses import dataclass
from http import HTTPStatus

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api import bodies, parameters
from api.answers import Reply, json
from api.metrics import CONTENT_TYPE
from api.parameters import Parameters
from api.policy import Rights
from api.problems import RETRY_SECONDS, Invalid, faults, fields, later
from api.route import Call
from api.service import Service
from domain.journal import Failure
from projections.generations import Unusable

_log = logging.getLogger("journal.operating")


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands now. What is None is not known."""

    position: int | None = None
    """The journal's."""
    views: int | None = None
    """How far the views are."""
    generation: int | None = None
    frozen: int | None = None
    problem: str | None = None
    """The code of what is wrong: UNREACHABLE, NO_VIEWS, NO_WRITER when no wish can be served, or STANDS_STILL when the
    follower does not go on.
    """

    @property
    def lag(self) -> int | None:
        return None if self.position is None or self.views is None else max(self.position - self.views, 0)


class Wanted(BaseModel):
    """What a rebuild is asked for with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    accept: bool = Field(
        default=False, description="Freeze what holds an event that cannot be folded, instead of stopping."
    )


def standing(service: Service) -> Standing:
    """How it stands now."""
    try:
        position = service.journal.position()
    except Failure:
        return Standing(problem="UNREACHABLE")
    try:
        with service.views.read() as view:
            frozen = len(view.frozen())
    except Unusable:
        return Standing(position, problem="NO_VIEWS")
    except Failure:
        return Standing(position, problem="UNREACHABLE")
    problem = None
    if service.writing.trouble:
        problem = "NO_WRITER"
    elif view.position < position and service.live.trouble:
        problem = "STANDS_STILL"
    return Standing(position, view.position, view.number, frozen, problem)


async def readyz(call: Call, rights: Rights) -> Reply:
    """Whether questions and wishes are answered, and how far the views are: 503 when they are not."""
    now = await call.service.ask(lambda: standing(call.service))
    content = {
        "status": "not ready" if now.problem else "ready",
        "position": now.position,
        "views": now.views,
        "lag": now.lag,
        "generation": now.generation,
        "frozen": now.frozen,
        "problem": now.problem,
    }
    if now.problem:
        return json(content, HTTPStatus.SERVICE_UNAVAILABLE, later(RETRY_SECONDS))
    return json(content)


async def metrics(call: Call, rights: Rights) -> Reply:
    """The server's figures, as Prometheus reads them."""
    service = call.service

    def text() -> bytes:
        now, rebuilding = standing(service), service.rebuilding.told
        return service.metrics.text(
            up=now.position is not None,
            position=now.position,
            writer_up=not service.writing.trouble,
            views_usable=now.views is not None,
            views_generation=now.generation,
            views_position=now.views,
            views_lag_events=now.lag,
            views_frozen_roots=now.frozen,
            feed_listeners=service.tail.listeners,
            rebuild_running=rebuilding.state == "running",
            rebuild_done=rebuilding.done,
            rebuild_total=rebuilding.total,
        )

    return Reply(HTTPStatus.OK, await service.ask(text), ((b"content-type", CONTENT_TYPE.encode()),))


async def begin_rebuild(call: Call, rights: Rights) -> Reply:
    """Make the views again, beside the live ones; readers notice nothing until the swap. One at a time."""
    identity = call.identity(rights)
    parameters.read(parameters.Nothing, call.scope["query_string"])
    said = bodies.parse(await bodies.read(call.receive, call.headers), call.headers)
    try:
        wanted = Wanted.model_validate(said, strict=True)
    except ValidationError as error:
        raise Invalid("the body is not what this wish needs", faults(error, fields(Wanted))) from None
    service = call.service
    if await service.ask(lambda: service.rebuilding.begin(accept=wanted.accept)):
        _log.info("a rebuild was asked for by %s", identity.actor)
    return json(service.rebuilding.told, HTTPStatus.ACCEPTED, ((b"location", b"/v1/rebuild"),))


async def rebuild_progress(call: Call, rights: Rights) -> Reply:
    """How the last rebuild that was asked for here stands."""
    call.identity(rights)
    parameters.read(Parameters, call.scope["query_string"])
    return json(call.service.rebuilding.told)
