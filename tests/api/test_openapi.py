"""The description of the API is valid, and true: schemathesis asks the live server as every role and finds nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from api.identity import ROLES, Role
from api.openapi import document
from api.routes import ROUTES
from tests.api import house as h
from tests.api.house import House

PEOPLE = {"participant": h.MENTEE, "coordinator": h.COORDINATOR}
HERE = Path(__file__).parent


def test_the_description_is_valid_and_names_every_route(home: House) -> None:
    described = home.client.get("/openapi.json").json()
    validate(described)
    operations = {(method.upper(), path) for path, of in described["paths"].items() for method in of}
    assert operations == {(route.method, route.path) for route in ROUTES}


def test_what_the_address_says_is_no_part_of_the_body() -> None:
    schemas = document(ROUTES)["components"]["schemas"]
    assert list(schemas["AgreeGoal"]["properties"]) == ["occurred_on", "on_behalf_of"]
    assert {"relationship", "session"}.isdisjoint(schemas["VoidSession"]["properties"])
    assert "on_behalf_of" in schemas["HoldSession"]["properties"]
    assert schemas["HoldSession"]["required"] == ["session", "minutes"]


@pytest.mark.parametrize("role", ROLES)
def test_schemathesis_finds_nothing(role: Role, own: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.asking.WAIT_SECONDS", 0.01)
    asked_of_everything(own, role, tmp_path, {"--phases": "fuzzing", "--max-examples": "3", "--seed": "1"})


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
def test_schemathesis_finds_nothing_at_any_border_of_any_value(
    role: Role, own: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.asking.WAIT_SECONDS", 0.01)
    asked_of_everything(own, role, tmp_path, {"--phases": "coverage"})


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
def test_schemathesis_finds_nothing_in_a_long_search(
    role: Role, own: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty seconds for each role, and other examples in every run; what fails names its seed."""
    monkeypatch.setattr("api.asking.WAIT_SECONDS", 0.01)
    search = {"--phases": "fuzzing,stateful", "--max-examples": "100", "--max-time": "50"}
    asked_of_everything(own, role, tmp_path, search)


def asked_of_everything(house: House, role: Role, folder: Path, search: dict[str, str]) -> None:
    """All checks of schemathesis, with the token of this role. `search` says how long and how deep it looks."""
    options = {
        **search,
        "--checks": "all",
        "--generation-database": "none",
        "--request-timeout": "20",
    }
    command = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
    command += ["--config-file", str(HERE / "schemathesis.toml"), "run", f"{house.address}/openapi.json", "--no-color"]
    command += [part for option in options.items() for part in option]
    environment = {
        **os.environ,
        "PYTHONPATH": str(HERE.parents[1]),
        "JOURNAL_TOKEN": house.token(role, PEOPLE.get(role)),
        "SCHEMATHESIS_HOOKS": "tests.api.asking_anything",
        "PYTHONWARNINGS": "ignore",
    }
    found = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-20_000:] + found.stderr[-2_000:]
