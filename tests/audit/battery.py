"""What a verifier must get right, in one run: it raises where something is wrong.

The vectors of the specification and of others are in it, and the attacks of which one knows. It is
run on code that was broken on purpose (test_verification_mutants.py), so it imports all afresh.
"""

import json
from collections.abc import Callable
from typing import Any

from mesure.audit import checkpoints, commitments, entries, log_file, proof_file, proofs, witness
from mesure.audit.checkpoints import LogCheckpoint, TrustedKeys, UntrustedCheckpointError
from mesure.audit.log_file import RecordOpening
from mesure.audit.log_verification import BrokenLogError
from mesure.audit.proof_file import UnprovedError
from mesure.audit.proofs import TreeHead
from mesure.audit.signing import notes, signer_keys
from mesure.audit.signing.notes import NoteSignature
from mesure.audit.signing.signer_keys import KeyPurpose, PublicKey
from mesure.audit.tree import EMPTY_ROOT, leaf_hash, node_hash
from mesure.audit.witness import CosignRequest, WitnessRefusal, WitnessRefusedError
from mesure.machine.signatures import Ed25519
from tests.audit import published, samples
from tests.audit.samples import LOG_SECRET, ORIGIN, TRUST, TRUST_WITNESSED, Log, check
from tests.house import ROOT
from tools.faults.tree_nodes import TreeNodes

VECTORS: dict[str, Any] = json.loads(
    (ROOT / "docs" / "specs" / "audit_log_vectors.json").read_text(encoding="utf-8")
)
REFUSALS = (
    ValueError,
    TypeError,
    UntrustedCheckpointError,
    WitnessRefusedError,
    BrokenLogError,
    UnprovedError,
)
LINES = VECTORS["log"].encode().splitlines(keepends=True)


def run() -> None:
    """Raise where anything is not as it must be."""
    for part in (
        _trees,
        _proofs,
        _records,
        _keys,
        _notes,
        _checkpoints,
        _logs,
        _evidence,
        _shown,
        _answers,
        _witness,
    ):
        part()


def _ensure(holds: object) -> None:
    if not holds:
        raise AssertionError


def _refuses(call: Callable[..., object], *arguments: object) -> None:
    try:
        call(*arguments)
    except (
        ValueError,
        TypeError,
        checkpoints.UntrustedCheckpointError,
        WitnessRefusedError,
        BrokenLogError,
        UnprovedError,
    ):
        return
    raise AssertionError


def _grown(leaves: list[bytes]) -> TreeNodes:
    nodes = TreeNodes()
    for leaf in leaves:
        nodes.add(leaf_hash(leaf))
    return nodes


def _trees() -> None:
    for size, root in enumerate(published.ROOTS, start=1):
        _ensure(_grown(published.LEAVES[:size]).frontier.root() == root)
    _ensure(_grown([]).frontier.root() == EMPTY_ROOT)


def _proofs() -> None:
    nodes = _grown(published.LEAVES)
    heads = [
        TreeHead(0, EMPTY_ROOT),
        *(TreeHead(n + 1, root) for n, root in enumerate(published.ROOTS)),
    ]
    for (entry, size), wanted in published.INCLUSION.items():
        proof = proofs.inclusion(nodes, entry, size)
        _ensure([value.hex() for value in proof] == wanted)
        _ensure(proofs.includes(heads[size], entry, nodes(0, entry), proof))
        _ensure(not proofs.includes(heads[size], entry, leaf_hash(b"?"), proof))
    for (earlier, later), wanted in published.CONSISTENCY.items():
        proof = proofs.consistency(nodes, earlier, later)
        _ensure([value.hex() for value in proof] == wanted)
        _ensure(proofs.extends(heads[later], heads[earlier], proof))
        _ensure(
            earlier == later
            or not proofs.extends(TreeHead(later, bytes(32)), heads[earlier], proof)
        )
        _ensure(not proofs.extends(heads[later], TreeHead(earlier, bytes(32)), proof))
    # A node in the middle of the tree is passed off as an entry, with a proof that is too short.
    _ensure(not proofs.includes(heads[8], 0, nodes(1, 0), proofs.inclusion(nodes, 0, 8)[1:]))
    _ensure(
        not proofs.extends(heads[8], TreeHead(1, nodes(1, 0)), proofs.inclusion(nodes, 0, 8)[1:])
    )
    _ensure(proofs.extends(heads[8], heads[0], ()))
    for wrong in (TreeHead(0, bytes(32)), TreeHead(8, bytes(32)), TreeHead(9, published.ROOTS[7])):
        _ensure(not proofs.extends(heads[8], wrong, ()))
    _ensure(not proofs.extends(TreeHead(1, bytes(32)), TreeHead(2, bytes(32)), ()))
    long = node_hash(bytes(31), bytes(33))
    _ensure(not proofs.includes(TreeHead(2, long), 0, bytes(31), (bytes(33),)))


