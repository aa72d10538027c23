"""Make an evidence bundle: collected in one look, judged, proved, and entered in the audit log.

What is judged again here is judged by the code with which anybody checks it (`evaluate_again`).
Specification: docs/specs/evidence_bundle.md
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Final

from mesure.actions.bundles import bundle_contents as actions
from mesure.actions.bundles.bundle_contents import BundleContent, EnterBundle
from mesure.actions.framework.action import perform
from mesure.actions.framework.context import Context
from mesure.actions.incidents.contests import IncidentRequest
from mesure.audit import log_file, proof_file
from mesure.audit.signing import notes
from mesure.bundle import archive, evaluate_again
from mesure.bundle.evaluate_again import BundleEvaluation, BundleSpan
from mesure.machine import engine, file_loading, texts, timezones
from mesure.orders.text.catalogue import Catalogue
from mesure.reports.bundle import bundle_manifest
from mesure.reports.bundle.bundle_manifest import CONTENT, MANIFEST, PROOFS, READABLE, BundleHead
from mesure.reports.downloads import bundle_page, first_page
from mesure.store.interface.store import Store

KEY: Final = "log/key.txt"
RECORD: Final = f"{PROOFS}bundle.record.txt"
PROOF: Final = f"{PROOFS}bundle.proof.txt"

# A page as PDF, from its source and the moment that it bears.
Typesetter = Callable[[str, datetime], bytes]
# Papers to read, by path, from what was judged, what was collected, and the hash of the bundle.
PaperFactory = Callable[[BundleEvaluation, Mapping[str, bytes], str], Mapping[str, bytes]]


def no_papers(
    _judged: BundleEvaluation, _content: Mapping[str, bytes], _hash: str
) -> Mapping[str, bytes]:
    """Lay no papers beside the content."""
    return {}


@dataclass(frozen=True, slots=True)
class BundleConfig:
    """What a bundle is made with."""

    log_key: str  # The public key of the audit log, as it is handed on.
    sign_log: Callable[[], object]  # Signs the log as it is now.
    policy: Path | None = None  # The programme's, where it has one.
    papers: PaperFactory = no_papers
    typeset: Typesetter | None = None  # None: the first page comes as HTML alone.


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was made, and its hash."""

    sha256: str
    files: Mapping[str, bytes]

    @property
    def data(self) -> bytes:
        """Return it as one file, whole."""
        return archive.write(self.files)


def make(
    context: Context, request: IncidentRequest, config: BundleConfig, language: str = "en"
) -> Bundle:
    """Return the bundle of an incident; who asked, and what was made, is in the audit log.

    `language` is that of the person who asks: the page with which the bundle begins is in it.
    """
    config.sign_log()  # So that what was done up to now can be proved.
    collected = perform(context, actions.make, request)
    content, judged = _content(collected, config)
    head = BundleHead(
        collected.person,
        collected.order,
        collected.incident,
        collected.limits.from_us,
        collected.limits.until_us,
        collected.limits.received_until_us,
        engine.VERSION,
        engine.digest(),
        timezones.VERSION,
    )
    manifest = bundle_manifest.manifest(head, content)
    known_as = bundle_manifest.hash_of(manifest)
    readable = {
        f"{READABLE}{path}": data for path, data in config.papers(judged, content, known_as).items()
    }
    here = {MANIFEST: manifest, **_content_paths(content), **readable}
    readable = _first_page(head, here, judged, config, texts.catalogue(language)) | readable
    hashes = {path: sha256(data).hexdigest() for path, data in sorted(readable.items())}
    completion = EnterBundle(
        collected.incident, collected.limits, collected.state, known_as, hashes
    )
    perform(context, actions.enter_bundle, completion)
    config.sign_log()
    files = {
        MANIFEST: manifest,
        **_content_paths(content),
        **_proof(context.store, known_as),
        **readable,
    }
    return Bundle(known_as, files)


def _content_paths(content: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{CONTENT}{path}": data for path, data in content.items()}


def _first_page(
    head: BundleHead,
    here: Mapping[str, bytes],
    judged: BundleEvaluation,
    config: BundleConfig,
    catalogue: Catalogue,
) -> dict[str, bytes]:
    """Return the page with which a bundle begins, made from what is in it."""
    zone = judged.replay.rules.versions[-1].zone
    judged_from = evaluate_again.first_instant(here[f"{CONTENT}{evaluate_again.INCIDENT}"])
    has_pdf = config.typeset is not None
    content = bundle_page.page(
        head, here, (RECORD, PROOF), judged_from, zone, catalogue, has_pdf=has_pdf
    )
    page = {first_page.HTML: first_page.html(content, catalogue).encode()}
    if config.typeset is not None:
        source = first_page.source(content, catalogue)
        page[first_page.PDF] = config.typeset(source, judged.replay.until)
    return page


def _content(
    collected: BundleContent, config: BundleConfig
) -> tuple[dict[str, bytes], BundleEvaluation]:
    files = dict(collected.files)
    default = resources.files("mesure.evaluation").joinpath("policy.yaml").read_bytes()
    files[evaluate_again.POLICY] = default
    if config.policy is not None:
        why = "without it the thresholds are not known"
        files[evaluate_again.PROGRAMME_POLICY] = file_loading.read_file(config.policy, why)
    files[KEY] = f"{config.log_key}\n".encode()
    span = BundleSpan(collected.limits.until_us, collected.limits.received_until_us)
    judged = evaluate_again.judge(files, span)
    return {**files, **judged.files}, judged


def _proof(store: Store, known_as: str) -> dict[str, bytes]:
    """Return the record that this bundle was made, and the proof that the audit log has it."""
    with store.read() as reading:
        checkpoint = reading.checkpoint()
        assert checkpoint is not None, "the log was signed a moment ago"
        entry = checkpoint.size - 1
        while True:
            opening = reading.record_opening(entry)
            if opening is not None and known_as.encode() in opening.record:
                break
            entry -= 1
        note = notes.read(checkpoint.text.decode())
        shown = proof_file.show(reading.node, entry, note)
    record = log_file.RECORDS_HEADING + log_file.encode_opening(opening)
    return {RECORD: record, PROOF: str(shown).encode()}
