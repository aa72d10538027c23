"""Rules of reading what devices send: which rows are fixes, and what their numbers mean."""

from dataclasses import replace
from typing import Any

import numpy as np

from mesure.formats.columns import file_rows, traces
from mesure.formats.files import owntracks_file, traccar_file
from mesure.formats.stored import assemble_fixes
from mesure.geo import fixes as fixes_
from mesure.record import replay
from tests.precedents.rules_of_judging import NEVER_S
from tests.precedents.taking_out import Patch, policy_rule, rule, wrap

policy_rule("stale", "A fix delivered days later is kept and not used.", stale_s=NEVER_S)
policy_rule("future", "A fix from after its receipt is kept and not used.", future_s=NEVER_S)
policy_rule("clocks_may_differ_a_little", "Clocks may differ by seconds.", future_s=1.0)


@rule("Fixes are judged in the order in which they were taken, not received.")
def events_are_judged_in_order(patch: Patch) -> None:
    def by_receipt(gather: Any, *args: Any, **keys: Any) -> Any:
        assembly = gather(*args, **keys)
        received = replace(assembly.fixes, observed_us=assembly.fixes.received_us)
        return replace(assembly, fixes=fixes_.sort(received))

    wrap(patch, replay, "gather", by_receipt)


@rule("What is received after the moment of looking is not used.")
def nothing_is_said_of_the_future(patch: Patch) -> None:
    def with_hindsight(gather: Any, *args: Any, **keys: Any) -> Any:
        return gather(*args, **(keys | {"until_us": None}))

    wrap(patch, replay, "gather", with_hindsight)


@rule("A repetition of a fix is no evidence.")
def a_repetition_is_no_evidence(patch: Patch) -> None:
    patch.setattr(assemble_fixes, "_repeats", lambda rows, index: index[:0])


@rule("A clock that lost 1,024 weeks is set right where its receipt proves it.")
def clock_of_1024_weeks(patch: Patch) -> None:
    patch.setattr(assemble_fixes, "ROLLOVER_US", 0)


@rule("A ping is a sign of life, not of place.")
def heartbeat(patch: Patch) -> None:
    def read_as_fixes(read: Any, *args: Any) -> file_rows.FileRows:
        rows: file_rows.FileRows = read(*args)
        return replace(rows, reason=np.zeros_like(rows.reason))

    wrap(patch, owntracks_file, "read_rec", read_as_fixes)


@rule("A server that repeats the last place has heard nothing new.")
def a_server_repeats(patch: Patch) -> None:
    def forget_repeats(read: Any, *args: Any) -> file_rows.FileRows:
        rows: file_rows.FileRows = read(*args)
        return replace(rows, repeats=np.zeros(len(rows), np.bool_))

    wrap(patch, traccar_file, "read", forget_repeats)


@rule("An accuracy of zero, or less, is unknown.")
def accuracy_zero_is_unknown(patch: Patch) -> None:
    patch.setattr(assemble_fixes, "is_claim", lambda column: column > -2.0)


policy_rule(
    "a_phone_means_68_percent",
    "A phone's accuracy holds the truth in 68 of 100 cases.",
    radius95_per_reported_phone_ratio=1.0,
)


@rule("A speed has the unit of its format.")
def speeds_have_units(patch: Patch) -> None:
    patch.setattr(owntracks_file, "MPS_PER_KMPH", 1.0)
    patch.setattr(traccar_file, "MPS_PER_KNOT", 1.0)


@rule("What cannot be a place is no fix.")
def out_of_range(patch: Patch) -> None:
    def numbers_at_least(_: Any, rows: Any, __: Any) -> Any:
        return np.isnan(rows.lat_deg + rows.lon_deg) | (rows.observed_us == file_rows.NO_TIME)

    wrap(patch, assemble_fixes, "_out_of_range", numbers_at_least)


@rule("A time has an offset, or nobody knows when it was.")
def times_have_an_offset(patch: Patch) -> None:
    def any_zone(_: Any, __: str, ___: str, given_us: Any) -> Any:
        return np.where(given_us == file_rows.NO_OFFSET, file_rows.NO_TIME, given_us)

    wrap(patch, file_rows, "_settled", any_zone)


@rule("One run judges one person.")
def one_person_a_run(patch: Patch) -> None:
    everybody = lambda rows, trace: np.ones(len(rows), np.bool_)  # noqa: E731
    patch.setattr(traces, "of_one_person", everybody)
