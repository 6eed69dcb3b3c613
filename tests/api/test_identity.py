"""Tokens and keys: what is signed, what is taken, and where the key comes from."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time
from typing import Any

import jwt
import orjson
import pytest

from api.identity import BadToken, Identity, NoKey, Tokens, key_file, make_key, read_key
from tests.support.scenes import MENTOR, PROGRAM

KEY = "a key for tests only, which is long enough"


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(KEY, "this journal")


def claims(**other: Any) -> dict[str, Any]:
    now = int(time())
    base = {"iss": "mentoring journal", "aud": "this journal", "iat": now, "exp": now + 60, "role": "auditor"}
    return {name: value for name, value in {**base, **other}.items() if value is not None}


@pytest.mark.parametrize(
    "identity",
    [
        Identity("participant", MENTOR),
        Identity("coordinator", MENTOR, frozenset({PROGRAM})),
        Identity("coordinator", MENTOR, frozenset()),
        Identity("administrator"),
    ],
)
def test_a_token_speaks_for_whom_it_was_signed(identity: Identity, tokens: Tokens) -> None:
    token, expires_at = tokens.sign(identity, hours=1)
    assert [tokens.verify(token) for _ in range(2)] == [identity, identity]
    assert timedelta(minutes=59) < expires_at - datetime.now(UTC) <= timedelta(hours=1)


def test_an_expired_token_is_worth_nothing_even_if_it_was_seen_before(
    tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, expires_at = tokens.sign(Identity("auditor"), hours=1)
    tokens.verify(token)
    monkeypatch.setattr("api.identity.time", expires_at.timestamp)
    old, _ = tokens.sign(Identity("auditor"), hours=1, now=datetime.now(UTC) - timedelta(hours=2))
    with pytest.raises(BadToken, match="expired"):
        tokens.verify(old)
    assert token not in remembered_after(tokens, token)


def remembered_after(tokens: Tokens, token: str) -> list[str]:
    """What is remembered once this token was seen to have expired."""
    tokens.verify(token)  # by the clock of the library it still holds, so it is verified anew
    return [known for known, (_, until) in tokens._verified.items() if until > time() + 7200]


@pytest.mark.parametrize(
    "wrong",
    [
        {"exp": None},
        {"iat": None},
        {"iss": None},
        {"iss": "somebody"},
        {"aud": "another journal"},
        {"aud": None},
        {"role": None},
        {"role": "king"},
        {"role": ["auditor"]},
        {"role": "participant"},
        {"person": "no id"},
        {"programs": "all"},
        {"programs": [1]},
        {"nbf": int(time()) + 600},
        {"exp": int(time()) - 1},
    ],
)
def test_a_token_that_says_something_else_is_refused(wrong: dict[str, Any], tokens: Tokens) -> None:
    tokens.verify(jwt.encode(claims(), KEY, "HS256"))
    with pytest.raises(BadToken):
        tokens.verify(jwt.encode(claims(**wrong), KEY, "HS256"))


def test_only_our_key_and_our_algorithm_count(tokens: Tokens) -> None:
    head = base64.urlsafe_b64encode(orjson.dumps({"alg": "none", "typ": "JWT"})).rstrip(b"=")
    body = base64.urlsafe_b64encode(orjson.dumps(claims())).rstrip(b"=")
    forged = [
        (head + b"." + body + b".").decode(),
        jwt.encode(claims(), KEY * 2, "HS512"),
        jwt.encode(claims(), KEY + "!", "HS256"),
    ]
    for token in forged:
        with pytest.raises(BadToken):
            tokens.verify(token)


@pytest.mark.parametrize("role", ["participant", "coordinator"])
def test_a_role_whose_rights_follow_from_a_person_names_one(role: Any, tokens: Tokens) -> None:
    with pytest.raises(ValueError, match="names a person"):
        tokens.sign(Identity(role))


def test_only_so_many_tokens_are_remembered(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.identity._REMEMBERED", 2)
    for hours in (1, 2, 3):
        tokens.verify(tokens.sign(Identity("auditor"), hours)[0])
    assert len(tokens._verified) == 2


def test_a_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    database = str(tmp_path / "some.db")
    path = make_key(database)
    assert (path, key_file(database)) == (tmp_path / "some.key",) * 2
    assert path is not None
    key = read_key(database, {})
    assert (path.stat().st_mode & 0o777, len(key), make_key(database)) == (0o600, 64, None)
    assert read_key(database, {}) == key
    path.chmod(0o640)
    with pytest.raises(NoKey, match="chmod 600"):
        read_key(database, {})


def test_the_environment_may_say_the_key(tmp_path: Path) -> None:
    database = str(tmp_path / "some.db")
    assert read_key(database, {"JOURNAL_KEY": KEY}) == KEY
    for wrong in ("", "short"):
        with pytest.raises(NoKey, match="too short"):
            read_key(database, {"JOURNAL_KEY": wrong})
    with pytest.raises(NoKey, match="JOURNAL_KEY"):
        read_key(database, {})


def test_the_key_of_a_journal_on_postgresql_is_in_the_current_folder() -> None:
    assert key_file("postgresql://somewhere/mentoring") == Path("journal.key")
