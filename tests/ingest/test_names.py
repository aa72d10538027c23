"""What columns are called: accuracy is never lost in silence, and every name means what it says."""

import json
from typing import Any

import pytest

from tests.ingest.samples import START as AT
from tests.ingest.samples import gathered, read, text

PHONE_RATIO = 2.447746830680816 / 1.509592
TIME = text(AT)


def csv(heading: str, *rows: str) -> bytes:
    return "\n".join(
        [f"time,lat,lon,{heading}", *(f"{TIME},43.25,76.9,{row}" for row in rows)]
    ).encode()


def feature(**properties: Any) -> bytes:
    geometry = {"type": "Point", "coordinates": [76.9, 43.25]}
    one = {"type": "Feature", "geometry": geometry, "properties": {"time": TIME} | properties}
    return json.dumps({"type": "FeatureCollection", "features": [one]}).encode()


@pytest.mark.xfail(strict=True, reason="accuracy under any name but one is left out in silence")
@pytest.mark.parametrize(
    "name",
    [
        "accuracy",
        "Accuracy",
        "acc",
        "horizontal_accuracy",
        "horizontalAccuracy",
        "CONFIDENCE CIRCLE",
        "confidence_circle",
    ],
)
def test_accuracy_is_read_by_every_name_that_says_it(name: str) -> None:
    for data in (csv(name, "150"), feature(**{name: 150})):
        record = read(data)
        assert record.reported_m.tolist() == [150.0]
        wide = gathered(data).fixes.radius95_m
        assert wide.tolist() == pytest.approx([150.0 * PHONE_RATIO], rel=1e-3)