def _records() -> None:
    for vector in VECTORS["records"]:
        record = json.loads(vector["record"])
        _ensure(commitments.canonical(record).decode() == vector["record"])
        commitment = commitments.commitment(
            bytes.fromhex(vector["salt"]), vector["record"].encode()
        )
        _ensure(commitment.hex() == vector["commitment"])
        _ensure(entries.encode(entries.RecordEntry(commitment)).decode() == vector["entry"])
        _ensure(entries.read(vector["entry"].encode()) == entries.RecordEntry(commitment))
    for ambiguous in ({"é": 1}, 2**53, [-(2**53)], {"a": "\ud800"}, 1.5, {1: 2}):
        _refuses(commitments.canonical, ambiguous)
    _refuses(commitments.commitment, bytes(31), b"")
    record_line = VECTORS["records"][0]["entry"].encode()
    for line in (
        record_line[:-2] + b"9=", b"record x", b"erasure 2026-02-11 r 1,2",
        b"erasure 2026-02-11 r 1-1", b"erasure 2026-02-11 r 01", b"erasure 2026-02-31 r 1",
        b"erasure 2026-02-11 He 1", b"erasure 2026-02-11 r 9007199254740992",
        b"erasure 2026-02-11 r 2-1", b"erasure 2026-02-11 r 2,1",
        b"erasure 2026-02-11 r " + b",".join(b"%d" % (2 * n) for n in range(1_001)),
    ):  # fmt: skip
        _refuses(entries.read, line)


def _keys() -> None:
    for written in (
        published.NOTE_KEY,
        published.WITNESS_KEY,
        *(k["key"] for k in VECTORS["keys"]),
    ):
        _ensure(str(signer_keys.read(written, Ed25519())) == written)
    weak = str(PublicKey(ORIGIN, KeyPurpose.NOTE, bytes([1]) + bytes(31)))
    for written in (published.NOTE_KEY.replace("033d", "033e"), f" {published.NOTE_KEY}", weak):
        _refuses(signer_keys.read, written, Ed25519())
    _ensure(not any(signer_keys.is_name(name) for name in ("", "a b", "a+b", "a\u200b", "a" * 256)))


def _notes() -> None:
    key = signer_keys.read(published.NOTE_KEY, Ed25519())
    for written in published.NOTES:
        _ensure(str(notes.read(written)) == written)
        _ensure(checkpoints.is_signed(notes.read(written), key, Ed25519()))
    line = "— a AQIDBAU=\n"
    for written in (
        f"a\n{line}", f"a\n\n{line[:-1]}", f"a\t\n\n{line}",
        "a\n\n— a AQIDBAV=\n", "a\n\n— a AQIDBA==\n",
        "a\n\n— a+b AQIDBAU=\n", f"a\n\n{line * 101}", f"{'a' * 65_536}\n\n{line}", f"\n\n{line}",
    ):  # fmt: skip
        _refuses(notes.read, written)
    _ensure(len(notes.read(f"a\n\n{line * 2}").with_signatures().signatures) == 1)


