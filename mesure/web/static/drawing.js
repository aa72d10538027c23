// Fills the fields of a place from presses on the map. Without it they are typed, and nothing is lost:
// the fields are what is sent. What is drawn here is what they say, whoever filled them in.

const FIELD = { circle: "point", area: "corners", way: "points" };
const shape = document.querySelector("form[data-draws]")?.dataset.draws;
const field = document.getElementById(FIELD[shape] ?? "");
const radius = document.getElementById("radius_m");

const numbers = (line) => (line.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
const points = () =>
  field.value.split("\n").map(numbers).filter(({ length }) => length === 2).map(([lat, lon]) => [lon, lat]);

const drawn = (round) => {
  const corners = points();
  const shapes = corners.map((at) => ({ type: "Point", coordinates: at }));
  if (shape === "circle" && corners.length && Number(radius.value) > 0) {
    shapes.push(round(corners[0], Number(radius.value)));
  }
  if (shape === "area" && corners.length > 2) {
    shapes.push({ type: "Polygon", coordinates: [[...corners, corners[0]]] });
  }
  if (shape !== "circle" && corners.length > 1) shapes.push({ type: "LineString", coordinates: corners });
  const features = shapes.map((geometry) => ({ type: "Feature", properties: {}, geometry }));
  return { type: "FeatureCollection", features };
};

document.addEventListener("mesure:map", ({ detail: { map, round, colour } }) => {
  if (!field) return;
  map.addSource("drawn", { type: "geojson", data: drawn(round) });
  map.addLayer({ id: "drawn-area", type: "fill", source: "drawn", filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": colour("--wait"), "fill-opacity": 0.25 } });
  map.addLayer({ id: "drawn-line", type: "line", source: "drawn", filter: ["!=", ["geometry-type"], "Point"],
    paint: { "line-color": colour("--wait"), "line-width": 3 } });
  map.addLayer({ id: "drawn-points", type: "circle", source: "drawn", filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-radius": 6, "circle-color": colour("--wait"), "circle-stroke-color": colour("--ink"), "circle-stroke-width": 1.5 } });
  map.getCanvas().style.cursor = "crosshair";
  const show = () => map.getSource("drawn").setData(drawn(round));
  for (const one of [field, radius]) one?.addEventListener("input", show);
  map.on("click", ({ lngLat: { lng, lat } }) => {
    const line = `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
    field.value = shape === "circle" ? line : [field.value.trim(), line].filter(Boolean).join("\n");
    show();
  });
});
