"""A bundle as a stranger crafts it: of any content, with a manifest and proofs that fit it.

The log in it is the stranger's own, with one record. So every step before the one that is tried
passes, and what is wrong is only what somebody put there.
"""

import json
import random
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any, Final

from mesure.audit import checkpoints, log_file, proof_file
from mesure.audit.checkpoints import LogCheckpoint
from mesure.audit.commitments import commitment
from mesure.audit.entries import RecordEntry, encode
from mesure.audit.log_file import RecordOpening
from mesure.audit.proofs import TreeHead
from mesure.audit.signing.signer_keys import KeyPurpose, PublicKey
from mesure.audit.tree import leaf_hash
from mesure.bundle import archive
from mesure.bundle import make as bundle_make
from mesure.machine.signatures import SecretKey
from mesure.reports.bundle.bundle_manifest import CONTENT, MANIFEST

NAME: Final = "log.example/stranger"
STRANGER: Final = SecretKey.from_seed(bytes([5]) * 32)
KEY: Final = PublicKey(NAME, KeyPurpose.NOTE, STRANGER.key)
SALT: Final = bytes(32)

Json = Any
Content = dict[str, bytes]


def parts(data: bytes) -> tuple[dict[str, Json], Content]:
    """Return the manifest and the content of a bundle, without what its own log proves."""
    files = archive.read(data)
    content = {
        path.removeprefix(CONTENT): of
        for path, of in files.items()
        if path.startswith(CONTENT) and not path.startswith(f"{CONTENT}log/")
    }
    return json.loads(files[MANIFEST]), content


def bundle(
    head: dict[str, Json], content: Content, record: Callable[[str], Json] | None = None
) -> bytes:
    """Return a bundle of a content; what the manifest says of files is put right."""
    content = {**content, bundle_make.KEY: f"{KEY}\n".encode()}
    listed = {
        path: {"bytes": len(of), "sha256": sha256(of).hexdigest()} for path, of in content.items()
    }
    return with_manifest(plain({**head, "files": listed}), content, record)


def with_manifest(
    manifest: bytes, content: Content, record: Callable[[str], Json] | None = None
) -> bytes:
    """Return a bundle with a manifest as it is given."""
    known_as = sha256(manifest).hexdigest()
    statement = {"facts": {"bundle": known_as}} if record is None else record(known_as)
    opening = RecordOpening(0, SALT, plain(statement))
    line = encode(RecordEntry(commitment(SALT, opening.record)))
    note = checkpoints.sign(LogCheckpoint(NAME, TreeHead(1, leaf_hash(line))), STRANGER)
    shown = proof_file.show(lambda *_: leaf_hash(line), 0, note)
    return archive.write(
        {
            MANIFEST: manifest,
            bundle_make.RECORD: log_file.RECORDS_HEADING + log_file.encode_opening(opening),
            bundle_make.PROOF: str(shown).encode(),
            **{f"{CONTENT}{path}": of for path, of in content.items()},
        }
    )


def plain(value: Json) -> bytes:
    """Return JSON in the form of RFC 8785, as far as it has one."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )


# --- What is put in the place of what was there ---------------------------------------------------

DEEP: Final = json.loads("[" * 500 + "]" * 500)
VALUES: Final[tuple[Json, ...]] = (
    None, True, 0, -1, 1, 2**31, 2**63, -(2**63), 10**40, 0.5, 1e308, "", "x", "a/b", "0" * 64,
    "2026-02-10T22:00:00Z", "9999-12-31T23:59:59Z", [], ["x"], [[0, 0]], {}, {"x": 1}, DEEP,
)  # fmt: skip


def places(value: Json, before: tuple[Json, ...] = ()) -> Iterator[tuple[Json, ...]]:
    """Yield every place in a JSON value, the whole first."""
    yield before
    members = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, member in members:
        yield from places(member, (*before, key))


def names(value: Json) -> set[str]:
    """Return every name of a field in a JSON value."""
    return {key for place in places(value) for key in place if isinstance(key, str)}


def put(value: Json, place: tuple[Json, ...], other: Json) -> Json:
    """Return a value with another at a place of it."""
    if not place:
        return other
    key, *rest = place
    copy = value.copy()
    copy[key] = put(value[key], tuple(rest), other)
    return copy


def without(value: Json, place: tuple[Json, ...]) -> Json:
    """Return a value without the member at a place of it."""
    key, *rest = place
    copy = value.copy()
    if rest:
        copy[key] = without(value[key], tuple(rest))
    else:
        del copy[key]
    return copy


def spoilt(value: Json, chance: random.Random) -> tuple[Json, str]:
    """Return a value with one thing in it otherwise, and what was done."""
    place = chance.choice(list(places(value)))
    if place and chance.random() < 0.2:
        return without(value, place), f"{place} left out"
    other = chance.choice(VALUES)
    return put(value, place, other), f"{place}: {str(other)[:40]!r}"


def spoilt_text(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    """Return bytes with some of them otherwise, and what was done."""
    match chance.randrange(4):
        case 0:
            at = chance.randrange(len(data) + 1)
            return data[:at], f"cut at {at}"
        case 1:
            at = chance.randrange(max(len(data), 1))
            return data[:at] + chance.randbytes(3) + data[at + 3 :], f"noise at {at}"
        case 2:
            return b"[" * 100_000 + b"]" * 100_000, "nested"
        case _:
            return b"", "nothing"
