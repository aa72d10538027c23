"""Registry of actions: importing this module imports every module of the room.

So there is no list that somebody could forget to add to. docs/who_may_do_what.md is made from it,
and a test tries every action as every role.
"""

import importlib
import pkgutil
from typing import Final

import mesure.actions
from mesure.actions.framework import action

for _module in pkgutil.walk_packages(mesure.actions.__path__, "mesure.actions."):
    if _module.name != __name__:
        importlib.import_module(_module.name)

ACTIONS: Final = action.ACTIONS
