"""Evidence bundles as the service makes them: with its log, policy, papers and their seal."""

from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from mesure.actions.framework.context import Context
from mesure.actions.incidents.contests import OfIncident
from mesure.actions.refusals.refusal_reasons import Why
from mesure.actions.refusals.refusals import NotNowError
from mesure.bundle import archive
from mesure.bundle import make as bundle_make
from mesure.bundle import papers as bundle_papers
from mesure.bundle.make import House, Papers
from mesure.bundle.papers import Seal
from mesure.bundle.pieces import Pieces
from mesure.bundle.turns import Turns
from mesure.service.installation import log_signing
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.web.dependencies import HandedOver


class Bundles:
    """Makes bundles for whoever asks on a page."""

    def __init__(self, house: House, folder: Path) -> None:
        self._house, self._folder = house, folder
        self._turns = Turns()

    @classmethod
    def of(cls, installation: Installation) -> Self:
        """Return what makes the bundles of an installation."""
        settings = installation.settings
        house = House(
            str(installation.signing.log_key(settings.name)),
            partial(log_signing.checkpoint, installation),
            settings.policy,
            _papers(settings),
        )
        return cls(house, installation.folder.path)

    def __call__(self, context: Context, request: OfIncident) -> HandedOver:
        """Return the bundle of an incident, as one file, when it is this account's turn."""
        account = context.actor.account
        with self._turns.making(account):
            bundle = bundle_make.make(context, request, self._house)
            try:
                pieces = Pieces(self._folder, archive.parts(bundle.files))
            except OSError:  # There is no room on the disk.
                raise NotNowError(Why.BUNDLES_BUSY) from None

        def done() -> None:
            pieces.close()
            self._turns.taken(account)

        return HandedOver(pieces.size, pieces, done)


def _papers(settings: Settings) -> Papers:
    """Return what makes the papers; none are made where what sets them is not installed."""
    seal = None
    if settings.paper_seal is not None:
        password = settings.paper_seal_password
        secret = None if password is None else password.get_secret_value().encode()
        seal = Seal(settings.paper_seal, secret)
        bundle_papers.signer(seal)  # One that opens nothing is told when the service starts.
    elif find_spec("typst") is None:
        return bundle_make.no_papers
    return bundle_papers.Papers(seal)