def _checkpoints() -> None:
    signed_notes = [notes.read(written) for written in VECTORS["checkpoints"]]
    _, sightings = checkpoints.believe(signed_notes[0], TRUST_WITNESSED)
    _ensure(
        [(sight.witness, sight.at) for sight in sightings]
        == [(samples.WITNESS_KEY, samples.SEEN_AT)]
    )
    checkpoint = checkpoints.read(signed_notes[0].text)
    _ensure(checkpoints.sign(checkpoint, LOG_SECRET).signatures == signed_notes[0].signatures[:1])
    other_name = PublicKey("other.example", KeyPurpose.NOTE, LOG_SECRET.key)
    other_signed = signed_notes[0].with_signatures(
        NoteSignature("other.example", other_name.id, signed_notes[0].signatures[0].made)
    )
    _refuses(checkpoints.believe, other_signed, TrustedKeys((other_name,), (), Ed25519()))
    _refuses(checkpoints.believe, signed_notes[0], TrustedKeys((), (), Ed25519()))
    namesake = signed_notes[0].with_signatures(NoteSignature("a", samples.LOG_KEY.id, bytes(64)))
    _ensure(checkpoints.believe(namesake, TRUST)[0] == checkpoint)
    for signature, trust in zip(signed_notes[0].signatures, (TRUST, TRUST_WITNESSED), strict=True):
        spoilt = NoteSignature(signature.name, signature.id, bytes(len(signature.made)))
        _refuses(checkpoints.believe, signed_notes[0].with_signatures(spoilt), trust)
    for text in (
        f"{ORIGIN}\n05\n{EMPTY_ROOT.hex()}\n",
        f"{checkpoint}more\n",
        f"{checkpoint}"[:-1],
    ):
        _refuses(checkpoints.read, text)
    late = (1 << 63).to_bytes(8, "big") + samples.WITNESS_SECRET.sign(
        f"cosignature/v1\ntime {1 << 63}\n{checkpoint}".encode()
    )
    late_seen = NoteSignature(samples.WITNESS, samples.WITNESS_KEY.id, late)
    _refuses(checkpoints.believe, signed_notes[0].with_signatures(late_seen), TRUST_WITNESSED)


def _found(
    lines: list[bytes], trust: TrustedKeys = TRUST, **beside: Any
) -> tuple[str, list[int] | None, int | None] | None:
    try:
        check(lines, trust, **beside)
    except BrokenLogError as error:
        return (
            error.broken.value,
            None if error.entries is None else list(error.entries),
            error.line,
        )
    return None


def _logs() -> None:
    outcome = check(LINES, TRUST_WITNESSED)
    counts = outcome.checkpoints, outcome.records, outcome.erasures, outcome.erased
    _ensure(counts == (3, 10, 2, 5))
    _ensure([(name, sight.size) for name, sight in outcome.witnesses] == [(samples.WITNESS, 5)])
    for change in VECTORS["broken"]:
        first, count = change["lines_removed"]
        put_in = [line.encode() for line in change["lines_put_in"]]
        lines = [*LINES[: first - 1], *put_in, *LINES[first - 1 + count :]]
        _ensure(_found(lines) == (change["fault"], change["entries"], change["line"]))
    two = Log().record(2).erase(0)
    twice = entries.encode(samples.erasure((0, 1))) + b"\n"
    _ensure(_found([*two.lines, twice]) == ("erases_twice", [3, 3], 6))
    of_erasure = entries.encode(samples.erasure((1, 2))) + b"\n"
    _ensure(_found([*two.lines, of_erasure]) == ("erases_no_record", [3, 3], 6))
    endless = [*LINES[:2], log_file.CHECKPOINT, *[b">" + b"a" * 999 + b"\n"] * 100]
    left = iter(endless)
    _ensure(_found(left) == ("line", [0, 0], 3))  # type: ignore[arg-type]
    _ensure(len(list(left)) > 30)
    _ensure(_found(Log().record().checkpoint().lines, TRUST_WITNESSED) == ("not_seen", None, None))
    for heading in ([b"mesure audit log 2\n", LINES[1]], [LINES[0], b"a log\n"], [LINES[0], b"ab"]):
        _refuses(log_file.LogFile, heading)


def _evidence() -> None:
    past_checkpoints = [
        checkpoints.read(note)
        for note in (n.split("\n\n")[0] + "\n" for n in VECTORS["checkpoints"])
    ]
    short = Log().record(5).checkpoint()
    _ensure(_found(short.lines, earlier=past_checkpoints) == ("taken_back", [5, 11], None))
    other = Log().record(4).erase(2).record(8).checkpoint()
    _ensure(_found(other.lines, earlier=past_checkpoints[:1]) == ("rewritten", [0, 4], None))
    two = [past_checkpoints[0], LogCheckpoint(ORIGIN, TreeHead(5, bytes(32)))]
    _ensure(
        _found(LINES, earlier=two)
        == _found(LINES, earlier=two[::-1])
        == ("rewritten", [0, 4], None)
    )
    elsewhere = LogCheckpoint("other.example", past_checkpoints[2].head)
    _ensure(_found(LINES, earlier=[elsewhere]) == ("other_log", None, None))
    records = VECTORS["records_file"].encode().splitlines(keepends=True)
    _ensure(check(LINES, records=records).opened == 5)
    _ensure(_found(LINES, records=records[:-1]) == ("missing", [10, 10], None))
    _ensure(_found(LINES, records=records[:-1], is_selection=True) is None)
    changed = [*records[:-1], records[-1].replace(b"look", b"book")]
    _ensure(_found(LINES, records=changed) == ("other_record", [10, 10], 26))
    erased = [records[0], log_file.encode_opening(samples.make_opening(1)), *records[1:]]
    _ensure(_found(LINES, records=erased) == ("still_there", [1, 1], None))
    for entry, line in ((5, 15), (12, None)):
        extra = log_file.encode_opening(RecordOpening(entry, bytes(32), b"{}"))
        record_lines = sorted([*records[1:], extra], key=lambda line: int(line.split()[0]))
        fault = _found(LINES, records=[records[0], *record_lines])
        _ensure(fault == ("record_of_none", [entry, entry], line))
    for wrong in (
        [records[0], *records[2:0:-1]],
        [records[0], records[1], *records[1:]],
        [records[0], b"0" + records[1]],
    ):
        _ensure((_found(LINES, records=wrong) or ("",))[0] == "line")


