// A map that can be moved, in the place of the drawing. It is loaded only when somebody asks for it,
// from this service alone; there are no streets behind it unless the service has a map of them.

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const is = (what) => ["==", ["get", "what"], what];
const of = (flag, yes, no) => ["case", ["get", flag], yes, no];

const plain = {
  sources: {},
  below: [{ id: "ground", type: "background", paint: { "background-color": colour("--ground") } }],
  names: [],
};

// With streets behind them zones are thinner, so that one sees where their edges run.
const layers = (back) => [
  ...back.below,
  {
    id: "zones", type: "fill", source: "shown", filter: is("zone"),
    paint: {
      "fill-color": of("keep_out", colour("--avoid-fill"), colour("--stay-fill")),
      "fill-opacity": back.credit ? of("concerned", 0.42, 0.32) : of("concerned", 0.75, 0.5),
    },
  },
  ...back.names,
  {
    id: "edges", type: "line", source: "shown", filter: ["all", is("zone"), ["!", ["get", "keep_out"]]],
    paint: { "line-color": colour("--stay"), "line-width": of("concerned", 3, 1.5) },
  },
  {
    id: "edges-out", type: "line", source: "shown", filter: ["all", is("zone"), ["get", "keep_out"]],
    paint: { "line-color": colour("--avoid"), "line-width": of("concerned", 3, 1.5), "line-dasharray": [2.2, 1.2] },
  },
  {
    id: "discs", type: "fill", source: "shown", filter: is("disc"),
    paint: { "fill-color": colour("--fix"), "fill-opacity": 0.06, "fill-outline-color": colour("--fix") },
  },
  {
    id: "order", type: "line", source: "shown", filter: is("line"),
    paint: { "line-color": colour("--soft"), "line-width": 1, "line-dasharray": [1, 3] },
  },
  {
    id: "fixes", type: "circle", source: "shown", filter: is("fix"),
    paint: {
      "circle-radius": 5,
      "circle-stroke-width": 1.6,
      "circle-stroke-color": of("wrong", colour("--amiss"), colour("--fix")),
      // Hollow: not used for it. Pale: used as well. Full: it decided.
      "circle-color": of("hollow", colour("--ground"), of("wrong", colour("--amiss"), colour("--fix"))),
      "circle-opacity": of("used", 0.4, 1),
    },
  },
];

// A confidence circle comes as its middle and its radius; a map draws areas.
const METRES_PER_DEGREE = 111319.5;
const round = ([lon, lat], radius) => {
  const corners = Array.from({ length: 49 }, (_, at) => (at / 24) * Math.PI);
  const across = METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
  const ring = corners.map((turn) => [
    lon + (Math.cos(turn) * radius) / across,
    lat + (Math.sin(turn) * radius) / METRES_PER_DEGREE,
  ]);
  return { type: "Polygon", coordinates: [ring] };
};
const feature = (what, geometry, more) => ({ type: "Feature", properties: { what, ...more }, geometry });
// What the slider says of fixes is on the page once.
const sentences = () => JSON.parse(document.getElementById("fixes")?.textContent ?? '{"words":[]}').words;
const drawable = ({ features, discs, fixes }) => {
  const drawn = [...features];
  for (const [lon, lat, radius] of discs) drawn.push(feature("disc", round([lon, lat], radius)));
  const line = fixes.map(([lon, lat]) => [lon, lat]);
  if (line.length > 1) drawn.push(feature("line", { type: "LineString", coordinates: line }));
  const known = sentences();
  for (const [lon, lat, flags, told] of fixes) {
    const words = known[told] ?? told; // Its place among those sentences, or the sentence.
    const said = { wrong: (flags & 1) === 1, used: (flags & 4) === 4, hollow: (flags & 6) === 0, words };
    drawn.push(feature("fix", { type: "Point", coordinates: [lon, lat] }, said));
  }
  return { type: "FeatureCollection", features: drawn };
};

