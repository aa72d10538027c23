"""Upheaval checks: when what must be so after an upheaval is looked at."""

from typing import Final

from mesure_lab.whole.checks.named_checks import Check
from mesure_lab.whole.upheavals.device_losses import silence_of_retired
from mesure_lab.whole.upheavals.policy_changes import what_holds_judges, what_stood_is_kept
from mesure_lab.whole.upheavals.slow_receivers import slow_keep_nobody_waiting
from mesure_lab.whole.upheavals.torn_files import torn_is_told

EACH_STEP: Final[tuple[Check, ...]] = (
    what_stood_is_kept,
    torn_is_told,
    slow_keep_nobody_waiting,
)
EACH_DAY: Final[tuple[Check, ...]] = (silence_of_retired, what_holds_judges)
