"""What movingpandas can do of the job: how long a person was inside each place.

It knows no conditions, hours or doubt. It is asked for the time between fixes inside a place
(`clip` by points, several times as quick as by lines), for every place of the order.
"""

import warnings

import geopandas
import pandas as pd

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # It says at import what it could do with more packages.
    import movingpandas

from bench.people import Someone
from bench.per_fix import plane_of


def time_inside_s(someone: Someone) -> list[float]:
    """Return the time inside each place of the order, in seconds."""
    plane, fixes = plane_of(someone), someone.fixes
    points = geopandas.GeoSeries(plane.points(fixes.lat_deg, fixes.lon_deg))
    taken = pd.to_datetime(fixes.observed_us, unit="us")
    frame = geopandas.GeoDataFrame(geometry=points.set_axis(taken), crs="EPSG:3857")
    trajectory = movingpandas.Trajectory(frame, someone.order.person)
    found = []
    for place in someone.order.places.values():
        inside = [
            trajectory.clip(plane.zone(shape), point_based=True).trajectories
            for shape in place.shapes
        ]
        parts = [part for parts in inside for part in parts]
        found.append(sum(part.get_duration().total_seconds() for part in parts))
    return found
