// Shapes on the ground: a circle as a ring, distances, and the box round them.

export const METRES_PER_DEGREE = 111319.5;
const EARTH_M = 6371008.8;
const radians = (degrees) => (degrees * Math.PI) / 180;

// Return a circle as an area; a map draws areas.
export const round = ([lon, lat], radius) => {
  const across = METRES_PER_DEGREE * Math.cos(radians(lat));
  const ring = Array.from({ length: 49 }, (_, at) => (at / 24) * Math.PI).map((turn) => [
    lon + (Math.cos(turn) * radius) / across,
    lat + (Math.sin(turn) * radius) / METRES_PER_DEGREE,
  ]);
  return { type: "Polygon", coordinates: [ring] };
};

// Return how far two points lie apart in metres, on a sphere: off by half a part in a hundred at most.
export const apart = ([lonA, latA], [lonB, latB]) => {
  const [a, b] = [radians(latA), radians(latB)];
  const half = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(radians(lonB - lonA) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(half));
};

// Return the south-west and the north-east corner of what features cover.
export const boxOf = (features) => {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (at) => {
    if (typeof at[0] !== "number") return at.forEach(walk);
    [west, east] = [Math.min(west, at[0]), Math.max(east, at[0])];
    [south, north] = [Math.min(south, at[1]), Math.max(north, at[1])];
  };
  for (const { geometry } of features) walk(geometry.coordinates);
  return [[west, south], [east, north]];
};
