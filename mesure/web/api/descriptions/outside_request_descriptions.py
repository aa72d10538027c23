"""Field descriptions about requests for data from outside."""

from typing import Any, Final

from mesure.web.api.descriptions.examples import INSTANT, NONE

# What is written down of a request, and stands in its record afterwards.
_WRITTEN_DOWN: Final[dict[str, tuple[str, Any]]] = {
    "authority": ("Which authority asks.", "Police of Almaty"),
    "reason": ("Why the authority asks, and by which law.", "A theft at the market."),
    "data": ("What is asked for: the least that serves the reason.", ["incidents"]),
    "why_no_less": ("Why less would not do.", "Only incidents say whether it was reported."),
    "start_at": (
        "From when the data is asked for; null: it is of no span.",
        "2026-02-09T00:00:00Z",
    ),
    "until_at": (
        "Until when the data is asked for; null: it is of no span.",
        "2026-02-10T00:00:00Z",
    ),
    "urgency": ("How soon it must be answered.", "days"),
    "signed_by": ("Who signed the request.", "Captain B. Example"),
    "signed_on": ("The day on which it was signed.", "2026-02-09"),
    "document_sha256": ("The hash of the paper as it came, in hexadecimal digits.", "00" * 32),
    "genuine_by_call": (
        "How it was checked that it is genuine: who was called back.",
        "Called the duty desk.",
    ),
    "received_at": ("When the request came.", INSTANT),
}

FIELDS: Final[dict[str, tuple[str, Any]]] = {
    **{
        f"{kind}.{name}": entry
        for kind in ("RecordOutsideRequest", "OutsideRequestRecord")
        for name, entry in _WRITTEN_DOWN.items()
    },
    "RecordOutsideRequest.case_number": (
        "The number of the case, as the authority has it.",
        "KUI 25-08",
    ),
    "OutsideRequestRecord.case_number": (
        "The number of the case, as the authority names it.",
        "KUI 25-0815",
    ),
    "OutsideRequestRecord.is_granted": ("Whether it was granted; null: it is not answered.", True),
    "AnswerOutsideRequest.is_granted": ("Whether it is granted.", True),
    "OutsideRequestRecord.answer": ("Why, and what was given.", "Two incidents, no trail."),
    "AnswerOutsideRequest.answer": ("Why, and what is given.", "Two incidents, no trail."),
    "OutsideRequestRecord.reviews": ("What was found when it was looked at again.", NONE),
    "OutsideReview.by": ("The account that looked at it again.", "A-ge3tcnzwgiztinjx"),
    "OutsideReview.at": ("When it was looked at again.", INSTANT),
    "is_in_order": ("Whether it was in order when it was looked at again.", True),
    "remark": ("What was found, in words.", ""),
    "AnswerOutsideRequest.request": ("A request from outside, by its id.", "X-mfrggzdfmztwq2lk"),
    "ReviewOutsideRequest.request": ("A request from outside, by its id.", "X-mfrggzdfmztwq2lk"),
    "OutsideRequestView.request": ("A request from outside, by its id.", "X-mfrggzdfmztwq2lk"),
    "OutsideRequestView.kept": ("The request, and what came of it.", NONE),
    "MonthRequestView.request": ("A request from outside, by its id.", "X-mfrggzdfmztwq2lk"),
    "MonthRequestView.kept": ("The same; null: the person’s key is lost.", NONE),
    "MonthQuery.month": ("A month.", "2026-02"),
    "OutsideRequestSample.month": ("A month.", "2026-02"),
    "OutsideRequestSample.requests": ("How many requests were written down in it.", 1),
    "OutsideRequestSample.granted": ("How many of them were granted.", 1),
    "OutsideRequestSample.unanswered": ("How many of them are not answered.", 0),
    "OutsideRequestSample.sample": ("Those that are to be looked at again.", NONE),
}