const boxOf = (features) => {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (at) => {
    if (typeof at[0] !== "number") return at.forEach(walk);
    [west, east] = [Math.min(west, at[0]), Math.max(east, at[0])];
    [south, north] = [Math.min(south, at[1]), Math.max(north, at[1])];
  };
  for (const { geometry } of features) walk(geometry.coordinates);
  return [[west, south], [east, north]];
};

const view = ({ features }) => {
  const near = features.filter(({ properties }) => properties.what === "fix" || properties.concerned);
  return boxOf(near.length ? near : features);
};

const named = (maplibre, map, { features }) => {
  const seen = new Set();
  for (const zone of features.filter(({ properties }) => properties.what === "zone")) {
    if (seen.has(zone.properties.name)) continue;
    seen.add(zone.properties.name);
    const [[west, south], [east, north]] = boxOf([zone]);
    const below = zone.properties.keep_out; // So that fewer names lie on each other.
    const element = document.createElement("div");
    element.className = "zone-name";
    element.textContent = zone.properties.name;
    const at = [(west + east) / 2, below ? south : north];
    new maplibre.Marker({ element, anchor: below ? "top" : "bottom" }).setLngLat(at).addTo(map);
  }
};

// Without its streets a map still shows what is judged.
const streets = async (maplibre, basemap) => {
  if (!basemap) return plain;
  const told = JSON.parse(basemap);
  try {
    return await (await import(told.style)).behind(maplibre, told);
  } catch {
    return plain;
  }
};

const open = async (figure, button) => {
  const { library, style, words, basemap } = figure.dataset;
  const shown = drawable(JSON.parse(figure.querySelector("script").textContent));
  const sheet = document.createElement("link");
  Object.assign(sheet, { rel: "stylesheet", href: style });
  const styled = new Promise((done, failed) => {
    sheet.onload = done;
    sheet.onerror = failed;
  });
  document.head.append(sheet);
  const [maplibre] = await Promise.all([import(library), styled]);
  maplibre.setWorkerUrl(library.replace("maplibre-gl.mjs", "maplibre-gl-worker.mjs"));
  const back = await streets(maplibre, basemap);
  const place = document.createElement("div");
  place.className = "map moving";
  const drawing = figure.querySelector("svg.map");
  (drawing ?? figure.querySelector("script")).before(place);
  const map = new maplibre.Map({
    container: place,
    style: { version: 8, sources: { shown: { type: "geojson", data: shown }, ...back.sources }, layers: layers(back) },
    bounds: shown.features.length ? view(shown) : JSON.parse(figure.dataset.view),
    fitBoundsOptions: { padding: 40 },
    maxZoom: 20,
    cooperativeGestures: true,
    attributionControl: false,
    locale: JSON.parse(words),
  });
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  map.addControl(new maplibre.ScaleControl());
  if (back.credit) map.addControl(back.credit, "bottom-right");
  named(maplibre, map, shown);
  map.on("load", () => {
    drawing?.setAttribute("hidden", "");
    button.hidden = true;
    document.dispatchEvent(new CustomEvent("mesure:map", { detail: { map, round, colour } }));
  });
  map.on("click", "fixes", ({ lngLat, features: [fix] }) => {
    new maplibre.Popup().setLngLat(lngLat).setText(fix.properties.words).addTo(map);
  });
  const here = document.createElement("div");
  here.className = "here-now";
  const marker = new maplibre.Marker({ element: here });
  document.addEventListener("mesure:at", ({ detail }) => {
    if (detail.lon_deg === null) marker.remove();
    else marker.setLngLat([detail.lon_deg, detail.lat_deg]).addTo(map);
  });
};

for (const figure of document.querySelectorAll("figure[data-library]")) {
  const button = figure.querySelector("[data-moves]");
  button.hidden = figure.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    open(figure, button).catch(() => {
      button.hidden = true;
      figure.hidden = !figure.querySelector("svg.map");
    });
  });
}
