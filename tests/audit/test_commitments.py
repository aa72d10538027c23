"""A commitment binds to one record, and says nothing without its salt."""

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesure.audit import commitments
from mesure.audit.commitments import Value

SALTS = st.binary(min_size=32, max_size=32)
NAMES = st.text(st.characters(max_codepoint=127), max_size=5)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS
RECORDS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
)


@given(SALTS, SALTS, st.binary(max_size=20), st.binary(max_size=20))
def test_only_the_same_salt_and_record_give_the_same_commitment(
    salt: bytes, other_salt: bytes, record: bytes, other: bytes
) -> None:
    commitment = commitments.commitment(salt, record)
    assert (commitments.commitment(other_salt, other) == commitment) == (
        (salt, record) == (other_salt, other)
    )


@given(SALTS, st.integers(1, 31), st.binary(max_size=20))
def test_no_byte_moves_from_the_salt_to_the_record(salt: bytes, moved: int, record: bytes) -> None:
    commitment = commitments.commitment(salt, record)
    shifted = (salt + record)[moved : moved + 32].ljust(32, b"\0")
    assert commitments.commitment(shifted, salt[:moved] + record) != commitment


def test_a_record_that_is_easily_guessed_is_not_found_without_its_salt() -> None:
    """All that a guesser can do is try records: none fits, though the right one is among them."""
    salt = sha256(b"nobody knows this").digest()
    nights = [commitments.canonical({"absent_on": f"2026-02-{day:02}"}) for day in range(1, 29)]
    commitment = commitments.commitment(salt, nights[11])
    guesses = [commitments.commitment(bytes(32), night) for night in nights]
    guesses += [sha256(night).digest() for night in nights]
    assert commitment not in guesses
    assert commitment in [commitments.commitment(salt, night) for night in nights]


def test_the_same_record_under_two_salts_looks_like_two_records() -> None:
    record = commitments.canonical({"look": 1})
    first, second = (commitments.commitment(bytes([salt]) * 32, record) for salt in (1, 2))
    shared = sum(a == b for a, b in zip(first, second, strict=True))
    assert shared < 5


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_salt_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match=f"32 bytes, not {length}"):
        commitments.commitment(bytes(length), b"")


@given(RECORDS)
def test_a_record_is_written_in_one_way_and_read_by_any_reader_of_json(record: Value) -> None:
    written = commitments.canonical(record)
    read = json.loads(written)
    assert commitments.canonical(read) == written
    assert read == (list(record) if isinstance(record, tuple) else record)
    assert b"\n" not in written


@pytest.mark.parametrize(
    ("record", "written"),
    [
        ({"b": 1, "a": [True, False, None]}, b'{"a":[true,false,null],"b":1}'),
        ({"a": {"d": (), "c": {}}}, b'{"a":{"c":{},"d":[]}}'),
        ('"\\/\b\f\n\r\t\x1f', rb'"\"\\/\b\f\n\r\t\u001f"'),
        ("Әсел €", '"Әсел €"'.encode()),
        (-(2**53) + 1, b"-9007199254740991"),
    ],
)
def test_a_record_is_written_as_rfc_8785_says(record: Value, written: bytes) -> None:
    assert commitments.canonical(record) == written


@pytest.mark.parametrize(
    "record", ["\ud800", ["\udfff"], 2**53, {"n": -(2**53)}, {"é": 1}, {"a": {"\ud800": 1}}, {1: 2}]
)
def test_what_readers_could_read_differently_is_refused(record: Value) -> None:
    with pytest.raises(ValueError, match=r".\.$|differently"):
        commitments.canonical(record)


@pytest.mark.parametrize("record", [1.0, [float("nan")], {"a": b"bytes"}, {1, 2}])
def test_what_is_no_json_is_refused(record: Value) -> None:
    with pytest.raises(TypeError, match="A record holds no"):
        commitments.canonical(record)
