"""Which action answers which address of the API.

An action that is not here is not for other programs; `NOT_HERE` says why, and a test asks that each
is in one of the two. There is no address under which the places of several people are listed.
"""

from typing import Any, Final

from mesure.actions import accounts, audit_log, following, service_accounts, webhooks
from mesure.actions.acting import Action
from mesure.web.api.endpoint import Endpoint

TAGS: Final = {
    "Incidents": "Possible breaches, and what became of them. Only a person makes a finding.",
    "Accounts": "Who works here, and which programs may ask.",
    "Webhooks": "Other programs that are told by themselves when something happens.",
    "Audit log": "Could anyone have changed it quietly? For whoever wants to check.",
}


def _get(path: str, action: Action[Any, Any], tag: str) -> Endpoint:
    return Endpoint("GET", path, action, tag)


def _post(path: str, action: Action[Any, Any], tag: str, status: int = 201) -> Endpoint:
    return Endpoint("POST", path, action, tag, status)


def _delete(path: str, action: Action[Any, Any], tag: str) -> Endpoint:
    return Endpoint("DELETE", path, action, tag)


ENDPOINTS: Final = (
    _get("/incidents/changes", following.follow, "Incidents"),
    _get("/accounts", accounts.listed, "Accounts"),
    _post("/accounts", accounts.open_account, "Accounts"),
    _delete("/accounts/{account}", accounts.close, "Accounts"),
    _post("/accounts/{account}/reset", accounts.reset, "Accounts"),
    _get("/services", service_accounts.listed, "Accounts"),
    _post("/services", service_accounts.open_service, "Accounts"),
    _delete("/services/{service}", service_accounts.close, "Accounts"),
    _get("/webhooks", webhooks.listed, "Webhooks"),
    _post("/webhooks", webhooks.add, "Webhooks"),
    _delete("/webhooks/{webhook}", webhooks.remove, "Webhooks"),
    _get("/audit-log/entries", audit_log.lines, "Audit log"),
    _get("/audit-log/entries/{entry}/record", audit_log.record, "Audit log"),
    _get("/audit-log/entries/{entry}/inclusion", audit_log.inclusion, "Audit log"),
    _get("/audit-log/consistency", audit_log.consistency, "Audit log"),
    _get("/audit-log/checkpoint", audit_log.checkpoint, "Audit log"),
)
