"""TLS by the service itself: certificates are checked before anybody connects.

A certificate that the service made for itself is for a first try: it keeps out those who only
listen, and nobody can distinguish it from another's.
"""

import ipaddress
import ssl
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mesure.machine.service_error import ServiceError
from mesure.service.installation import data_folder

CERTIFICATE: Final = "self_signed.pem"
KEY: Final = "self_signed.key"
LASTS: Final = timedelta(days=90)
WARN: Final = timedelta(days=21)
WHY: Final = "nothing was started"


def self_signed(folder: Path, host: str, now: datetime) -> tuple[Path, Path]:
    """Return certificate and key of our own making, made anew when they are about to end."""
    certificate, key = folder / CERTIFICATE, folder / KEY
    if certificate.exists() and key.exists() and ends_at(certificate) - now > WARN:
        return certificate, key
    certificate.unlink(missing_ok=True)
    key.unlink(missing_ok=True)
    secret = ec.generate_private_key(ec.SECP256R1())
    pem = secret.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    x509_certificate = _certificate(secret, host, now)
    data_folder.write_private(key, pem)
    data_folder.write_private(
        certificate, x509_certificate.public_bytes(serialization.Encoding.PEM)
    )
    return certificate, key


def _certificate(secret: ec.EllipticCurvePrivateKey, host: str, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Mesure, first try")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + LASTS)
        .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(secret, hashes.SHA256())
    )


def _names(host: str) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    try:
        names.append(x509.IPAddress(ipaddress.ip_address(host)))
    except ValueError:
        if host != "localhost":
            names.append(x509.DNSName(host))
    return names


def check(certificate: Path, key: Path, now: datetime) -> list[str]:
    """Return what should be known of a certificate; refuse one that nobody could connect to."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
        ends = ends_at(certificate)
    except (OSError, ValueError) as error:
        words = str(error.strerror if isinstance(error, OSError) else error) or "it is none"
        what = f"certificate and key cannot be used together ({words.lower()})"
        raise ServiceError(certificate, what, WHY, "name a PEM file and its own key") from None
    if ends <= now:
        what = f"the certificate ended at {ends:%Y-%m-%dT%H:%M:%SZ}"
        raise ServiceError(certificate, what, "no device would connect", "put a new one there")
    if ends - now < WARN:
        return [f"The certificate {certificate} ends at {ends:%Y-%m-%dT%H:%M:%SZ}: renew it."]
    return []


def ends_at(certificate: Path) -> datetime:
    """Return when a certificate ends."""
    return x509.load_pem_x509_certificates(certificate.read_bytes())[0].not_valid_after_utc
