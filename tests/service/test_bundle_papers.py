"""Papers in four languages, the same bytes each time, and signed where there is a key."""

import io
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from shapely import LineString

from mesure.bundle import archive
from mesure.bundle import papers as bundle_papers
from mesure.bundle import verify as verify_bundle
from mesure.bundle.evaluate_again import BundleEvaluation
from mesure.bundle.papers import PaperMaker, PaperSigner
from mesure.machine import texts
from mesure.machine.service_error import ServiceError
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.values.places import Place
from mesure.reports.bundle import bundle_paper
from mesure.reports.bundle.bundle_manifest import BundleError
from mesure.reports.drawing import picture, svg_paths
from mesure.reports.drawing.svg_paths import Drawing, Label
from mesure.reports.maps import scene
from mesure.service.basemap import making
from mesure.service.basemap.shapes import MapShape
from mesure.web import map_tiles
from mesure.web.map_tiles import Basemap, MapSource
from tests.evaluation import scenes
from tests.reports import factory
from tests.service import bundled

pytest.importorskip("typst")


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> PaperSigner:
    """Return a key with a certificate that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Probation service")])
    start = datetime(2026, 1, 1)  # noqa: DTZ001  Certificates are in UTC.
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3_650))
        .add_extension(x509.KeyUsage(*(n in (0, 1) for n in range(9))), critical=True)
        .sign(key, hashes.SHA256())
    )
    password = serialization.BestAvailableEncryption(b"secret")
    file = tmp_path_factory.mktemp("seal") / "seal.p12"
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(b"seal", key, certificate, None, password)
    )
    return PaperSigner(file, b"secret")


def test_papers_lie_beside_the_content_and_are_the_same_each_time(tmp_path: Path) -> None:
    with bundled.open_case(tmp_path) as case:
        bare = case.make()
        case.papers = PaperMaker()
        first, second = case.make(), case.make()
    assert first.sha256 == second.sha256 == bare.sha256
    files, again = archive.read(first.data), archive.read(second.data)
    pages = {path: data for path, data in files.items() if path.startswith("readable/")}
    assert sorted(pages) == [f"readable/evidence_{tag}.pdf" for tag in ("en", "fr", "kk", "ru")]
    assert all(again[path] == data for path, data in pages.items())
    assert all(data.startswith(b"%PDF-1.7") for data in pages.values())
    assert verify_bundle.verify(first.data).papers == 4


def test_a_paper_that_was_changed_is_named(tmp_path: Path) -> None:
    with bundled.open_case(tmp_path) as case:
        case.papers = PaperMaker(languages=("kk",))
        files = archive.read(case.make().data)
    path = "readable/evidence_kk.pdf"
    files[path] += b"\n"
    with pytest.raises(BundleError) as caught:
        verify_bundle.verify(archive.write(files))
    assert (caught.value.step.value, caught.value.path) == ("readable", path)
    del files[path]
    assert verify_bundle.verify(archive.write(files)).papers == 0


@pytest.mark.filterwarnings("ignore")
def test_a_signature_covers_the_whole_paper(tmp_path: Path, seal: PaperSigner) -> None:
    reader = pytest.importorskip("pyhanko.pdf_utils.reader")
    validation = pytest.importorskip("pyhanko.sign.validation")
    with bundled.open_case(tmp_path) as case:
        case.papers = PaperMaker(seal, ("en",))
        data = case.make().data
    assert verify_bundle.verify(data).papers == 1
    page = archive.read(data)["readable/evidence_en.pdf"]
    [signed] = reader.PdfFileReader(io.BytesIO(page)).embedded_signatures
    status = validation.validate_pdf_signature(signed)
    assert (status.intact, status.valid) == (True, True)
    assert signed.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    changed = page.replace(b"/Title", b"/Titel", 1)
    [broken] = reader.PdfFileReader(io.BytesIO(changed)).embedded_signatures
    assert not validation.validate_pdf_signature(broken).intact


def test_a_key_that_does_not_open_is_told(tmp_path: Path, seal: PaperSigner) -> None:
    with pytest.raises(ServiceError, match="name a PKCS #12 file"):
        bundle_papers.sign(b"", PaperSigner(seal.file, b"wrong"))


def test_a_paper_is_set_at_any_moment() -> None:
    at = datetime(2026, 2, 11, 3, 0, 0, 7, tzinfo=UTC)
    assert bundle_papers.typeset({"paper.typ": "A page."}, at).startswith(b"%PDF-1.7")


@pytest.fixture
def street_map(tmp_path: Path) -> Iterator[Basemap]:
    """Return a map with one street past the home of the order."""
    lat_deg, lon_deg = scenes.HOME_LAT_DEG, scenes.HOME_LON_DEG
    street = LineString([(lon_deg - 0.05, lat_deg), (lon_deg + 0.05, lat_deg)])
    path = tmp_path / "basemap.pmtiles"
    making.make([MapShape("road", "minor", street)], path, MapSource.SIMULATED, "", lambda _: None)
    with closing(map_tiles.open_basemap(path)) as basemap:
        yield basemap


def _folder(tmp_path: Path) -> Path:
    (tmp_path / "office").mkdir()
    return tmp_path / "office"


def test_the_map_on_the_paper_has_the_streets_of_the_operators_own_map(
    tmp_path: Path, street_map: Basemap, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    svg = picture.svg

    def record_drawing(drawing: Drawing, catalogue: Catalogue) -> str:
        drawn.append(svg(drawing, catalogue))
        return drawn[-1]

    monkeypatch.setattr(picture, "svg", record_drawing)
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("asks somebody else"))
    with bundled.open_case(_folder(tmp_path)) as case:
        bare = case.make()
        case.papers = PaperMaker(languages=("en",), basemap=street_map)
        first, second = case.make(), case.make()
        case.papers = PaperMaker(languages=("en",))
        without = case.make()
    assert first.sha256 == bare.sha256 == without.sha256
    page = "readable/evidence_en.pdf"
    assert first.files[page] == second.files[page] != without.files[page]
    assert verify_bundle.verify(first.data).papers == 1
    street = f'stroke="{picture.STREET}"'
    assert [street in one for one in drawn] == [True, True, False]


def test_the_paper_names_whose_streets_they_are_where_it_has_some(
    tmp_path: Path, street_map: Basemap
) -> None:
    sources: list[str] = []

    class Kept(PaperMaker):
        def __call__(
            self, judged: BundleEvaluation, content: Mapping[str, bytes], known_as: str
        ) -> Mapping[str, bytes]:
            for basemap in (street_map, None):
                known = bundle_papers.read(judged, content, basemap)
                sheet = bundle_papers.paper(known, content, known_as, "en")
                sources.append(bundle_paper.source(sheet, texts.catalogue("en")))
            return {}

    with bundled.open_case(_folder(tmp_path)) as case:
        case.papers = Kept()
        case.make()
    with_streets, without = sources
    assert "gray lines: streets (A made-up town)" in with_streets
    assert "gray lines" not in without


# --- Words on the map ----------------------------------------------------------------------------

LETTER_PX = 7.0  # The width of a letter on a paper, rather more than less.


def _maps_of_bars() -> Mapping[str, Drawing]:
    """Return maps of a place that has a long name in other languages."""
    report = factory.report()
    zones = tuple(
        replace(zone, place=Place("alcohol", zone.place.shapes))
        if zone.place.name == "home"
        else zone
        for zone in report.zones
    )
    incident = factory.incident(facts=factory.facts(place="alcohol"))
    return bundle_papers.draw_maps(scene.scene_of(replace(report, zones=zones)), incident)


def _edges(label: Label) -> tuple[float, float]:
    half_px = len(label.text) * LETTER_PX / 2.0
    return float(label.x) - half_px, float(label.x) + half_px


def test_words_on_the_map_have_the_room_that_they_take_in_their_language() -> None:
    maps = _maps_of_bars()
    assert set(maps) == set(texts.LANGUAGES)
    for drawn in maps.values():
        for place, label in enumerate(drawn.labels):
            west, east = _edges(label)
            assert west >= 0.0
            assert east <= svg_paths.WIDTH
            for other in drawn.labels[:place]:
                apart = east <= _edges(other)[0] or _edges(other)[1] <= west
                assert apart or abs(float(label.y) - float(other.y)) >= 14.0


def test_the_home_on_a_paper_is_called_as_the_language_calls_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: dict[str, list[str]] = {}
    svg = picture.svg

    def record_names(drawing: Drawing, catalogue: Catalogue) -> str:
        names[catalogue.language] = [label.text for label in drawing.labels]
        return svg(drawing, catalogue)

    monkeypatch.setattr(picture, "svg", record_names)
    with bundled.open_case(_folder(tmp_path)) as case:
        case.papers = PaperMaker()
        case.make()
    assert [names[tag][0] for tag in texts.LANGUAGES] == ["home", "domicile", "дом", "үй"]
