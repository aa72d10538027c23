"""Secret box: XSalsa20-Poly1305 by libsodium, for encrypted messages of OwnTracks."""

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox as Sodium

from mesure.formats.apps import owntracks_secret


class SodiumSecretBox:
    """One device's passphrase; a `owntracks_secret.DeviceSecretBox`."""

    def __init__(self, passphrase: str) -> None:
        self._sodium = Sodium(owntracks_secret.key(passphrase))

    def decrypt(self, sealed: bytes) -> bytes | None:
        """Return what a nonce and the bytes behind it hide; None with any other passphrase."""
        try:
            return self._sodium.decrypt(sealed)
        except CryptoError:
            return None

    def encrypt(self, plain: bytes) -> bytes:
        """Return a new nonce and, behind it, what it hides."""
        return bytes(self._sodium.encrypt(plain))
