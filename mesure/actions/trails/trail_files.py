"""Trail files: part of a trail, exported on the same grounds, its hash in the audit log.

Anyone shown the file later can tell by the hash that it is the one that was handed out, and
from the log who took it and for what.
"""

from hashlib import sha256

import msgspec

from mesure.actions.framework.action import ActionContext, look
from mesure.actions.trails import trail_access, trail_formats
from mesure.actions.trails.trail_access import Trail, TrailRequest
from mesure.actions.trails.trail_formats import TrailFormat
from mesure.privacy.roles import CASEWORK, OWN_SIDE


class TrailFileRequest(TrailRequest, frozen=True, kw_only=True):
    """For which incident or ground, which part, and in which format."""

    form: TrailFormat


class TrailFile(msgspec.Struct, frozen=True):
    """A part of a trail as a file, with its SHA-256."""

    name: str
    media_type: str
    content: bytes
    sha256: str


@look("looks.trail_file", CASEWORK | OWN_SIDE)
def make_file(doing: ActionContext, request: TrailFileRequest) -> TrailFile:
    """Take a part of one person's trail away as a file, for an incident or a recorded ground."""
    trail_file = of(request.form, trail_access.read_trail(doing, request))
    doing.note(sha256=trail_file.sha256, form=request.form.value)
    return trail_file


def of(form: TrailFormat, trail: Trail) -> TrailFile:
    """Return a trail as a file; the same trail is the same bytes."""
    content = trail_formats.write_trail(form, trail.fixes, trail.rest_claims)
    name = f"trail_{trail.start_at:%Y%m%dT%H%M}_{trail.until_at:%Y%m%dT%H%M}.{form.value}"
    return TrailFile(name, form.media_type, content, sha256(content).hexdigest())
