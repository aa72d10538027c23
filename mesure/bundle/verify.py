"""Check an evidence bundle on any machine, without a network, and say at which step it fails.

The hash of the manifest is what both sides compare. Everything below it is checked from the files
alone: that the audit log has the bundle and the records in it, that devices signed what they are
said to have sent, and that judging it again gives the same bytes.
Specification: docs/specs/evidence_bundle.md
"""

import io
import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

from mesure import instants
from mesure.actions.bundles import bundle_proofs, order_files
from mesure.actions.bundles.order_files import BindingManifest
from mesure.audit import proof_file
from mesure.audit.checkpoints import TrustedKeys, UntrustedCheckpointError
from mesure.audit.entries import MalformedError
from mesure.audit.log_file import RecordOpening, RecordsFile
from mesure.audit.proof_file import UnprovedError
from mesure.audit.signing import signer_keys
from mesure.audit.signing.signer_keys import PublicKey
from mesure.bundle import archive, evaluate_again
from mesure.bundle import attached as bundle_attached
from mesure.bundle import forms as bundle_forms
from mesure.bundle import make as bundle_make
from mesure.bundle.evaluate_again import BundleEvaluation, BundleSpan, Files
from mesure.bundle.forms import AssessmentLine, BundleFormError, IncidentFile, MessageLine
from mesure.devices import enrolment, message_verification, signed_form
from mesure.devices.enrolment import EnrolledKey, Enrolment
from mesure.devices.message.device_refusal import DeviceRefusal
from mesure.evaluation.assessment import Status
from mesure.formats.stored import reduced_messages as reduced
from mesure.incidents.incident import IncidentKind
from mesure.instants import EPOCH, US_PER_S
from mesure.machine import engine, file_loading
from mesure.machine.signatures import Ed25519, EnrolledKeyVerifier
from mesure.orders.text.sayings import TranslatableEnum
from mesure.reports.bundle import bundle_manifest
from mesure.reports.bundle.bundle_manifest import (
    CONTENT,
    FIRST,
    MANIFEST,
    READABLE,
    BundleCheck,
    BundleError,
    BundleHead,
    MalformedBundleError,
    Manifest,
)


@dataclass
class BundleReport:
    """A bundle that holds, and what is to be known of it."""

    sha256: str
    person: str
    order: str
    incident: str
    signed: int = 0  # Messages whose signature was checked.
    reduced: int = 0  # Messages of which only a part is left: their signatures cannot be checked.
    unsigned: int = 0  # Messages that no device signed.
    records: int = 0  # Records of the audit log that were proved.
    papers: int = 0
    documents: int = 0  # Documents that were attached, and are in it as they came.
    court_papers: int = 0  # Papers of the court, in it as they were attached to the order.
    left_out: int = 0  # Documents and papers that are named only: too large together, or erased.
    is_own_key: bool = True  # The log's key is the bundle's own: nobody else vouched for it.
    other_engine: str = ""  # Which program made it; empty: this one, to the byte.
    differs: "tuple[BundleDifference, ...]" = ()


class BundleDifference(TranslatableEnum):
    """How what the service said differs from what judging the bundle says."""

    NOT_JUDGED = (
        "not_judged",
        "The incident is about the device itself, and judging says nothing of devices.",
    )
    NOT_RAISED = (
        "not_raised",
        "But it does not raise the incident: the service may have known more.",
    )
    OTHER_TIME = (
        "other_time",
        "But the incident begins or ends at another time than the service said.",
    )
    OTHER_STANDING = (
        "other_standing",
        "But late evidence refutes the incident here and not there, or there and not here.",
    )
    OTHER_ASSESSMENTS = (
        "other_assessments",
        "But some assessments differ from what the service said.",
    )


def read(path: Path) -> bytes:
    """Return the file of a bundle."""
    return file_loading.read_file(path, "there is nothing to check", archive.BYTES_MAX)


def verify(
    data: bytes, log_key: PublicKey | None = None, known_as: str | None = None
) -> BundleReport:
    """Check a bundle; raises `BundleError` at the first step that fails.

    `known_as` is the hash that somebody else has.
    """
    try:
        return _verified(data, log_key, known_as)
    except RecursionError:
        what = "something in it is nested deeper than anything that a bundle has"
        raise BundleError(BundleCheck.FILES, "the content", what) from None


