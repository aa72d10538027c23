"""Venue import: a list of venues from an extract, and how it differs from the list before."""

import secrets
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from mesure.actions.framework import action
from mesure.actions.framework.context import PROGRAM, Context
from mesure.actions.orders import venue_review
from mesure.actions.orders.venue_review import ImportVenues, VenueImportResult, VenueInput
from mesure.actions.refusals.refusals import ActionError
from mesure.machine import clock, texts
from mesure.machine.service_error import ServiceError
from mesure.orders.text.near_names import nearest
from mesure.orders.venues.venue_categories import CATEGORIES
from mesure.reports.text import visible_text
from mesure.service.installation.installation import Installation
from mesure.service.maintenance import venue_extracts

NAMES_SHOWN_MAX: Final = 50


def check_category(category: str) -> None:
    """Refuse a category that is none, before a large file is read for it."""
    if category in CATEGORIES:
        return
    near = nearest(category, CATEGORIES)
    remedy = f"did you mean {near}" if near else f"write one of {', '.join(CATEGORIES)}"
    what = f"{category} is no category of venues"
    raise ServiceError("--category", what, "which places are meant can't be told", remedy)


def import_venues(installation: Installation, path: Path, category: str, as_of: date) -> list[str]:
    """Import the venues of a category; return lines for the operator."""
    check_category(category)
    extract = venue_extracts.read(path, category)
    venues = tuple(
        VenueInput(venue.id, venue.name, dict(venue.tags), venue.geometry)
        for venue in extract.found.venues
    )
    context = Context(
        installation.store,
        installation.keyring,
        clock.now(),
        secrets.token_bytes,
        PROGRAM,
        "venues import",
    )
    request = ImportVenues(category, as_of, path.name, extract.sha256, venues)
    try:
        done = action.perform(context, venue_review.import_extract, request)
    except ActionError as error:
        why = error.sentence(texts.catalogue("en")).rstrip(".")
        remedy = "see docs/specs/venue_categories.md for the tags of each category"
        raise ServiceError(path, why, "nothing was imported", remedy) from None
    return list(_told(done, extract.found.left_out))


def _told(done: VenueImportResult, left_out: int) -> Iterator[str]:
    yield f"Imported as {done.list}: {done.count} venues, {done.undecided} to be decided."
    for sign, names in (("+", done.new), ("-", done.gone), ("~", done.changed)):
        yield from (f"  {sign} {visible_text.visible(name)}" for name in names[:NAMES_SHOWN_MAX])
        if len(names) > NAMES_SHOWN_MAX:
            yield f"  {sign} and {len(names) - NAMES_SHOWN_MAX} more"
    if left_out:
        yield f"Left out, because no outline could be drawn: {left_out}."
