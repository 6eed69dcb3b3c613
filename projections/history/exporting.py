"""An entry as plain values: everything it says, as an export and a feed tell it."""

from typing import Any

import orjson

from domain.journal import Entry
from domain.journal.entry import readable
from projections.moments import rfc3339


def exported(entry: Entry) -> dict[str, Any]:
    """An entry as plain values; `facts` as they were written, at the schema that is named.

    Facts are an object; what cannot be read as JSON is told as the text that stands there.
    """
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
        "facts": _facts(entry.facts),
        "commitment": entry.commitment.hex(),
        "hash": entry.hash.hex(),
    }


def _facts(written: bytes) -> Any:
    try:
        return orjson.loads(written)
    except orjson.JSONDecodeError:
        return readable(written)