def _verified(data: bytes, log_key: PublicKey | None, known_as: str | None) -> BundleReport:
    files = archive.read(data)
    manifest, content = _opened(files)
    own_hash, head = bundle_manifest.hash_of(files[MANIFEST]), manifest.head
    if known_as is not None and known_as.strip().lower() != own_hash:
        what = "it has another hash than the one you named"
        raise BundleError(BundleCheck.MANIFEST, MANIFEST, what)
    report = BundleReport(own_hash, head.person, head.order, head.incident)
    key = _key(content, log_key)
    report.is_own_key = log_key is None
    trust = TrustedKeys((key,), (), Ed25519())
    bundle_record = _was_made(files, trust)
    _papers(files, bundle_record, report)
    _records(content, trust, report)
    report.documents, report.court_papers, report.left_out = bundle_attached.check(content)
    _messages(content, report)
    if (head.engine_version, head.engine_sha256) != (engine.VERSION, engine.digest()):
        report.other_engine = head.engine_version
    try:
        _replayed(content, manifest, report)
    except BundleError as error:
        if error.step is BundleCheck.REPLAY:
            error.other_engine = report.other_engine
        raise
    return report


# --- Layout, manifest, files -------------------------------------------------------------------


def _opened(files: Files) -> tuple[Manifest, dict[str, bytes]]:
    if MANIFEST not in files:
        raise BundleError(BundleCheck.MANIFEST, MANIFEST, "it is not there")
    try:
        manifest = bundle_manifest.read_manifest(files[MANIFEST])
    except MalformedBundleError as error:
        raise BundleError(BundleCheck.MANIFEST, MANIFEST, str(error)) from None
    content = {
        path.removeprefix(CONTENT): data for path, data in files.items() if path.startswith(CONTENT)
    }
    bundle_manifest.check_files(manifest, content)
    known = {MANIFEST, bundle_make.RECORD, bundle_make.PROOF}
    for path in files:
        if path not in {*known, *FIRST} and not path.startswith((CONTENT, READABLE)):
            raise BundleError(BundleCheck.FILES, path, "nothing of this name belongs in a bundle")
    return manifest, content


# --- The audit log -----------------------------------------------------------------------------


def _key(content: Files, log_key: PublicKey | None) -> PublicKey:
    path = bundle_make.KEY
    try:
        own = signer_keys.read(content[path].decode().strip(), Ed25519())
    except (KeyError, UnicodeDecodeError, MalformedError):
        raise BundleError(BundleCheck.PROOF, path, "there is no key of a log in it") from None
    if log_key is not None and log_key != own:
        raise BundleError(BundleCheck.PROOF, path, "it is not the key that you named")
    return own


def _was_made(files: Files, trust: TrustedKeys) -> dict[str, Any]:
    """Return what the audit log has of the making of this bundle."""
    opening = _openings(files, bundle_make.RECORD)
    if len(opening) != 1:
        raise BundleError(BundleCheck.PROOF, bundle_make.RECORD, "it is not one record")
    _proved(files, bundle_make.PROOF, opening[0], trust)
    facts = _facts(opening[0])
    if facts.get("bundle") != bundle_manifest.hash_of(files[MANIFEST]):
        what = "it is the record of another bundle: this manifest is not the one that was entered"
        raise BundleError(BundleCheck.PROOF, bundle_make.RECORD, what)
    return facts


def _facts(opening: RecordOpening) -> dict[str, Any]:
    try:
        record: Any = json.loads(opening.record)
    except (ValueError, RecursionError):
        record = None
    facts = record.get("facts") if isinstance(record, dict) else None
    return facts if isinstance(facts, dict) else {}


def _openings(files: Files, path: str) -> list[RecordOpening]:
    try:
        return list(RecordsFile(io.BytesIO(files[path])))
    except KeyError:
        raise BundleError(BundleCheck.PROOF, path, "it is not there") from None
    except MalformedError as error:
        raise BundleError(BundleCheck.PROOF, path, str(error)) from None


