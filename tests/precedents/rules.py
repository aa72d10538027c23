"""Every rule that a precedent may protect, by name."""

from tests.precedents import rules_of_devices, rules_of_judging, rules_of_orders
from tests.precedents.taking_out import RULES, Rule, without

__all__ = ["RULES", "Rule", "rules_of_devices", "rules_of_judging", "rules_of_orders", "without"]
