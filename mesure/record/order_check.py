"""Order check: reads an order back, for the clerk who holds it beside the court's paper.

The order as written comes first, then what positions can show about each zone, as estimates.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from mesure.evaluation.policy import PolicyFile
from mesure.machine import clock, timezones
from mesure.orders.model.order import OrderVersion
from mesure.orders.text.catalogue import Catalogue
from mesure.orders.text.order_faults import OrderError
from mesure.orders.wording import fault_sentences, order_sentences
from mesure.orders.wording.order_sentences import OrderSection
from mesure.record.policy_loading import read_policy
from mesure.record.replay import read_orders
from mesure.reports.text import visible_text
from mesure.reports.zones import zone_estimates, zone_words


class OrderCheckError(OrderError):
    """What is wrong with an order, said in the language in which it was to be read back."""

    def __init__(self, error: OrderError, catalogue: Catalogue) -> None:
        super().__init__(error.faults, error.more)
        self._lines = fault_sentences.lines(error, catalogue)

    def __str__(self) -> str:
        return self._lines


def read_back(paths: Sequence[Path], catalogue: Catalogue, as_of: date | None) -> str:
    """Return the versions of an order as sentences below their headings, safe to show.

    Raises `OrderCheckError` with every error of the files.
    """
    timezones.pin()
    try:
        versions, _ = read_orders(paths)
    except OrderError as error:
        raise OrderCheckError(error, catalogue) from None
    policy, _ = read_policy(None)
    lines: list[str] = []
    for version in versions:
        today = clock.now().astimezone(version.zone).date()
        passages = [*order_sentences.sentences(version, catalogue, as_of, today=today)]
        if version.conditions:
            passages.append(_estimates(version, policy, catalogue))
        for passage in passages:
            lines += [passage.heading, *(f"  {line}" for line in passage.lines), ""]
    return "".join(f"{visible_text.visible(line)}\n" for line in lines[:-1])


def _estimates(version: OrderVersion, policy: PolicyFile, catalogue: Catalogue) -> OrderSection:
    """Return what positions can tell, by the thresholds in force when the order begins."""
    return zone_words.passage(zone_estimates.of_version(version, policy), catalogue)
