"""What movingpandas can do of the job: how long a person was inside each place.

It knows no conditions, hours or doubt. It is asked for the time between fixes inside a place
(`clip` by points, several times as quick as by lines), for every place of the order.
"""

import warnings

import geopandas
import pandas as pd
from shapely.geometry.base import BaseGeometry

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # It says at import what it could do with more packages.
    import movingpandas

from bench.evaluation.made_up_people import BenchPerson
from bench.evaluation.per_fix import plane_of


def time_inside_s(someone: BenchPerson) -> list[float]:
    """Return the time inside each place of the order, in seconds."""
    plane, fixes = plane_of(someone), someone.fixes
    points = geopandas.GeoSeries(plane.points(fixes.lat_deg, fixes.lon_deg))
    times = pd.to_datetime(fixes.observed_us, unit="us")
    frame = geopandas.GeoDataFrame(geometry=points.set_axis(times), crs="EPSG:3857")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It calls pandas in ways that pandas will give up.
        trajectory = movingpandas.Trajectory(frame, someone.order.person)
        return [
            sum(_inside_s(trajectory, plane.zone(shape)) for shape in place.shapes)
            for place in someone.order.places.values()
        ]


def _inside_s(trajectory: movingpandas.Trajectory, zone: BaseGeometry) -> float:
    parts = trajectory.clip(zone, point_based=True).trajectories
    inside_s: float = sum(part.get_duration().total_seconds() for part in parts)
    return inside_s
