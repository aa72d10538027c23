"""A part of a trail as a file: the same look, by the same grounds, and its hash in the audit log.

Whoever is shown the file later can tell by the hash that it is the one that was handed out, and
from the log who took it and for what.
"""

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from mesure.actions.framework.action import Doing, look
from mesure.actions.trails import trail_access, trail_formats
from mesure.actions.trails.trail_access import Trail, TrailAsked
from mesure.actions.trails.trail_formats import Form, Point
from mesure.formats.stored.trail_fix import TrailFix
from mesure.privacy.roles import CASEWORK, OWN_SIDE


class TrailFileAsked(TrailAsked, frozen=True, kw_only=True):
    """For which incident or ground, which part, and in which format."""

    form: Form


class TrailFile(msgspec.Struct, frozen=True):
    """A part of a trail as a file, with its SHA-256."""

    name: str
    media_type: str
    content: bytes
    sha256: str


@look("looks.trail_file", CASEWORK | OWN_SIDE)
def made(doing: Doing, asked: TrailFileAsked) -> TrailFile:
    """Take a part of one person's trail away as a file, for an incident or a recorded ground."""
    found = of(asked.form, trail_access.seen(doing, asked))
    doing.note(sha256=found.sha256, form=asked.form.value)
    return found


def of(form: Form, trail: Trail) -> TrailFile:
    """Return a trail as a file; the same trail is the same bytes."""
    content = trail_formats.written(form, _points(trail.fixes))
    name = f"trail_{trail.start_at:%Y%m%dT%H%M}_{trail.until_at:%Y%m%dT%H%M}.{form.value}"
    return TrailFile(name, form.media_type, content, sha256(content).hexdigest())


def _points(fixes: Sequence[TrailFix]) -> list[Point]:
    return [
        Point(
            one.observed_at, one.received_at, one.lat_deg, one.lon_deg, one.radius95_m,
            one.provider, one.device, one.signed, one.beacon,
            one.ahead_s,
            one.speed_mps, one.moving,
        )
        for one in fixes
    ]  # fmt: skip
