"""Files of fixes, of maps and of orders, as anybody may bring them."""

import json
from datetime import date

from mesure.formats import fixes_files
from mesure.formats.columns.file_faults import FixesError
from mesure.machine.service_error import ServiceError
from mesure.orders.text.order_faults import OrderError
from mesure.orders.venues import venue_lists
from mesure.service.maintenance import venue_extracts
from tests.fuzz import scratch
from tests.fuzz.target import KIB, target
from tests.ingest import samples
from tests.ingest.samples import EVERY_FORMAT, WALK
from tests.service.test_venue_import import XML

NIGHTLIFE = "nightlife"
_DAY = date(2026, 3, 1)


def _read(data: bytes) -> None:
    record = fixes_files.read("fixes", data)
    assert len(record) == len(record.observed_us) == len(record.lat_deg)


def _json(*values: object) -> bytes:
    return "\n".join(map(json.dumps, values)).encode()


@target("file_csv", lambda: [samples.csv(), samples.csv(delimiter=";")], FixesError)
def csv(data: bytes) -> None:
    _read(data)


@target("file_gpx", lambda: [samples.gpx()], FixesError)
def gpx(data: bytes) -> None:
    _read(data)


def _geojson() -> list[bytes]:
    features = [samples.feature(step) for step in WALK]
    collection = {"type": "FeatureCollection", "features": features}
    return [_json(collection), _json(*features)]


@target("file_geojson", _geojson, FixesError)
def geojson(data: bytes) -> None:
    _read(data)


def _messages() -> list[bytes]:
    step = WALK[0]
    fix = {"observed_at": samples.text(step.at), "received_at": samples.text(step.received_at),
           "lat_deg": step.lat, "lon_deg": step.lon}  # fmt: skip
    trail = {"fixes": [fix], "rest_claims": [{"observed_at": samples.text(step.at)}]}
    return [
        samples.rec(),
        _json(samples.owntracks(step)),
        _json(samples.traccar(step)),
        _json(trail),
    ]


@target("file_messages", _messages, FixesError)
def messages(data: bytes) -> None:
    _read(data)


def _parquet() -> list[bytes]:
    return [EVERY_FORMAT["parquet"], samples.parquet(compression="none", use_dictionary=False)]


@target("file_parquet", _parquet, FixesError, bytes_max=8 * KIB, share=5)
def parquet(data: bytes) -> None:
    _read(data)


# --- Extracts of maps ----------------------------------------------------------------------------


def _extract(name: str, data: bytes) -> None:
    path = scratch.folder() / name
    path.write_bytes(data)
    extract = venue_extracts.read(path, NIGHTLIFE)
    venue_lists.encode(extract.found.venues, NIGHTLIFE, _DAY)


@target("venues_xml", lambda: [XML.encode()], FixesError, OrderError, ServiceError, share=5)
def venues_xml(data: bytes) -> None:
    _extract("a.osm", data)


def _map() -> list[bytes]:
    place = {"type": "Point", "coordinates": [76.9, 43.2]}
    ring = [[76.9, 43.2], [76.91, 43.2], [76.91, 43.21], [76.9, 43.2]]
    outline = {"type": "Polygon", "coordinates": [ring]}
    features = [
        {"type": "Feature", "id": f"node/{number}", "properties": {"amenity": "bar", "name": "Den"},
         "geometry": geometry} for number, geometry in enumerate((place, outline))
    ]  # fmt: skip
    return [_json({"type": "FeatureCollection", "features": features})]


@target("venues_geojson", _map, OrderError, ServiceError, share=5)
def venues_geojson(data: bytes) -> None:
    _extract("a.geojson", data)
