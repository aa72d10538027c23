"""TLS by the service itself: a certificate that nobody could use is told before anybody tries."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from mesure.machine.service_error import ServiceError
from mesure.service.http import tls

NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "mesure.example.kz", "::1"])
def test_a_certificate_of_our_own_fits_its_key_and_names_the_host(
    tmp_path: Path, host: str
) -> None:
    certificate, key = tls.self_signed(tmp_path, host, NOW)
    assert tls.check(certificate, key, NOW) == []
    x509_certificate = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = x509_certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    hosts = {str(name.value) for name in names}
    assert {"localhost", host} == hosts
    ssl.create_default_context().load_verify_locations(certificate)


def test_it_is_made_anew_only_when_it_is_about_to_end(tmp_path: Path) -> None:
    certificate, key = tls.self_signed(tmp_path, "localhost", NOW)
    first = certificate.read_bytes()
    assert tls.self_signed(tmp_path, "localhost", NOW + timedelta(days=60)) == (certificate, key)
    assert certificate.read_bytes() == first
    tls.self_signed(tmp_path, "localhost", NOW + timedelta(days=70))
    assert certificate.read_bytes() != first


def test_one_that_ends_soon_is_told_and_one_that_ended_is_refused(tmp_path: Path) -> None:
    certificate, key = tls.self_signed(tmp_path, "localhost", NOW)
    [warning] = tls.check(certificate, key, NOW + timedelta(days=80))
    assert "ends at 2027-02-23T00:00:00Z: renew it" in warning
    with pytest.raises(ServiceError, match="the certificate ended at 2027-02-23T00:00:00Z"):
        tls.check(certificate, key, NOW + timedelta(days=90))


def test_files_that_do_not_belong_together_are_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    certificate, _ = tls.self_signed(tmp_path, "localhost", NOW)
    _, other = tls.self_signed(tmp_path / "other", "localhost", NOW)
    for key in (other, certificate, tmp_path / "nowhere.key"):
        with pytest.raises(ServiceError, match="certificate and key cannot be used together"):
            tls.check(certificate, key, NOW)
