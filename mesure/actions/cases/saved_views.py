"""Saved views: filters of the list of people that an officer keeps under a name.

A view holds the filters and never what was searched for, which may name somebody. It is the
officer's own, and nobody else reads it.
"""

from typing import Final

import msgspec

from mesure.actions.framework.action import ActionContext, EmptyRequest, action, look
from mesure.actions.records.record_types import RecordType
from mesure.actions.refusals.refusal_reasons import ActionRefusal
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError, NotAllowedError
from mesure.privacy.access_refusal import AccessRefusal
from mesure.privacy.roles import CASEWORK

NAME_CHARS_MAX: Final = 60
FILTERS_MAX: Final = 8
VALUE_CHARS_MAX: Final = 60
VIEWS_MAX: Final = 20  # Of one account.


class ViewFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By what a list is filtered, and which value of it is shown."""

    by: str
    value: str


class SavedViewRecord(msgspec.Struct, frozen=True):
    """A view as it is kept."""

    account: str
    name: str
    filters: tuple[ViewFilter, ...]


class SavedView(msgspec.Struct, frozen=True):
    """A view, by its id."""

    view: str
    name: str
    filters: tuple[ViewFilter, ...]


class SaveView(msgspec.Struct, frozen=True):
    """Filters to be kept under a name."""

    name: str
    filters: tuple[ViewFilter, ...]


class SavedViewRef(msgspec.Struct, frozen=True):
    """Which view."""

    view: str


VIEW: Final = RecordType(
    "saved_view", SavedViewRecord, lambda view: [("account", view.account)], programme_key="views"
)


@look("views.list", CASEWORK)
def list_views(doing: ActionContext, _: EmptyRequest) -> tuple[SavedView, ...]:
    """List one's own saved views, by name."""
    stored_views = doing.rows.find(VIEW, "account", doing.actor.account)
    views = [SavedView(one.id, one.value.name, one.value.filters) for one in stored_views]
    return tuple(sorted(views, key=lambda view: (view.name.casefold(), view.view)))


@action("views.save", CASEWORK)
def save(doing: ActionContext, request: SaveView) -> str:
    """Save filters under a name, in place of the caller's view of that name."""
    name = request.name.strip()
    if not (0 < len(name) <= NAME_CHARS_MAX and name.isprintable()):
        raise InvalidInputError(ActionRefusal.NAME)
    texts = [text for part in request.filters for text in (part.by, part.value)]
    is_short = all(len(text) <= VALUE_CHARS_MAX and text.isprintable() for text in texts)
    if len(request.filters) > FILTERS_MAX or not is_short:
        raise InvalidInputError(ActionRefusal.NAME)
    own = list(doing.rows.find(VIEW, "account", doing.actor.account))
    value = SavedViewRecord(doing.actor.account, name, request.filters)
    same = next((view for view in own if view.value.name == name), None)
    if same is not None:
        doing.rows.change(same, value)
        return same.id
    if len(own) >= VIEWS_MAX:
        raise ActionConflictError(ActionRefusal.ENOUGH_SAID)
    return doing.rows.add(VIEW, doing.new_id("V"), value).id


@action("views.remove", CASEWORK)
def remove(doing: ActionContext, request: SavedViewRef) -> None:
    """Remove a saved view of one's own."""
    view = doing.rows.need(VIEW, request.view)
    if view.value.account != doing.actor.account:
        raise NotAllowedError(AccessRefusal.NOT_YOURS)
    doing.rows.drop(VIEW, view.id)
