"""Bundle maker: evidence bundles with the service's log, policy, papers and their seal."""

from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from mesure.actions.framework.context import Context
from mesure.actions.incidents.contests import IncidentRequest
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError
from mesure.bundle import archive
from mesure.bundle import make as bundle_make
from mesure.bundle import papers as bundle_papers
from mesure.bundle.make import BundleConfig, PaperFactory, Typesetter
from mesure.bundle.papers import PaperSigner
from mesure.bundle.pieces import BundlePieces
from mesure.bundle.turns import BundleTurns
from mesure.service.installation import log_signing
from mesure.service.installation.installation import Installation
from mesure.service.installation.settings import Settings
from mesure.web.dependencies import FileDownload
from mesure.web.map_tiles import Basemap


class BundleMaker:
    """Makes bundles that are asked for on a page."""

    def __init__(self, config: BundleConfig, folder: Path) -> None:
        self._config, self._folder = config, folder
        self._turns = BundleTurns()

    @classmethod
    def of(cls, installation: Installation, basemap: Basemap | None = None) -> Self:
        """Return what makes the bundles of an installation, with the streets of its map."""
        settings = installation.settings
        config = BundleConfig(
            str(installation.signing.log_key(settings.name)),
            partial(log_signing.checkpoint, installation),
            settings.policy,
            _papers(settings, basemap),
            typesetter(),
        )
        return cls(config, installation.folder.path)

    def __call__(self, context: Context, request: IncidentRequest, language: str) -> FileDownload:
        """Return the bundle of an incident, as one file, when it is this account's turn."""
        account = context.actor.account
        with self._turns.take_turn(account):
            bundle = bundle_make.make(context, request, self._config, language)
            try:
                pieces = BundlePieces(self._folder, archive.parts(bundle.files))
            except OSError:  # There is no room on the disk.
                raise ActionConflictError(ActionRefusal.BUNDLES_BUSY) from None

        def finish() -> None:
            pieces.close()
            self._turns.release(account)

        return FileDownload(pieces.size, pieces, finish)


def typesetter() -> Typesetter | None:
    """Return what makes a page a PDF; nothing where what sets it is not installed."""
    return None if find_spec("typst") is None else bundle_papers.typeset_page


def _papers(settings: Settings, basemap: Basemap | None = None) -> PaperFactory:
    """Return what makes the papers; none are made where what sets them is not installed."""
    seal = None
    if settings.paper_seal is not None:
        password = settings.paper_seal_password
        secret = None if password is None else password.get_secret_value().encode()
        seal = PaperSigner(settings.paper_seal, secret)
        bundle_papers.signer(seal)  # A seal that does not open is reported when the service starts.
    elif find_spec("typst") is None:
        return bundle_make.no_papers
    return bundle_papers.PaperMaker(seal, basemap=basemap)
