"""The vectors in docs/specs are what the specification says and what the code does."""

import json
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from mesure.audit import checkpoints, commitments, entries, log_file, proof_file, proofs, witness
from mesure.audit.entries import EntryRange, ErasureEntry, RecordEntry
from mesure.audit.log_file import LogFile, RecordsFile
from mesure.audit.log_verification import BrokenLogError, ReaderEvidence, verify
from mesure.audit.proofs import TreeHead
from mesure.audit.signing import notes, signer_keys
from mesure.machine.signatures import Ed25519, SecretKey
from tests.audit.samples import ORIGIN, SEEN_AT, TRUST, TRUST_WITNESSED, WITNESS
from tests.house import ROOT
from tools.faults.tree_nodes import TreeNodes

VECTORS: dict[str, Any] = json.loads(
    (ROOT / "docs" / "specs" / "audit_log_vectors.json").read_text(encoding="utf-8")
)
LINES = VECTORS["log"].encode().splitlines(keepends=True)
ENTRIES = [entry.encode() for entry in VECTORS["entries"]]


def _leaf(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def _root(leaves: list[bytes]) -> bytes:
    """Return the root by the definition, so that the code is not held against itself."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256().digest()
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + _root(leaves[:left]) + _root(leaves[left:])).digest()


def _nodes() -> TreeNodes:
    nodes = TreeNodes()
    for entry in ENTRIES:
        nodes.add(_leaf(entry))
    return nodes


def test_commitments_entries_and_leaves_follow_from_records_and_salts() -> None:
    for vector in VECTORS["records"]:
        salt, record = bytes.fromhex(vector["salt"]), vector["record"].encode()
        assert commitments.canonical(json.loads(record)) == record
        commitment = sha256(b"mesure audit record 1\n" + salt + record).digest()
        assert (
            commitments.commitment(salt, record)
            == commitment
            == bytes.fromhex(vector["commitment"])
        )
        entry = b"record " + b64encode(commitment)
        assert entries.encode(RecordEntry(commitment)) == entry == vector["entry"].encode()
        assert _leaf(entry).hex() == vector["leaf"]


def test_roots_and_proofs_follow_from_the_entries() -> None:
    leaves, nodes = [_leaf(entry) for entry in ENTRIES], _nodes()
    roots = [_root(leaves[:size]) for size in range(len(leaves) + 1)]
    assert [root.hex() for root in roots] == VECTORS["roots"]
    for vector in VECTORS["inclusion"]:
        entry, size = vector["entry"], vector["size"]
        proof = [bytes.fromhex(value) for value in vector["proof"]]
        assert list(proofs.inclusion(nodes, entry, size)) == proof
        assert proofs.includes(TreeHead(size, roots[size]), entry, leaves[entry], proof)
    for vector in VECTORS["consistency"]:
        earlier, later = vector["earlier"], vector["later"]
        proof = [bytes.fromhex(value) for value in vector["proof"]]
        assert list(proofs.consistency(nodes, earlier, later)) == proof
        assert proofs.extends(
            TreeHead(later, roots[later]), TreeHead(earlier, roots[earlier]), proof
        )


def test_checkpoints_and_cosignatures_follow_from_the_seeds() -> None:
    log, court = (SecretKey.from_seed(bytes.fromhex(it["seed"])) for it in VECTORS["keys"])
    written = [signer_keys.read(it["key"], Ed25519()) for it in VECTORS["keys"]]
    assert [key.key for key in written] == [log.key, court.key]
    first = True
    for text in VECTORS["checkpoints"]:
        note = notes.read(text)
        checkpoint, _ = checkpoints.believe(note, TRUST_WITNESSED)
        again = checkpoints.sign(checkpoint, log)
        if first:
            again = again.with_signatures(checkpoints.cosign(checkpoint, WITNESS, court, SEEN_AT))
        first = False
        assert str(again) == text


def test_the_request_to_a_witness_follows_from_the_checkpoints() -> None:
    request = witness.read(VECTORS["request"])
    assert str(request) == VECTORS["request"]
    checkpoint = checkpoints.read(notes.read(VECTORS["checkpoints"][0]).text)
    last = checkpoints.read(notes.read(VECTORS["checkpoints"][-1]).text)
    assert witness.examine(request, checkpoint, ORIGIN, TRUST) == last


def test_the_proof_shows_its_record() -> None:
    vector = VECTORS["proof"]
    shown = proof_file.read(vector["text"])
    assert str(shown) == vector["text"]
    lines = [log_file.RECORDS_HEADING, vector["opening"].encode()]
    [opening] = RecordsFile(lines)
    checkpoint, _ = proof_file.examine(shown, opening, TRUST)
    assert str(checkpoint) == notes.read(VECTORS["checkpoints"][1]).text


def test_the_log_holds_and_its_entries_are_those_of_the_vectors() -> None:
    records = RecordsFile(VECTORS["records_file"].encode().splitlines(keepends=True))
    assert verify(LogFile(LINES), TRUST_WITNESSED, ReaderEvidence(records=records)).opened == 5
    assert list(_entries()) == ENTRIES


def _entries() -> Iterator[bytes]:
    for item in LogFile(LINES):
        if isinstance(item, bytes):
            yield item
        elif isinstance(item, ErasureEntry):
            yield entries.encode(item)


@pytest.mark.parametrize("change", VECTORS["broken"], ids=lambda it: it["what"])
def test_each_change_is_found_where_the_vectors_say(change: dict[str, Any]) -> None:
    first, count = change["lines_removed"]
    put_in = [line.encode() for line in change["lines_put_in"]]
    lines = [*LINES[: first - 1], *put_in, *LINES[first - 1 + count :]]
    with pytest.raises(BrokenLogError) as error:
        verify(LogFile(lines), TRUST)
    fault = error.value
    place = None if change["entries"] is None else EntryRange(*change["entries"])
    assert (fault.step.value, fault.broken.value) == (change["step"], change["fault"])
    assert (fault.entries, fault.line) == (place, change["line"])


def test_the_pages_show_the_vectors() -> None:
    pages = [ROOT / "docs" / "specs" / name for name in ("checkpoint.md", "audit_log.md")]
    checkpoint, log = (page.read_text(encoding="utf-8") for page in pages)
    assert VECTORS["checkpoints"][0] in checkpoint
    assert f"\\0{VECTORS['entries'][0]}'" in log