def _shown() -> None:
    vector = VECTORS["proof"]
    shown = proof_file.read(vector["text"])
    entry, salt, record = vector["opening"].encode().rstrip().split(b" ", 2)
    opening = RecordOpening(int(entry), bytes.fromhex(salt.decode()), record)
    _ensure(proof_file.examine(shown, opening, TRUST)[0].head.size == 9)
    for wrong in (RecordOpening(6, opening.salt, record), RecordOpening(7, opening.salt, b"{}")):
        _refuses(proof_file.examine, shown, wrong, TRUST)
    hashes = "A" * 43 + "=\n"
    text: str = vector["text"]
    for other in (
        text.replace("@v1", "@v2"),
        text.replace("index 7", f"index {2**53}"),
        text.replace("index 7\n", f"index 7\n{hashes * 63}"),
    ):
        _refuses(proof_file.read, other)


def _answers() -> None:
    note = notes.read(VECTORS["checkpoints"][1])
    checkpoint = checkpoints.read(note.text)
    right = checkpoints.cosign(checkpoint, samples.WITNESS, samples.WITNESS_SECRET, 1)
    stranger = checkpoints.cosign(checkpoint, "a", samples.OTHER_SECRET, 1)
    cosigned = witness.with_answer(note, f"{stranger}\n{right}\n", TRUST_WITNESSED)
    _ensure(cosigned.signatures == (*note.signatures, right))
    spoilt = NoteSignature(right.name, right.id, right.made[:8] + bytes(64))
    _refuses(witness.with_answer, note, f"{spoilt}\n", TRUST_WITNESSED)


def _witness() -> None:
    cosign_request = witness.read(VECTORS["request"])
    _ensure(str(cosign_request) == VECTORS["request"])
    checkpoint, last = (
        checkpoints.read(notes.read(VECTORS["checkpoints"][place]).text) for place in (0, -1)
    )
    _ensure(witness.examine(cosign_request, checkpoint, ORIGIN, TRUST) == last)
    first = CosignRequest(0, (), cosign_request.note)
    _ensure(witness.examine(first, None, ORIGIN, TRUST) == last)
    _refuses(witness.examine, first, None, "other.example", TRUST)
    try:
        witness.examine(
            CosignRequest(4, cosign_request.proof, cosign_request.note), checkpoint, ORIGIN, TRUST
        )
    except WitnessRefusedError as error:
        _ensure(error.refusal is WitnessRefusal.OTHER_START)
    else:
        raise AssertionError
    forged = LogCheckpoint(ORIGIN, TreeHead(5, bytes(32)))
    for request, before, origin in (
        (cosign_request, None, ORIGIN),
        (cosign_request, checkpoint, "other.example"),
        (cosign_request, forged, ORIGIN),
        (CosignRequest(5, (), cosign_request.note), checkpoint, ORIGIN),
        (CosignRequest(0, (), cosign_request.note), checkpoint, ORIGIN),
        (cosign_request, LogCheckpoint("other.example", checkpoint.head), ORIGIN),
    ):
        _refuses(witness.examine, request, before, origin, TRUST)
    _refuses(witness.examine, cosign_request, checkpoint, ORIGIN, TrustedKeys((), (), Ed25519()))
    hashes = "A" * 43 + "=\n"
    for text in (
        f"old 1\n{hashes * 64}\n{cosign_request.note}",
        f"old 01\n\n{cosign_request.note}",
        "old 1\n\n",
    ):
        _refuses(witness.read, text)
