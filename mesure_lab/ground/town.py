"""An invented small town: its places, streets and venues, in metres from one point.

Nothing here exists. The town borrows the time zone and the latitude of Almaty so that an
order for it reads like a real one; streets run north-south and east-west, which is how people
in it walk and drive.
"""

from dataclasses import dataclass

Point = tuple[float, float]  # Metres east and north of the town's origin.

TIME_ZONE = "Asia/Almaty"

# The town's origin, which is also the centre of the home, and the metres of one degree there
# on the WGS84 ellipsoid (meridian and parallel radii at 43.25654 degrees north). Within 5 km
# of it the plane is good to about a metre, and the town is what the plane says it is.
ORIGIN_LAT_DEG = 43.25654
ORIGIN_LON_DEG = 76.92848
METRES_PER_DEG_NORTH = 111_097.736
METRES_PER_DEG_EAST = 81_200.911

HOME: Point = (0.0, 0.0)
HOME_RADIUS_M = 60.0
OFFICE: Point = (123.4, 384.4)
OFFICE_RADIUS_M = 80.0

PLACES: dict[str, Point] = {
    "home": HOME,
    "office": OFFICE,
    "warehouse": (1460.0, -620.0),
    "shop": (310.0, -240.0),
    "market": (-640.0, 410.0),
    "park": (420.0, 1180.0),
    "friend": (-980.0, -760.0),
}

# Another flat in the next street, where fixes of the home sometimes land.
NEIGHBOUR: Point = (-104.0, 88.0)

# Bars and clubs, and a canteen that no category of nightlife covers.
VENUES: tuple[tuple[str, str, Point], ...] = (
    ("venue-1", "bar", (655.0, 205.0)),
    ("venue-2", "nightclub", (880.0, -905.0)),
    ("venue-3", "pub", (-355.0, -1255.0)),
    ("venue-4", "bar", (-1370.0, 250.0)),
    ("venue-5", "restaurant", (-420.0, 255.0)),
)

STADIUM: tuple[tuple[float, float], ...] = (  # Latitude and longitude, as an order file has them.
    (43.2384, 76.9243),
    (43.2390, 76.9275),
    (43.2371, 76.9281),
    (43.2366, 76.9250),
)

# The edge of the residence district, anticlockwise from its north-eastern corner: a river
# bank in the east, a railway in the south, streets elsewhere.
DISTRICT: tuple[Point, ...] = (
    (2310.0, 2140.0), (1920.0, 2210.0), (1660.0, 2205.0), (1650.0, 2390.0),
    (1180.0, 2410.0), (760.0, 2402.0), (742.0, 2630.0), (210.0, 2655.0),
    (-340.0, 2640.0), (-352.0, 2310.0), (-890.0, 2295.0), (-1340.0, 2280.0),
    (-1366.0, 1960.0), (-1820.0, 1934.0), (-2215.0, 1890.0), (-2240.0, 1420.0),
    (-2190.0, 960.0), (-2420.0, 912.0), (-2455.0, 430.0), (-2430.0, -95.0),
    (-2180.0, -130.0), (-2165.0, -640.0), (-2210.0, -1130.0), (-2050.0, -1480.0),
    (-1985.0, -1890.0), (-1640.0, -2105.0), (-1215.0, -2290.0), (-730.0, -2440.0),
    (-215.0, -2530.0), (330.0, -2560.0), (860.0, -2515.0), (1290.0, -2430.0),
    (1655.0, -2260.0), (2010.0, -1985.0), (2140.0, -1520.0), (2330.0, -1090.0),
    (2265.0, -640.0), (2410.0, -215.0), (2520.0, 260.0), (2435.0, 720.0),
    (2540.0, 1180.0), (2405.0, 1690.0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Degrees:
    """A point as a device writes it: WGS84 degrees to seven decimals, about a centimetre."""

    lat_deg: float
    lon_deg: float


def degrees(point: Point) -> Degrees:
    """Return the latitude and longitude of a point of the town.

    >>> degrees((0.0, 0.0))
    Degrees(lat_deg=43.25654, lon_deg=76.92848)
    """
    east_m, north_m = point
    return Degrees(
        lat_deg=round(ORIGIN_LAT_DEG + north_m / METRES_PER_DEG_NORTH, 7),
        lon_deg=round(ORIGIN_LON_DEG + east_m / METRES_PER_DEG_EAST, 7),
    )


def way(start: Point, goal: Point) -> tuple[Point, ...]:
    """Return the corners of the way along the streets: east or west first, then north or south."""
    corner = (goal[0], start[1])
    if corner in (start, goal):
        return (start, goal)
    return (start, corner, goal)
