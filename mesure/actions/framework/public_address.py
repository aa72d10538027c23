"""Public address: the origin under which browsers reach this installation."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Site:
    """The site whose pages ask for a passkey, and no other's."""

    rp_id: str  # The name of the host.
    origin: str  # With scheme, and port where it is no common one.
    name: str

    @classmethod
    def at(cls, address: str, name: str) -> Self:
        """Return the site that is reached at an address.

        >>> Site.at("https://mesure.example:8443/console", "Mesure").origin
        'https://mesure.example:8443'
        """
        parts = urlsplit(address)
        return cls(parts.hostname or "", f"{parts.scheme}://{parts.netloc}", name)
