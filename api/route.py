"""What a route says: its address, what is asked there or wished for, and who may."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from starlette.types import Scope

from api.bodies import Incoming
from api.identity import Identity
from api.parameters import Parameters
from api.policy import Rights
from api.problems import NoToken, Unreadable
from api.service import Service
from domain.decider import Command
from domain.refusals import Forbidden

_ONCE = (b"authorization", b"idempotency-key", b"if-match", b"content-type", b"content-encoding")


@dataclass(frozen=True, slots=True)
class Does:
    """A route that takes a wish: its body is the command, but for the fields that the address says."""

    method: str
    path: str
    command: type[Command]
    rights: Rights
    fields: Mapping[str, str] = field(default_factory=dict)
    """For each parameter of the address the command's field; by default one of its own name."""
    creates: str | None = None
    """The kind of event that says that something came to be here (beside a stream of its own)."""

    @property
    def summary(self) -> str:
        return _summary(self.command.__doc__)


@dataclass(frozen=True, slots=True)
class Asks:
    """A route that answers a question."""

    path: str
    question: Callable[..., Any]
    rights: Rights
    parameters: type[BaseModel] = Parameters
    method: str = "GET"

    @property
    def summary(self) -> str:
        return _summary(self.question.__doc__)


@dataclass(frozen=True, slots=True)
class Tells:
    """A route that tells everybody, also without a token, what it always tells."""

    path: str
    telling: Callable[[Service], Any]
    method: str = "GET"

    @property
    def summary(self) -> str:
        return _summary(self.telling.__doc__)


@dataclass(frozen=True, slots=True)
class Serves:
    """A route that answers in its own way, for the server rather than for mentoring."""

    method: str
    path: str
    serving: Callable[..., Awaitable[Any]]
    """Called with the call and the rights."""
    rights: Rights
    """Empty: everybody may, also without a token."""
    answers: Mapping[str, Mapping[str, Any]]
    """What the description of the API says of answers that are no problems, by status."""
    problems: tuple[int, ...] = ()
    parameters: type[BaseModel] | None = None
    headers: tuple[Mapping[str, Any], ...] = ()
    body: type[BaseModel] | None = None

    @property
    def summary(self) -> str:
        return _summary(self.serving.__doc__)


Route = Does | Asks | Tells | Serves


class Call:
    """One request, as the handlers see it."""

    __slots__ = ("headers", "path", "receive", "scope", "service")

    def __init__(self, service: Service, scope: Scope, receive: Incoming) -> None:
        self.service = service
        self.scope = scope
        self.receive = receive
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        if len(self.headers) < len(scope["headers"]):
            _refuse_doubles(scope["headers"])
        self.path: dict[str, str] = scope["path_params"]

    def identity(self, rights: Rights) -> Identity:
        """Who asks. `NoToken`, `BadToken`, or Forbidden when their role may never do what these rights are about."""
        scheme, _, token = self.headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() != b"bearer" or not token:
            challenge = ((b"www-authenticate", b'Bearer realm="journal"'),)
            raise NoToken("this needs a token: `Authorization: Bearer TOKEN`", headers=challenge)
        identity = self.service.tokens.verify(token.strip().decode("latin-1"))
        if identity.role not in rights:
            raise Forbidden(f"the role {identity.role} may not do this")
        return identity


def _refuse_doubles(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Whoever stands between us and the client may have looked at the other one."""
    seen = Counter(name for name, _ in headers)
    if double := next((name for name in _ONCE if seen[name] > 1), None):
        raise Unreadable(f"the header {double.decode()} is there twice")


def _summary(said: str | None) -> str:
    return (said or "").strip().partition("\n")[0]
