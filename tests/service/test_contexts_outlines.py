"""The service reads messages in outline by the programme's thresholds of today, by their device."""

from pathlib import Path

from mesure.actions.framework.context import PROGRAM
from mesure.actions.records.app_records import PILOT, AppFamily, UnsignedApp
from mesure.actions.records.record_types import Register
from mesure.formats.apps import message_pieces
from mesure.formats.apps.app_message import AppFormat
from mesure.formats.apps.message_pieces import MessagePiece
from mesure.formats.stored.trail_fix import TrailMessage
from mesure.instants import to_us
from mesure.machine import clock
from mesure.service.serve.contexts import ContextFactory
from tests.service import installations


def test_each_device_is_read_by_its_own_class(tmp_path: Path) -> None:
    now = clock.now()
    text = f"id=a&lat=43.25&lon=76.92&accuracy=8&timestamp={int(now.timestamp())}".encode()
    body = message_pieces.read_piece(MessagePiece(AppFormat.OSMAND, "a", text)).kept
    with installations.begun(tmp_path) as instance:
        tag = UnsignedApp("D-2", "gnss_tag", AppFamily.TRACCAR, "a", "b")
        instance.store.write(
            lambda work: Register(work, instance.keyring, bytes, now).add(PILOT, "D-2", tag)
        )
        read = ContextFactory(instance, "https://mesure.example").make(PROGRAM, "R-1").read_outlines
        assert read is not None
        pieces = [TrailMessage(one, "osmand", None, to_us(now), body) for one in ("D-1", "D-2")]
        phone, tag_outline = read(pieces)
    assert (phone.verdict, tag_outline.verdict) == ("usable", "usable")
    assert phone.radius95_m != tag_outline.radius95_m
