"""Device messages as JSON: for reading, and for the vectors of the protocol's page.

It contains everything that the message contains, as written there: times in milliseconds, places in
ten-millionths of a degree, radii in centimetres.
"""

from dataclasses import fields
from typing import Any

import numpy as np

from mesure.devices.message import uplink
from mesure.devices.message.batch import NOT_KNOWN, FixBatch, ReportedProvider
from mesure.devices.message.downlink import Configuration, Down, FixBurst, PersonMessage, Receipt
from mesure.devices.message.messages import Message
from mesure.devices.message.uplink import (
    CommandAnswer,
    Heartbeat,
    Introduction,
    NewKey,
    Up,
    UplinkEvents,
)

KINDS = {
    FixBatch: "fixes",
    Heartbeat: "heartbeat",
    UplinkEvents: "events",
    CommandAnswer: "answer",
    NewKey: "new_key",
    Introduction: "introduction",
    Receipt: "receipt",
    FixBurst: "burst",
    PersonMessage: "words",
    Configuration: "configuration",
}
_PER_DEG = 10_000_000
_PER_M = 100


def as_json(message: Message) -> dict[str, Any]:
    """Return a message as an object that JSON can write."""
    what = message.what
    body = _up(what) if isinstance(what, uplink.Up) else _down(what)
    return {
        "kind": KINDS[type(what)],
        "counter": message.counter,
        "sent_ms": message.sent_us // 1_000,
        **body,
    }


def _up(what: Up) -> dict[str, Any]:
    match what:
        case FixBatch():
            return {"fixes": [_fix(what, row) for row in range(len(what))]}
        case UplinkEvents():
            return {
                "events": [
                    {
                        "what": event.what.name.lower(),
                        "observed_ms": event.observed_us // 1_000,
                        "value": event.value,
                    }
                    for event in what.events
                ]
            }
        case CommandAnswer():
            return {"to": what.to, "outcome": what.outcome.name.lower()}
        case NewKey():
            return {"public_key": what.public_key.hex(), "proof": what.proof.hex()}
        case Introduction():
            return {
                "device": what.device,
                "class": what.device_class,
                "public_key": what.public_key.hex(),
                "code": what.code,
            }
        case Heartbeat():
            return _heartbeat(what)


def _heartbeat(beat: Heartbeat) -> dict[str, Any]:
    values = {part.name: getattr(beat, part.name) for part in fields(beat)}
    still_us = values.pop("still_since_us")
    return values | ({} if still_us is None else {"still_since_ms": still_us // 1_000})


def _down(what: Down) -> dict[str, Any]:
    match what:
        case Receipt():
            return {
                "kept": [list(span) for span in what.kept],
                "refused": [list(one) for one in what.refused],
            }
        case FixBurst():
            return {"every_ms": what.every_ms, "until_ms": what.until_us // 1_000}
    return {one.name: getattr(what, one.name) for one in fields(what)}


def _fix(fixes: FixBatch, row: int) -> dict[str, Any]:
    """Return one fix; null is not known."""
    return {
        "observed_ms": int(fixes.observed_us[row]) // 1_000,
        "lat_e7": round(float(fixes.lat_deg[row]) * _PER_DEG),
        "lon_e7": round(float(fixes.lon_deg[row]) * _PER_DEG),
        "radius_cm": _hundredths(fixes.reported_m[row]),
        "speed_cmps": _hundredths(fixes.speed_mps[row]),
        "motion": _flag(int(fixes.motion[row])),
        "beacon": _flag(int(fixes.beacon[row])),
        "provider": ReportedProvider(int(fixes.provider[row])).name.lower(),
        "made_up": bool(fixes.made_up[row]),
    }


def _hundredths(number_m: np.float64) -> int | None:
    return None if np.isnan(number_m) else round(float(number_m) * _PER_M)


def _flag(flag: int) -> bool | None:
    return None if flag == NOT_KNOWN else bool(flag)
