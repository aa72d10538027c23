"""Startup banner: the address of the service and, once, how to sign in."""

from mesure.actions.accounts import staff_accounts
from mesure.actions.accounts.staff_accounts import AccountName, OpenAccount
from mesure.actions.framework import action
from mesure.actions.framework.context import PROGRAM, Context
from mesure.actions.refusals.refusals import ActionConflictError, InvalidInputError
from mesure.machine import clock
from mesure.machine.service_error import ServiceError
from mesure.privacy.roles import Role
from mesure.reports.text import visible_text
from mesure.service.installation import stores
from mesure.service.installation.installation import Installation
from mesure.store.writing import audit_append


def first_link(installation: Installation, origin: str, salts: audit_append.Salts) -> str | None:
    """Return a link with which the first supervisor comes in; None where there is one already."""
    context = Context(
        installation.store, installation.keyring, clock.now(), salts, PROGRAM, request="serve"
    )
    try:
        link = action.perform(
            context,
            staff_accounts.open_first,
            OpenAccount(staff_accounts.FIRST_NAME, Role.SUPERVISOR),
        )
    except ActionConflictError:
        return None
    return origin + path_of(link.token)


def link_for(installation: Installation, name: str | None, salts: audit_append.Salts) -> str:
    """Return a new link for somebody who works here; what they had before ends."""
    actor = PROGRAM
    context = Context(
        installation.store, installation.keyring, clock.now(), salts, actor, request="accounts"
    )
    try:
        link = action.perform(context, staff_accounts.let_in, AccountName(name))
    except InvalidInputError as error:
        there = ", ".join(map(visible_text.visible, error.faults)) or "there is none"
        what = f"{name!r} names no account" if name else "there is not just one supervisor"
        why = f"a link is for one account, and open are: {there}"
        raise ServiceError("accounts", what, why, "name one of them with --name") from None
    origin = installation.settings.public_url
    return path_of(link.token) if origin is None else origin.rstrip("/") + path_of(link.token)


def path_of(token: str) -> str:
    """Return where the holder of this link sets up an account."""
    return f"/set-up/{token}"


def banner(installation: Installation, origin: str, link: str | None) -> str:
    """Return the lines that say where everything is."""
    settings = installation.settings
    lines = [
        f"Mesure serves at {origin}",
        f"  data   {stores.store_name(settings, installation.folder)}",
        f"  keys   {installation.folder.keys}   (back them up apart from the data)",
    ]
    if settings.mqtt_host is not None:
        lines.append(f"  MQTT   {settings.mqtt_host}:{settings.mqtt_port}")
    if link is not None:
        lines += [
            "",
            "Nobody can sign in yet. Open this link, once, within three days:",
            f"  {link}",
        ]
    return "\n".join([*lines, "", "Ctrl-C ends it."])
