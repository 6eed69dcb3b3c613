"""Who asks: signed tokens that expire, and the key they are signed with."""

import os
import stat
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from time import time
from typing import Any, Literal, cast, get_args

import jwt
from pydantic import TypeAdapter, ValidationError

from domain.facts import Id
from domain.journal import Caller, engine_of

Role = Literal["participant", "coordinator", "auditor", "administrator", "safeguarding"]
ROLES: tuple[Role, ...] = get_args(Role)

_ISSUER = "mentoring journal"
_ALGORITHM = "HS256"
_SHORTEST_KEY = 32
_REMEMBERED = 4096
_ID: TypeAdapter[str] = TypeAdapter(Id)


class NoKey(Exception):
    """There is no key to sign tokens with, or it must not be used; the message says what to do."""


class BadToken(Exception):
    """The token is not valid here; the message says in which way, and nothing of the token."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, as a token says it. `programs` narrows a coordinator to some programs; None leaves them all."""

    role: Role
    person: str | None = None
    programs: frozenset[str] | None = None

    @property
    def actor(self) -> str:
        """Under which name their deeds are recorded: the person, else the role."""
        return self.person or self.role

    def caller(self, on_behalf_of: str | None = None) -> Caller:
        """The same, as the journal asks for it."""
        return Caller(self.actor, self.role, "api", on_behalf_of)


class Tokens:
    """Signs tokens for one journal and verifies them. A token that was verified is remembered until it expires."""

    def __init__(self, key: str, journal: str) -> None:
        """`journal` is its id: a token for one journal is worth nothing at another, even under the same key."""
        self._key = _long_enough(key)
        self._journal = journal
        self._verified: OrderedDict[str, tuple[Identity, float]] = OrderedDict()

    def sign(self, identity: Identity, hours: float = 12, *, now: datetime | None = None) -> tuple[str, datetime]:
        """A token for this identity, and when it expires. ValueError when the role needs a person and has none."""
        _refuse_nobody(identity)
        issued = (now or datetime.now(UTC)).replace(microsecond=0)
        expires = issued + timedelta(hours=hours)
        claims: dict[str, Any] = {
            "iss": _ISSUER,
            "aud": self._journal,
            "iat": issued,
            "exp": expires,
            "role": identity.role,
        }
        if identity.person is not None:
            claims["person"] = _ID.validate_python(identity.person)
        if identity.programs is not None:
            claims["programs"] = sorted(map(_ID.validate_python, identity.programs))
        return jwt.encode(claims, self._key, _ALGORITHM), expires

    def verify(self, token: str) -> Identity:
        """Whom this token speaks for. `BadToken` when it is not ours, not valid yet, or expired."""
        found = self._verified.get(token)
        if found is not None:
            if found[1] > time():
                return found[0]
            del self._verified[token]
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                issuer=_ISSUER,
                audience=self._journal,
                options={"require": ["exp", "iat", "iss", "aud", "role"]},
            )
        except jwt.ExpiredSignatureError:
            raise BadToken("the token has expired; ask for a new one") from None
        except jwt.PyJWTError:
            raise BadToken("the token is not one that this journal gave") from None
        identity = _identity(claims)
        self._verified[token] = identity, float(claims["exp"])
        if len(self._verified) > _REMEMBERED:
            self._verified.popitem(last=False)
        return identity


def key_file(database: str) -> Path:
    """Where the key of the journal in this database is kept, unless JOURNAL_KEY says it.

    `journal.key` beside `journal.db`; for a PostgreSQL database, `journal.key` in the current folder.
    """
    return Path("journal.key") if engine_of(database) == "postgresql" else Path(database).with_suffix(".key")


def make_key(database: str) -> Path | None:
    """Make the file with the key where there is none yet; its path when it was made. Only its owner can read it."""
    path = key_file(database)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return None
    with os.fdopen(descriptor, "w") as file:
        file.write(token_hex(32) + "\n")
    return path


def read_key(database: str, environment: Mapping[str, str] = os.environ) -> str:
    """The key of JOURNAL_KEY, or of the file that `journal init` made. `NoKey` when there is none that can be used."""
    said = environment.get("JOURNAL_KEY")
    if said is not None:
        return _long_enough(said)
    path = key_file(database)
    try:
        with path.open() as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise NoKey(f"others than its owner can read {path}; `chmod 600 {path}`, or make a new key")
            return _long_enough(file.read().strip())
    except FileNotFoundError:
        raise NoKey(
            f"there is no key to sign tokens with; set JOURNAL_KEY, or make {path} with `journal init`"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise NoKey(f"{path} cannot be read ({type(error).__name__}); set JOURNAL_KEY, or check the file") from None


def _long_enough(key: str) -> str:
    if len(key.encode()) < _SHORTEST_KEY:
        raise NoKey(f"the key is too short to sign tokens with; it needs {_SHORTEST_KEY} characters or more, at random")
    return key


def _identity(claims: dict[str, Any]) -> Identity:
    role, person, programs = claims["role"], claims.get("person"), claims.get("programs")
    try:
        if role not in ROLES or not isinstance(programs, list | None):
            raise ValueError
        identity = Identity(
            cast(Role, role),
            None if person is None else _ID.validate_python(person),
            None if programs is None else frozenset(map(_ID.validate_python, programs)),
        )
        _refuse_nobody(identity)
    except (ValidationError, ValueError, TypeError):
        raise BadToken("the token does not say who it is for in a way that is known here") from None
    return identity


def _refuse_nobody(identity: Identity) -> None:
    if identity.person is None and identity.role in ("participant", "coordinator"):
        raise ValueError(f"a token for a {identity.role} names a person: their rights follow from who they are")
