"""An entry as plain values: everything it says, as an export and a feed tell it."""

from typing import Any

import orjson

from domain.journal import Entry
from projections.moments import rfc3339


def exported(entry: Entry) -> dict[str, Any]:
    """An entry as plain values; `facts` as they were written, at the schema that is named."""
    return {
        "position": entry.position,
        "root": entry.root,
        "stream": entry.stream,
        "version": entry.version,
        "kind": entry.kind,
        "schema": entry.schema,
        "occurred_on": entry.occurred_on,
        "recorded_at": rfc3339(entry.recorded_at),
        "source": entry.source,
        "actor": entry.actor,
        "role": entry.role,
        "via": entry.via,
        "on_behalf_of": entry.on_behalf_of,
        "rules_version": entry.rules_version,
        "command": entry.command,
        "facts": orjson.loads(entry.facts),
        "commitment": entry.commitment.hex(),
        "hash": entry.hash.hex(),
    }