def _proved(files: Files, path: str, opening: RecordOpening, trust: TrustedKeys) -> None:
    try:
        shown = proof_file.read(files[path].decode())
        proof_file.examine(shown, opening, trust)
        return
    except KeyError:
        what = "it is not there"
    except UnicodeDecodeError:
        what = "it is no text"
    except MalformedError as error:
        what = str(error)
    except UntrustedCheckpointError as error:
        what = f"its checkpoint is not believed: {error.doubt.value}"
    except UnprovedError as error:
        what = f"it does not prove entry {opening.entry}: {error.unproved.value}"
    raise BundleError(BundleCheck.PROOF, path, what)


def _papers(files: Files, bundle_record: dict[str, Any], report: BundleReport) -> None:
    """Check the papers to read: they are the ones that were laid beside it, or were left out.

    The page with which a bundle begins is one of them, and is not counted.
    """
    named = bundle_record.get("readable") or {}
    if not isinstance(named, dict):
        what = "it names no papers by their paths"
        raise BundleError(BundleCheck.READABLE, bundle_make.RECORD, what)
    for path, data in files.items():
        if path in FIRST or path.startswith(READABLE):
            if sha256(data).hexdigest() != named.get(path):
                what = "it is not the paper that was made with it"
                raise BundleError(BundleCheck.READABLE, path, what)
            report.papers += path not in FIRST


def _records(content: Files, trust: TrustedKeys, report: BundleReport) -> None:
    if bundle_proofs.RECORDS not in content:
        return
    for opening in _openings(content, bundle_proofs.RECORDS):
        path = f"{bundle_proofs.PROOFS}{opening.entry:012}.txt"
        _proved(content, path, opening, trust)
        report.records += 1


# --- Messages ----------------------------------------------------------------------------------


def _messages(content: Files, report: BundleReport) -> None:
    """Check what devices signed, by the keys that the programme knew."""
    try:
        known = enrolment.by_key_name(dict(_enrolled(content)))
        lines = evaluate_again.messages(content)
    except BundleFormError as error:
        raise BundleError(BundleCheck.MESSAGES, error.path, error.what) from None
    except (KeyError, ValueError) as error:
        raise BundleError(BundleCheck.MESSAGES, evaluate_again.MESSAGES, str(error)) from None
    for before, line in zip((None, *lines), lines, strict=False):
        if before is not None and line.sequence <= before.sequence:
            where = f"{evaluate_again.MESSAGES}, message {line.sequence}"
            raise BundleError(BundleCheck.MESSAGES, where, "its place in the log does not rise")
        if signed_form.is_signed(line.form):
            _signed(line, known)
            report.signed += 1
        elif line.form == reduced.FORM:
            report.reduced += 1
        else:
            report.unsigned += 1


def _enrolled(content: Files) -> Iterator[tuple[str, Enrolment]]:
    for device_line in evaluate_again.devices(content):
        if device_line.keys:
            keys = tuple(
                EnrolledKey(bytes.fromhex(k.public_key), k.first, k.last) for k in device_line.keys
            )
            name = device_line.device
            yield name, Enrolment(name, device_line.device_class, EPOCH, keys)


def _signed(line: MessageLine, known: message_verification.Keys) -> None:
    where = f"{evaluate_again.MESSAGES}, message {line.sequence}"
    try:
        data = line.data
    except ValueError:
        raise BundleError(BundleCheck.MESSAGES, where, "its body is not in base64") from None
    if sha256(data).hexdigest() != line.digest:
        raise BundleError(BundleCheck.MESSAGES, where, "its bytes have another hash than was kept")
    verification = message_verification.verify(data, known, EnrolledKeyVerifier())
    if isinstance(verification, DeviceRefusal):
        raise BundleError(
            BundleCheck.MESSAGES, where, f"{verification.reason.value}: {verification.said}"
        )
    if (verification.device, verification.said.counter) != (line.device, line.counter):
        raise BundleError(
            BundleCheck.MESSAGES, where, "another device, or another counter, signed it"
        )
    ahead_us = signed_form.ahead_us(line.form)
    shown_us = verification.said.sent_us - line.received_us  # As `clocks.ahead_us` measures it.
    if ahead_us and not shown_us <= ahead_us < 2 * shown_us:
        what = f"its receipt does not show a clock that is {ahead_us / US_PER_S:g} seconds ahead"
        raise BundleError(BundleCheck.MESSAGES, where, what)


# --- Judging it again --------------------------------------------------------------------------


