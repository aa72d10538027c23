"""Every rule that a precedent may protect, by name."""

from tests.precedents import rules_of_devices, rules_of_judging, rules_of_kinds, rules_of_orders
from tests.precedents.taking_out import RULES, Rule, without

MODULES = (rules_of_devices, rules_of_judging, rules_of_kinds, rules_of_orders)

__all__ = ["MODULES", "RULES", "Rule", "without"]
