"""The rules that precedents protect, by name, and how each is taken out of the program.

A precedent that still holds without its rule protects nothing, and a test says so. Taking a rule
out reaches into the program by private names on purpose: where such a name changes, the test fails
and its author sees which precedents rest there.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from mesure.evaluation.filter import filter_kernels
from mesure.evaluation.policy import DeviceClass, Policy, PolicyFile

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Rule:
    """One rule in a sentence, and what the program becomes without it."""

    says: str
    take_out: Callable[[Patch], None]


RULES: dict[str, Rule] = {}


def rule(says: str) -> Callable[[Callable[[Patch], None]], Callable[[Patch], None]]:
    """Keep a function as the way to take out the rule that it is named after."""

    def keep(take_out: Callable[[Patch], None]) -> Callable[[Patch], None]:
        assert take_out.__name__ not in RULES, "a rule has one name"
        RULES[take_out.__name__] = Rule(says, take_out)
        return take_out

    return keep


def policy_rule(name: str, says: str, **thresholds: float) -> None:
    """Keep a rule that stands in the policy; other thresholds are as good as none."""
    RULES[name] = Rule(says, lambda patch: thresholds_are(patch, **thresholds))


def thresholds_are(patch: Patch, **thresholds: float) -> None:
    """Let every policy have these thresholds."""
    at = PolicyFile.at

    def change_policy(self: PolicyFile, day: Any, device_class: DeviceClass) -> Policy:
        changes: Any = thresholds
        return replace(at(self, day, device_class), **changes)

    patch.setattr(PolicyFile, "at", change_policy)


def wrap(patch: Patch, target: Any, name: str, wrapper: Callable[..., Any]) -> None:
    """Put a function before another, which it is handed first."""
    original = getattr(target, name)
    patch.setattr(target, name, lambda *args, **keys: wrapper(original, *args, **keys))


def without(name: str, patch: Patch) -> None:
    """Take a rule out, and let numpy do the arithmetic: machine code can't be reached into."""
    patch.setattr(filter_kernels, "is_compiled", lambda: False)
    RULES[name].take_out(patch)
