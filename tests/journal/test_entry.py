"""An entry's bytes and hashes are fixed for good: who recomputes them must find the same."""

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

from domain.journal.entry import (
    START,
    bucket_of,
    canonical,
    chained,
    micros,
    moment,
    opened,
    readable,
    sealed,
)

ROOT = "6f1c1f2e-0f0b-4a54-8f5e-0a4f3f5f7d11"
SAID = ("2026-03-02", 1772452800000000, "live", "olga", "operator", "command line", None, 0, "SetCapacity")


def test_the_canonical_bytes_of_an_entry_are_these() -> None:
    written = canonical(7, ROOT, ROOT, 2, "CapacitySet", 1, SAID, '{"max":3}', bytes(range(32)))
    assert written == (
        b'[7,"6f1c1f2e-0f0b-4a54-8f5e-0a4f3f5f7d11","6f1c1f2e-0f0b-4a54-8f5e-0a4f3f5f7d11",2,"CapacitySet",1,'
        b'"2026-03-02",1772452800000000,"live","olga","operator","command line",null,0,"SetCapacity","{\\"max\\":3}",'
        b'"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"]'
    )
    assert chained(START, written) == sha256(bytes(32) + written).digest()


def test_facts_that_are_no_text_are_hashed_by_their_digits() -> None:
    assert (readable('{"a":"ä"}'.encode()), readable(b"\xff\x00")) == ('{"a":"ä"}', "ff00")


def test_personal_text_meets_its_commitment_and_no_other_text_does() -> None:
    key = bytes(range(32))
    envelope, commitment = sealed({"title": "Speak in public", "measure": "one talk"}, key)
    assert opened(envelope) == ({"title": "Speak in public", "measure": "one talk"}, commitment)
    assert commitment.hex() == "a323c6db9fd70d2ce58452db80a613c8fb8afdbea16bc5418b18f800c0b4e5c6"
    assert opened(envelope.replace("one", "two"))[1] != commitment


def test_a_root_falls_into_one_of_64_buckets_by_its_first_bits() -> None:
    assert (bucket_of(ROOT), bucket_of("ff" + ROOT[2:]), bucket_of("bf" + ROOT[2:])) == (0x2F, 63, 63)
    assert bucket_of("no uuid") == bucket_of("no uuid") < 64
    assert 0 <= bucket_of("zz" + ROOT[2:]) < 64


def test_a_moment_is_its_microseconds_in_utc() -> None:
    berlin = datetime(2026, 3, 2, 13, 0, 0, 1, tzinfo=timezone(timedelta(hours=1)))
    assert micros(berlin) == 1772452800000001
    assert moment(1772452800000001) == berlin == datetime(2026, 3, 2, 12, 0, 0, 1, tzinfo=UTC)
