"""Opening the address book of an installation when its service starts; it runs without one, too."""

from collections.abc import Callable

import structlog

from mesure.service.installation.data_folder import DataFolder
from mesure.service.installation.settings import Settings
from mesure.web import address_book
from mesure.web.address_book import AddressBook, AddressBookError


def open_addresses(
    settings: Settings, folder: DataFolder, say: Callable[[str], None]
) -> AddressBook | None:
    """Return the book; for one that is missing or broken, say why there is none."""
    path = settings.addresses or folder.addresses
    try:
        book = address_book.open_book(path)
    except FileNotFoundError:
        if settings.addresses is not None:
            _tell(say, f"{path}: there is no such file", "check the setting “addresses”")
        return None
    except OSError as error:
        _tell(say, f"{path}: {(error.strerror or 'it cannot be read').lower()}", "give the right")
        return None
    except AddressBookError as error:
        _tell(say, f"{path}: {error}", "make it again: mesure addresses")
        return None
    structlog.get_logger().info("addresses", count=book.count)
    return book


def _tell(say: Callable[[str], None], what: str, remedy: str) -> None:
    say(f"{what}; addresses are typed in full, and everything else runs; {remedy}.")
    structlog.get_logger().warning("no_addresses")
