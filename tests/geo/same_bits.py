"""What this machine makes of a fixed set of numbers, as one digest: `python same_bits.py`."""

import hashlib
import sys

import numpy as np

from mesure.geo import distance, error_model, zones
from mesure.geo.error_model import ErrorModel
from mesure.geo.numeric import elementary, geo_kernels
from mesure.geo.zones import CircleShape, CorridorShape, PolygonShape


def digest() -> str:
    """Return the digest of every last bit."""
    random = np.random.default_rng(1)
    x = random.uniform(-50.0, 50.0, 3_000)
    numbers = [elementary.exp(x), elementary.log(np.abs(x))]
    numbers += elementary.sin_cos_deg(x * 7.0)
    angle = np.linspace(0.0, 6.2, 90)
    corners = np.stack([43.25 + 0.01 * np.sin(angle), 76.9 + 0.01 * np.cos(angle)], axis=1)
    polygon = PolygonShape(tuple((float(lat), float(lon)) for lat, lon in corners.round(5)))
    line = ((43.24, 76.89), (43.25, 76.905), (43.27, 76.9))
    apart = zones.pack([polygon, CircleShape(43.3, 76.9, 80.0)])
    together = zones.pack([polygon, CircleShape(43.26, 76.9, 300.0), CorridorShape(line, 120.0)])
    lat_deg, lon_deg = random.normal(43.25, 0.01, 2_000), random.normal(76.9, 0.01, 2_000)
    model, provider = ErrorModel(), random.integers(0, 4, 2_000).astype(np.int8)
    sigma_m = error_model.sigma_m(model, provider, random.uniform(1.0, 90.0, 2_000))
    reach_m = error_model.reach_m(model, provider, sigma_m, 6.0)
    for zone in (apart, together):
        away_m = distance.distance_m(zone, lat_deg, lon_deg)
        numbers += [away_m, error_model.log_ratio(model, provider, away_m, sigma_m)]
        numbers.append(distance.distance_within_m(zone, lat_deg, lon_deg, reach_m))
    return hashlib.sha256(np.concatenate(numbers).tobytes()).hexdigest()


if __name__ == "__main__":
    geo_kernels.use_compiler("--plain" not in sys.argv)
    print(digest())
