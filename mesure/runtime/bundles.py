"""Evidence bundles as the service makes them: with its log, policy, papers and their seal."""

from functools import partial
from importlib.util import find_spec

from mesure.actions.acting import Context
from mesure.actions.contests import OfIncident
from mesure.runtime import bundle_making, bundle_papers, log_keeping
from mesure.runtime.bundle_making import House, Papers
from mesure.runtime.bundle_papers import Seal
from mesure.runtime.installation import Installation
from mesure.runtime.settings import Settings


class Bundles:
    """Makes bundles for whoever asks on a page."""

    def __init__(self, made: Installation) -> None:
        settings = made.settings
        self._house = House(
            str(made.signing.log_key(settings.name)),
            partial(log_keeping.checkpoint, made),
            settings.policy,
            _papers(settings),
        )

    def __call__(self, context: Context, asked: OfIncident) -> bytes:
        """Return the bundle of an incident, as one file."""
        return bundle_making.make(context, asked, self._house).data


def _papers(settings: Settings) -> Papers:
    """Return what makes the papers; none are made where what sets them is not installed."""
    seal = None
    if settings.paper_seal is not None:
        password = settings.paper_seal_password
        secret = None if password is None else password.get_secret_value().encode()
        seal = Seal(settings.paper_seal, secret)
        bundle_papers.signer(seal)  # One that opens nothing is told when the service starts.
    elif find_spec("typst") is None:
        return bundle_making.no_papers
    return bundle_papers.Papers(seal)
