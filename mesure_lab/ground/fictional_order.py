"""The fictional person's order as its files: the order itself, the district and the venues."""

import json
from collections.abc import Mapping, Sequence

from mesure_lab.ground import town
from mesure_lab.ground.town import Point

CURFEW_FROM = "22:00"
CURFEW_UNTIL = "06:00"

DISTRICT_ID = "fictional-district-3"

ORDER = """\
# A fictional order for a fictional person, as a programme would key it in from the court's paper.
order: ALM-2026-0042
person: P-0042
court: Almaly district court no. 2
decision: {{number: 1-234/2026, date: 2026-01-05}}
legal_basis: Criminal Code article 44
time_zone: {zone}
in_force: {{from: 2026-01-05, until: 2027-01-05}}
places:
  home: {{lat_deg: {home_lat:.5f}, lon_deg: {home_lon:.5f}, radius_m: {home_radius:.0f}}}
  district: {{geojson: district.geojson, feature: {district}}}
  stadium: {{polygon: {stadium}}}
  office: {{lat_deg: {office_lat:.5f}, lon_deg: {office_lon:.5f}, radius_m: {office_radius:.0f}}}
conditions:
  C1: {{curfew: {{at: home, from: {curfew_from}, until: {curfew_until}, every: day}}}}
  C2: {{residence: {{stay_in: district}}}}
  C3:
    exclusion: {{keep_out_of: stadium, from: 18:00, until: 24:00, every: [sat, sun]}}
    in_force: {{from: 2026-05-01, until: 2026-10-01}}
    review_by: 2026-09-25
  C4: {{exclusion: {{venue_category: nightlife, venues: venues.geojson, venue_radius_m: 25}}}}
  C5: {{appointment: {{at: office, every: mon, from: 10:00, until: 10:30, present_min: 10}}}}
absences:
  A1:
    allows: C1
    from: {absence_from}
    until: {absence_until}
    reason: night shift
    by: officer O-7
"""


def order(absence_from: str, absence_until: str) -> str:
    """Write the order file, with one authorised absence from the curfew in wall-clock time."""
    home, office = town.degrees(town.HOME), town.degrees(town.OFFICE)
    corners = ", ".join(f"[{lat:.4f}, {lon:.4f}]" for lat, lon in town.STADIUM)
    return ORDER.format(
        zone=town.TIME_ZONE,
        curfew_from=CURFEW_FROM,
        curfew_until=CURFEW_UNTIL,
        home_lat=home.lat_deg,
        home_lon=home.lon_deg,
        home_radius=town.HOME_RADIUS_M,
        office_lat=office.lat_deg,
        office_lon=office.lon_deg,
        office_radius=town.OFFICE_RADIUS_M,
        district=DISTRICT_ID,
        stadium=f"[{corners}]",
        absence_from=absence_from,
        absence_until=absence_until,
    )


def district() -> bytes:
    """Write the residence district as a GeoJSON file of one feature."""
    ring = [_position(corner) for corner in (*town.DISTRICT, town.DISTRICT[0])]
    feature = {
        "type": "Feature",
        "id": DISTRICT_ID,
        "properties": {"name": "Third District (fictional)"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    return _collection([feature])


def venues() -> bytes:
    """Write the dated list of venues as points with OpenStreetMap tags."""
    return _collection(
        [
            {
                "type": "Feature",
                "id": identifier,
                "properties": {"amenity": amenity},
                "geometry": {"type": "Point", "coordinates": _position(point)},
            }
            for identifier, amenity, point in town.VENUES
        ]
    )


def _position(point: Point) -> list[float]:
    """Return a GeoJSON position: longitude first."""
    place = town.degrees(point)
    return [place.lon_deg, place.lat_deg]


def _collection(features: Sequence[Mapping[str, object]]) -> bytes:
    document = {"type": "FeatureCollection", "features": features}
    return (json.dumps(document, indent=1) + "\n").encode()
