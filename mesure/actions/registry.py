"""Every action there is: importing this module imports every module of the room.

So there is no list that somebody could forget to add to. docs/who_may_do_what.md is made from it,
and a test tries every action as every role.
"""

import importlib
import pkgutil
from typing import Final

import mesure.actions
from mesure.actions import acting

for _module in pkgutil.iter_modules(mesure.actions.__path__):
    if _module.name != __name__.rpartition(".")[2]:
        importlib.import_module(f"mesure.actions.{_module.name}")

ACTIONS: Final = acting.ACTIONS
