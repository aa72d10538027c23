"""Papers of a bundle as PDF, in every language, each with a signature where there is a key.

The pages are made from the bundle alone. The signature (PAdES) is put on the finished page and lies
outside of what the hash of the bundle covers; the hash is printed on every page.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from mesure.bundle import evaluate_again, review_statements
from mesure.bundle.evaluate_again import BundleEvaluation
from mesure.formats.stored import stored_messages
from mesure.incidents.incident import Incident
from mesure.incidents.words import health_words
from mesure.incidents.words.reader import Reader
from mesure.machine import engine, texts
from mesure.machine.service_error import ServiceError
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.span import Span
from mesure.record import report as reporting
from mesure.reports.bundle import bundle_paper
from mesure.reports.bundle.bundle_paper import BundlePaper
from mesure.reports.drawing import picture
from mesure.reports.drawing.svg_paths import Drawing
from mesure.reports.maps import incident_map, scene
from mesure.reports.maps.scene import Scene
from mesure.reports.replay import facts, report_words, weights
from mesure.reports.replay.facts import FactRow
from mesure.reports.replay.replay_report import ReplayReport
from mesure.reports.replay.weights import WeightRow as Weight
from mesure.reports.text import visible_text
from mesure.version import VERSION
from mesure.web import map_tiles, streets
from mesure.web.map_tiles import Basemap
from mesure.web.shared.evidence import explained
from mesure.web.shared.evidence.explained import IncidentExplanation

AROUND: Final = timedelta(hours=2)
EXTRA: Final = "report"
STANDARD: Final = "a-2b"
PAGE: Final = "paper.typ"


@dataclass(frozen=True, slots=True)
class PaperSigner:
    """With what papers are signed: a certificate with its key, in one file, and its password."""

    file: Path
    password: bytes | None


class PaperMaker:
    """Makes the papers of bundles."""

    def __init__(
        self,
        seal: PaperSigner | None = None,
        languages: tuple[str, ...] = (),
        basemap: Basemap | None = None,
    ) -> None:
        self._seal, self._basemap = seal, basemap
        self._languages = languages or tuple(texts.LANGUAGES)

    def __call__(
        self, judged: BundleEvaluation, content: Mapping[str, bytes], known_as: str
    ) -> Mapping[str, bytes]:
        """Return the papers of a bundle by name: one in each language."""
        known = read(judged, content, self._basemap)
        return {
            f"evidence_{tag}.pdf": self._signed(_pdf(known, content, known_as, tag))
            for tag in self._languages
        }

    def _signed(self, page: bytes) -> bytes:
        if self._seal is None:
            return page
        return sign(page, self._seal)


@dataclass(frozen=True, slots=True, eq=False)
class PaperContent:
    """What the papers of all languages are made from."""

    judged: BundleEvaluation
    told: IncidentExplanation
    report: ReplayReport
    maps: Mapping[str, Drawing]  # By language; none where there is nothing to draw.
    devices: set[str]  # Those that sent what the incident rests on.
    basemap: Basemap | None = None  # Whose streets the maps have; None: they have none.


def read(
    judged: BundleEvaluation, content: Mapping[str, bytes], basemap: Basemap | None = None
) -> PaperContent:
    """Read a bundle for its papers: they say what every page says.

    Streets are those of the operator's own map; nothing is asked of anybody else for them.
    """
    document: Any = json.loads(content[evaluate_again.INCIDENT])["told"]
    explanation = explained.read(json.dumps(document).encode())
    report = reporting.report_of(judged.replay)
    if explanation.incident is None:
        return PaperContent(judged, explanation, report, {}, set())
    maps = draw_maps(scene.scene_of(report), explanation.incident)
    devices = _devices(explanation.incident, content)
    frame = next((drawn.frame for drawn in maps.values()), None)
    if basemap is None or frame is None:
        return PaperContent(judged, explanation, report, maps, devices)
    lines = streets.on_drawing(basemap, frame)
    maps = {tag: replace(drawn, streets=lines) for tag, drawn in maps.items()}
    return PaperContent(judged, explanation, report, maps, devices, basemap if lines else None)


def draw_maps(view: Scene, incident: Incident) -> Mapping[str, Drawing]:
    """Return the map in each language, in which every label has the room that it takes there."""
    catalogues = map(texts.catalogue, texts.LANGUAGES)
    maps = {c.language: incident_map.incident_map(view, incident, c) for c in catalogues}
    return {tag: drawn for tag, drawn in maps.items() if drawn is not None}


def _pdf(known: PaperContent, content: Mapping[str, bytes], known_as: str, tag: str) -> bytes:
    """Return one paper."""
    catalogue = texts.catalogue(tag)
    sheet = paper(known, content, known_as, tag)
    files = {PAGE: bundle_paper.source(sheet, catalogue)}
    if sheet.condition:
        files[bundle_paper.STRIP] = bundle_paper.strip(sheet)
    if tag in known.maps:
        files[bundle_paper.MAP] = picture.svg(known.maps[tag], catalogue)
    return typeset(files, known.judged.replay.until)


def paper(
    known: PaperContent, content: Mapping[str, bytes], known_as: str, tag: str
) -> BundlePaper:
    """Return what the paper of a language tells."""
    replay, report, catalogue = known.judged.replay, known.report, texts.catalogue(tag)
    about = _about(known, tag)
    return BundlePaper(
        known_as=known_as,
        order=visible_text.visible(report.order),
        person=visible_text.visible(report.person),
        zone=report.zone,
        title=about.title,
        told=known.told.to_office(report.zone, catalogue),
        condition=about.condition,
        asked=about.asked,
        figures=about.figures,
        weighed=about.weighed,
        assessments=[
            assessment
            for assessment in replay.statement.assessments
            if assessment.condition == about.condition
            and assessment.span.overlap(about.around) is not None
        ],
        around=about.around,
        looked_at=replay.until,
        finding=review_statements.review_finding(content),
        former=review_statements.former(content),
        said=review_statements.sayings(content, catalogue),
        unsigned=replay.unsigned,
        sources=_sources(known.judged, content, catalogue),
        has_map=tag in known.maps,
        credit="" if known.basemap is None else map_tiles.credit_of(known.basemap, catalogue),
    )


@dataclass(frozen=True, slots=True)
class _About:
    """What differs between a possible breach and something about a device."""

    title: str
    condition: str
    asked: str
    figures: tuple[FactRow, ...]
    weighed: tuple[Weight, ...]
    around: Span


def _about(known: PaperContent, tag: str) -> _About:
    catalogue, replay, report = texts.catalogue(tag), known.judged.replay, known.report
    incident, notice = known.told.incident, known.told.notice
    if incident is None:
        assert notice is not None, "what is about no condition is about a device"
        title = health_words.of(notice.kind, catalogue).title
        figures = facts.of_notice(notice, report.zone, catalogue)
        return _About(title, "", "", figures, (), Span(replay.until, replay.until))
    around = Span(incident.start - AROUND, max(replay.until, incident.start))
    return _About(
        report_words.title(catalogue, incident),
        incident.condition,
        next(one.words[tag] for one in report.conditions if one.id == incident.condition),
        facts.lines(incident, report.zone, catalogue, known.devices),
        weights.lines(incident, catalogue, Reader.OFFICE),
        around,
    )


def _devices(incident: Incident, content: Mapping[str, bytes]) -> set[str]:
    """Return the devices that sent what the incident rests on."""
    sequences = {stored_messages.place(row)[0] for row in incident.evidence}
    return {one.device for one in evaluate_again.messages(content) if one.sequence in sequences}


def _sources(
    judged: BundleEvaluation, content: Mapping[str, bytes], catalogue: Catalogue
) -> list[tuple[str, str]]:
    replay = judged.replay
    order = catalogue.text("order, version {number}")
    return [
        ("Mesure", f"{VERSION} {engine.digest()}"),
        (catalogue.text("thresholds"), f"{replay.rules.policy.version} {replay.hashes.policy}"),
        (catalogue.text("rules of time zones"), replay.tzdata_version),
        *((order.format(number=n), one) for n, one in enumerate(replay.hashes.orders, start=1)),
        (catalogue.text("messages of devices"), replay.hashes.fixes[0]),
        (catalogue.text("moment of looking"), _instant(replay.until)),
        (
            catalogue.text("messages in all"),
            report_words.count(content[evaluate_again.MESSAGES].count(b"\n")),
        ),
    ]


def _instant(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def typeset(files: Mapping[str, str], at: datetime) -> bytes:
    """Return a page as PDF/A; the same files are the same bytes."""
    try:
        import typst
    except ImportError:
        raise _missing() from None
    with TemporaryDirectory() as folder:
        for name, file_text in files.items():
            Path(folder, name).write_text(file_text, encoding="utf-8")
        page: bytes = typst.compile(
            Path(folder, PAGE),
            root=Path(folder),
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=STANDARD,
            timestamp=at.replace(microsecond=0),  # It takes no others.
        )
    return page


def typeset_page(source: str, at: datetime) -> bytes:
    """Return a page without pictures as PDF/A."""
    return typeset({PAGE: source}, at)


def sign(page: bytes, seal: PaperSigner) -> bytes:
    """Return a page with a signature (PAdES, baseline B) over all of it."""
    signs = signer(seal)
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    meta = signers.PdfSignatureMetadata(
        field_name="Mesure", subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256"
    )
    out = io.BytesIO()
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(page)), meta, signer=signs, output=out)
    return out.getvalue()


def signer(seal: PaperSigner) -> Any:  # noqa: ANN401  It has no types.
    """Return what signs with a seal, or say why it cannot."""
    try:
        from pyhanko.sign import signers
    except ImportError:
        raise _missing() from None
    load: Any = getattr(signers.SimpleSigner, "load_pkcs12")  # noqa: B009  It has no types.
    pdf_signer = load(str(seal.file), passphrase=seal.password)
    if pdf_signer is None:
        what = "it holds no key with a certificate, or the password is wrong"
        raise ServiceError(seal.file, what, "nothing is signed", "name a PKCS #12 file")
    return pdf_signer


def _missing() -> ServiceError:
    what, why = "what makes papers is not installed", "the bundle would have none"
    return ServiceError("papers", what, why, f"install mesure[{EXTRA}]")
