"""The service makes bundles with its own log, and with papers where it can."""

from pathlib import Path

import pytest

from mesure.actions.incidents.contests import IncidentRequest
from mesure.bundle import archive
from mesure.bundle import verify as verify_bundle
from mesure.bundle.papers import PaperMaker
from mesure.machine.service_error import ServiceError
from mesure.service.maintenance import bundles
from mesure.service.maintenance.bundles import BundleMaker
from tests.service import installations
from tests.service.bundled import PERSON
from tests.service.test_export_import import fill_installation


def test_a_bundle_of_a_service_holds_under_its_published_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundles, "find_spec", lambda _: None)
    with installations.begin(tmp_path) as instance:
        office = fill_installation(instance)
        with instance.store.read() as reading:
            request = IncidentRequest(incident=reading.incidents_of("P-1")[0].id)
        file = BundleMaker.of(instance)(office.context(PERSON), request, "ru")
        data = b"".join(file.pieces)
        file.done()
        key = instance.signing.log_key("log.example")
    assert verify_bundle.verify(data, key).papers == 0
    files = archive.read(data)
    assert not any(path.startswith("readable/") for path in files)
    assert next(iter(files)) == "README.html"
    assert '<html lang="ru">' in files["README.html"].decode()


def test_papers_are_made_where_what_sets_them_is_there(tmp_path: Path) -> None:
    pytest.importorskip("typst")
    assert isinstance(bundles._papers(installations.settings(tmp_path)), PaperMaker)


def test_a_seal_that_opens_nothing_keeps_the_service_from_starting(tmp_path: Path) -> None:
    pytest.importorskip("pyhanko")
    seal = tmp_path / "seal.p12"
    seal.write_bytes(b"no key")
    chosen = {"paper_seal": seal, "paper_seal_password": "secret"}
    with (
        installations.begin(tmp_path, **chosen) as instance,
        pytest.raises(ServiceError, match="name a PKCS #12 file"),
    ):
        BundleMaker.of(instance)