def _replayed(content: Files, manifest: Manifest, report: BundleReport) -> None:
    span = BundleSpan(manifest.head.until_us, manifest.head.received_until_us)
    try:
        judged = evaluate_again.judge(content, span)
        incident_file = evaluate_again.incident(content)
        text = content[evaluate_again.ASSESSMENTS]
        lines = bundle_forms.read_lines(evaluate_again.ASSESSMENTS, text, AssessmentLine)
    except BundleFormError as error:
        raise BundleError(BundleCheck.REPLAY, error.path, error.what) from None
    except Exception as error:  # noqa: BLE001  What somebody crafted may fail wherever it is used.
        what = f"it cannot be judged: {str(error).splitlines()[0] if str(error) else error!r}"
        raise BundleError(BundleCheck.REPLAY, evaluate_again.JUDGEMENT, what) from None
    for path, data in judged.files.items():
        if content.get(path) != data:
            line = bundle_manifest.first_difference(content.get(path, b""), data)
            what = f"judging it again gives other bytes, from line {line} on"
            raise BundleError(BundleCheck.REPLAY, path, what)
    _about(judged, manifest.head, incident_file, order_files.read_manifest(content))
    report.differs = tuple(_differences(lines, judged, incident_file))


def _about(
    judged: BundleEvaluation, head: BundleHead, incident_file: IncidentFile, bound: BindingManifest
) -> None:
    """Refuse files that are about another incident, order or person than the manifest."""
    if (incident_file.id, incident_file.order) != (head.incident, head.order):
        raise BundleError(BundleCheck.KEPT, evaluate_again.INCIDENT, "it is about another incident")
    if incident_file.person not in {None, head.person}:
        raise BundleError(BundleCheck.KEPT, evaluate_again.INCIDENT, "it is about another person")
    named = {(one.person, one.order) for one in judged.replay.rules.versions}
    if {*named, (bound.person, bound.order)} != {(head.person, head.order)}:
        what = "it binds another person, or by another order"
        raise BundleError(BundleCheck.KEPT, order_files.BINDING, what)


def _differences(
    lines: Sequence[AssessmentLine], judged: BundleEvaluation, incident_file: IncidentFile
) -> Iterator[BundleDifference]:
    """Yield what the service had said otherwise; it may have known more than is in the bundle."""
    about = judged.incident
    if about is None:
        is_judged = incident_file.kind in {kind.value for kind in IncidentKind}
        yield BundleDifference.NOT_RAISED if is_judged else BundleDifference.NOT_JUDGED
    else:
        if (about.withdrawn_at is None) != (incident_file.withdrawn_us is None):
            yield BundleDifference.OTHER_STANDING
        end_us = None if about.end is None else instants.to_us(about.end)
        if (instants.to_us(about.start), end_us) != (incident_file.start_us, incident_file.end_us):
            yield BundleDifference.OTHER_TIME
    over_us = instants.MAX_US if incident_file.end_us is None else incident_file.end_us
    if _is_otherwise(lines, judged, over_us):
        yield BundleDifference.OTHER_ASSESSMENTS


def _is_otherwise(lines: Sequence[AssessmentLine], judged: BundleEvaluation, over_us: int) -> bool:
    """Tell whether an assessment that was kept says another status for any of an incident's time.

    What came later than all in the bundle may have decided what is open where the bundle ends, as
    an appointment before its last minute, and any time after the incident. A stranger's bundle may
    have very many of both, so each is looked up by its time and not compared with each.
    """
    until_us = instants.to_us(judged.replay.until)
    begins, ends = defaultdict[Any, list[int]](list), defaultdict[Any, list[int]](list)
    for assessment in sorted(judged.replay.statement.assessments, key=lambda one: one.span.start):
        end_us = instants.to_us(assessment.span.end)
        key = assessment.condition, assessment.status, end_us >= until_us
        begins[key].append(instants.to_us(assessment.span.start))
        ends[key].append(max([end_us, *ends[key][-1:]]))  # The last of those that begin by then.
    for line in lines:
        before_us = min(line.end_us, over_us)
        others = set(Status).difference([line.status])
        for status, is_last in product(others, {False, line.end_us <= until_us}):
            key = line.condition, status, is_last
            count = bisect_left(begins.get(key, ()), before_us)
            if count and line.start_us < min(before_us, ends[key][count - 1]):
                return True
    return False
