"""Dependencies: what the pages and the API are built from; the service hands it over.

No part of `web` knows the store. Who is asked to do something is
`actions.framework.action.perform`, in a `Context` that names who asks, from where, and under which
id.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Final
from zoneinfo import ZoneInfo

from mesure.actions.accounts import service_accounts
from mesure.actions.framework.context import Actor, Context
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.limits import token_buckets
from mesure.actions.limits.token_buckets import ShareBuckets
from mesure.evaluation import policy
from mesure.evaluation.policy import PolicyFile
from mesure.orders.text.catalogue import Catalogue
from mesure.web.address_book import AddressBook
from mesure.web.map_tiles import Basemap
from mesure.web.requests.metrics import LOOPBACK, ServiceFigures
from mesure.web.requests.rates import RequestLimits

LANGUAGES: Final = ("en", "fr", "ru", "kk")

# Who acts, the id of the request, and the address it came from.
Contexts = Callable[[Actor, str, str], Context]


# The evidence bundle of an incident, as one file; who asked is in the audit log then.


@dataclass(frozen=True, slots=True)
class FileDownload:
    """A file that is handed over in pieces: how long it is, and what is to be done at its end."""

    size: int
    pieces: Iterable[bytes]
    done: Callable[[], None] = lambda: None


Bundles = Callable[[Context, IncidentRequest, str], FileDownload]  # In the language of who asks.
# A page as PDF, from its source and the moment that it bears.
Typesetter = Callable[[str, datetime], bytes]

ByToken = Callable[[Context, str], Actor | None]  # The service account of a bearer token.


def by_token(context: Context, token: str) -> Actor | None:
    """Return the service account of a bearer token."""
    return service_accounts.resume(context.store, context.keyring, token, context.now)


@cache
def default_thresholds() -> PolicyFile:
    """Return the thresholds of a programme that has none of its own."""
    data = resources.files("mesure.evaluation").joinpath("policy.yaml").read_bytes()
    return policy.read("policy.yaml", data)


def _no_figures() -> ServiceFigures:
    return ServiceFigures()


def _no_checks() -> Mapping[str, bool]:
    return {}


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Everything `app.build` needs; what has a value here may be left out."""

    contexts: Contexts
    catalogues: Callable[[str], Catalogue]  # By language.
    now: Callable[[], datetime]
    random: Callable[[int], bytes]  # Returns this many random bytes.
    origin: str = "http://127.0.0.1:8080"  # How the service is reached from outside.
    languages: Sequence[str] = LANGUAGES
    limits: RequestLimits = field(default_factory=RequestLimits)
    share: ShareBuckets = token_buckets.keep_apart  # With the other nodes of a cluster.
    metrics_networks: tuple[str, ...] = LOOPBACK
    figures: Callable[[], ServiceFigures] = _no_figures
    readiness: Callable[[], Mapping[str, bool]] = _no_checks
    receives: Callable[[], Mapping[str, bool]] = _no_checks  # As far as messages and pages need it.
    by_token: ByToken = by_token
    # The clock of pages that are about several people; a page about one goes by their order's.
    zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009  A value.
    programme: str = ""  # The name of the installation; empty: it has none.
    zone_is_known: bool = True  # The programme chose it; else no order is drafted by it unasked.

    log_key: str = ""  # The public key of the audit log, for those who check it elsewhere.
    # The thresholds of the programme, by which it is said what to expect of a place.
    thresholds: PolicyFile = field(default_factory=default_thresholds)
    bundles: Bundles | None = None  # None: no bundle can be made here.
    typeset: Typesetter | None = None  # None: no page can be made a PDF here.
    basemap: Basemap | None = None  # None: no streets behind zones and fixes.
    addresses: AddressBook | None = None  # None: addresses are typed in full.

    @property
    def is_secure(self) -> bool:
        """Tell whether browsers reach the service by TLS only; if so, so do cookies."""
        return self.origin.startswith("https://")
