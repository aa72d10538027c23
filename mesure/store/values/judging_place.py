"""Judging place: where persons are judged."""

from enum import StrEnum


class JudgingPlace(StrEnum):
    """Where persons are judged."""

    SERVICE = "service"  # By processes of the service that leads.
    COUNTRY = "country"  # By the executors of `mesure country judge`.
