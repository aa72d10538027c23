"""Every target of fuzzing, and in which module each stands."""

import importlib
from typing import Final

from tests.fuzz import target
from tests.fuzz.target import FuzzTarget

MODULES: Final = (
    "file_targets", "order_targets", "app_targets", "device_targets", "log_targets",
    "export_targets", "http_targets", "api_targets", "website_targets", "sign_in_targets",
)  # fmt: skip


def load(module: str) -> dict[str, FuzzTarget]:
    """Return the targets of a module: a search loads no other, for all that is loaded is led by."""
    importlib.import_module(f"tests.fuzz.{module}")
    return target.targets()


def targets() -> dict[str, FuzzTarget]:
    """Return all targets by name."""
    for module in MODULES:
        load(module)
    return target.targets()


def module_of(fuzz_target: FuzzTarget) -> str:
    """Return the module in which a target stands."""
    return fuzz_target.run.__module__.rpartition(".")[2]
