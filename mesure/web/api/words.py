"""What each field of the API means, in plain words, with an example that could be one.

One name means one thing everywhere, so each is explained once. Whoever adds a field says here what
it is; a test asks for it, and reads each example as what it is an example of.
"""

from typing import Any, Final

import msgspec
from msgspec import inspect

Object = dict[str, Any]

NONE: Final = object()  # There is no example: what stands there has fields of its own.

SUMMARY: Final = "Says, condition by condition, whether a court order was met, and how sure one is."
DESCRIPTION: Final = (
    "Everything here is an action of somebody: it is allowed or refused by role and case, and it "
    "is entered in the audit log, also when it was refused. Whoever looks at a person's data says "
    "for what and gives the number of the case; the person sees who looked. There is no address "
    "under which the places of several people are listed, and none that searches by place.\n\n"
    "Times are in UTC, as RFC 3339 has them. Spans begin with their first instant and end before "
    "their last. Lists come in pages. Errors have one form (RFC 9457). A POST that is sent with an "
    "`Idempotency-Key` is done once, however often it is sent in a day."
)
LOOK: Final = (
    "This is a look at somebody's data: officers, supervisors and inspectors say for what "
    "(`purpose`) and give the number of the case (`case_number`)."
)
CHANGE: Final = "This changes something, whole or not at all."

SECURITY: Final = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of a service account; it was shown once, when it was made.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-mesure",
        "description": "The session of somebody who signed in. Changes also need `X-CSRF-Token`.",
    },
}

CURSOR: Final = {
    "name": "cursor",
    "in": "query",
    "required": False,
    "description": "Where to go on: `next` of the page before.",
    "schema": {"type": "string"},
}
KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Any word of yours. Under the same one this is done once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
    "example": "order-ALM-2026-0042-1",
}
NEXT: Final = {
    "type": ["string", "null"],
    "description": "What to send as `cursor` to go on; null on the last page.",
}
ETAG: Final = {
    "description": "A mark of this state; send it as `If-None-Match` to hear only what is new.",
    "schema": {"type": "string"},
}
REQUEST_ID: Final = {
    "description": "Under which the request stands in the log of the service.",
    "schema": {"type": "string"},
}


def limit(usual: int, most: int) -> Object:
    """Return the parameter that says how long a page is."""
    return {
        "name": "limit",
        "in": "query",
        "required": False,
        "description": "How many to a page, at most.",
        "schema": {"type": "integer", "minimum": 1, "maximum": most, "default": usual},
        "example": usual,
    }


FIELDS: Final[dict[str, tuple[str, Any]]] = {
    "account": ("An account: who acts.", "A-mfrggzdfmztwq2lk"),
    "address": ("Where the receiver listens; only with TLS.", "https://hooks.example/mesure"),
    "after": ("The number of the last change that was read; 0: from the beginning.", 0),
    "case_number": ("The number of the case for which somebody looks.", "ALM-2026-0042"),
    "change": ("The number of the change; numbers only grow.", 17),
    "changes": ("What was raised or changed, in order of the last change.", NONE),
    "closed_at": ("When it was closed; null: it is open.", "2026-03-01T08:00:00Z"),
    "condition": ("The condition of the order, by the name that the order gives it.", "C1"),
    "count": ("How many at most.", 100),
    "earlier": ("The size of the log at the earlier time.", 3),
    "email": ("Where notices go, which say only that there is something to read.", "o@p.example"),
    "end_at": ("When it ended; null: it lasts.", "2026-02-12T20:02:00Z"),
    "entered_at": ("When it was entered.", "2026-02-10T08:00:00Z"),
    "entered_by": ("The account that entered it.", "A-mfrggzdfmztwq2lk"),
    "entry": ("The number of an entry of the audit log, from 0.", 4),
    "events": ("Of which events the receiver is told.", ["incident.opened"]),
    "hashes": ("The hashes of the proof in base64, as RFC 6962 orders them.", []),
    "incident": ("A possible breach, by its id.", "I-5f1c9a"),
    "is_set_up": ("Whether its holder has chosen a password, or signs in from elsewhere.", True),
    "kind": ("What seems to have happened.", "absent"),
    "language": ("The language in which somebody reads: en, fr, ru or kk.", "kk"),
    "lines": ("Lines of the log, as docs/specs/audit_log.md writes them.", NONE),
    "name": ("The name of somebody who works here.", "Officer A"),
    "opened_at": ("When it was opened: of an incident, when an officer could first see it.",
                  "2026-02-12T18:21:40Z"),
    "opened_by": ("The account that opened it.", "A-mfrggzdfmztwq2lk"),
    "order": ("A court order, by its number.", "ALM-2026-0042"),
    "person": ("Somebody under an order, by their id.", "P-0042"),
    "purpose": ("For what somebody looks.", "supervision"),
    "record": ("The record behind an entry, byte for byte.", '{"action":"accounts.open"}'),
    "revision": ("1 when it is new, and one more with each change.", 1),
    "role": ("In what capacity somebody acts.", "officer"),
    "salt": ("The salt of the commitment, in hexadecimal digits.", "00" * 32),
    "secret": ("What signs the webhooks, in the form of Standard Webhooks; it is shown once.",
               "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
    "scopes": ("The actions for which the token is given, by their names.", ["incidents.follow"]),
    "service": ("Another program that may ask, by its id.", "S-mfrggzdfmztwq2lk"),
    "size": ("How many entries the log has, or had.", 7),
    "start": ("The number of the first entry wanted.", 0),
    "start_at": ("When it began.", "2026-02-12T18:16:00Z"),
    "text": ("The signed text of the checkpoint.", "mesure\n7\n...\n"),
    "token": ("What makes the link; it works once and is shown once.", "Zm9yIHRoZSBkb2Nz"),
    "until_at": ("Until when it holds.", "2026-02-13T08:00:00Z"),
    "webhook": ("A webhook, by its id.", "W-mfrggzdfmztwq2lk"),
    "withdrawn_at": ("When later evidence refuted it; null: it stands.", None),
}  # fmt: skip


def example(kind: inspect.Type, name: str) -> Any:  # noqa: ANN401
    """Return an example of a field: from its words, or made from the fields within it."""
    if isinstance(kind, inspect.StructType):
        return {
            field.encode_name: example(field.type, field.encode_name)
            for field in kind.fields
            if field.required
        }
    if isinstance(kind, inspect.VarTupleType | inspect.ListType):
        given = FIELDS[name][1]
        return [example(kind.item_type, name)] if given is NONE else given
    if isinstance(kind, inspect.UnionType):
        inner = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
        return example(inner[0], name)
    return FIELDS[name][1]


def reads(kind: Any, given: object) -> bool:  # noqa: ANN401
    """Tell whether an example is one of this type."""
    try:
        msgspec.convert(given, kind)
    except msgspec.ValidationError:
        return False
    return True
