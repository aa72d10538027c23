"""Disk fault kinds: what can happen to a machine or its disk at a write."""

from enum import StrEnum


class DiskFault(StrEnum):
    """What happens to the machine or its disk at a write."""

    KILLED = "killed"  # The process ends before the write.
    CUT = "cut"  # It ends after a commit, before anybody is answered.
    POWER = "power"  # The power goes during a commit.
    AWAY = "away"  # The disk answers nothing for a while, and then again.
    FULL = "full"  # There is no room for a commit.
    MEMORY = "memory"  # A write finds no memory, once.
