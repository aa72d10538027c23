"""Appointment: be somewhere at a time; one statement for each slot.

Presence counts in total within the slot. Met when the evidence shows enough of it; not met when
even the time that nobody can speak for would not make it enough; unknown between, and while the
slot is in progress.
"""

from mesure.evaluation.assessment import Status
from mesure.evaluation.filter.allowed_area import Region, Side, also
from mesure.evaluation.filter.status_intervals import StatusInterval, WindowView, total_us
from mesure.instants import US_PER_S
from mesure.orders.model.conditions import Appointment
from mesure.orders.model.schedule import BindingSpan, bounds

__all__ = ["BREACH", "assess", "bounds", "side"]

BREACH = "missed"


def side(duty: Appointment, bound: BindingSpan) -> Side:
    """Return where the person is to be."""
    return Side(inside=(Region(bound.at or duty.at), *also(bound)))


def assess(duty: Appointment, view: WindowView) -> tuple[StatusInterval, ...]:
    """Return one status for the whole slot, known once the slot is over.

    Where an absence takes out its middle there are two status intervals, of one status.
    """
    slot = view.intervals
    status = _status(duty, view) if view.is_over else Status.UNKNOWN
    known_us = max(slot[-1].end_us, *(spell.known_us for spell in slot))
    intervals = [
        StatusInterval(slot[0].start_us, slot[0].end_us, status, known_us, slot[0].start_us)
    ]
    for interval in slot[1:]:
        if interval.start_us > intervals[-1].end_us:
            intervals.append(
                intervals[-1]._replace(start_us=interval.start_us, onset_us=interval.start_us)
            )
        intervals[-1] = intervals[-1]._replace(end_us=interval.end_us)
    return tuple(intervals)


def _status(duty: Appointment, view: WindowView) -> Status:
    """Return whether the presence asked for was shown.

    What does not bind of the slot, as under an absence, is taken from the presence asked for.
    """
    asked_us = round(duty.present_s_min * US_PER_S) - view.cut_us
    present_us = total_us(view.intervals, Status.MET)
    if present_us >= asked_us:
        return Status.MET
    open_us = total_us(view.intervals, Status.UNKNOWN) + view.unheard_us
    return Status.NOT_MET if present_us + open_us < asked_us else Status.UNKNOWN
