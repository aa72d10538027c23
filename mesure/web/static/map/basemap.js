// The streets behind zones and fixes, where the service has a map of them: read piece by piece from this
// service alone. Muted, so that what is judged stands out; names are written in the fonts of the browser.

const LIGHT = {
  land: "#f3f0e8", built: "#edeae3", works: "#e9e5e4", wood: "#d3dfc6", grass: "#e3e9d3", park: "#d9e6ca", pitch: "#cfe0c6",
  water: "#b7d3e0", building: "#dfd7c9", buildingEdge: "#cfc5b4", road: "#ffffff", roadEdge: "#d9d1c2", main: "#fdf1d4",
  mainEdge: "#dcc79a", path: "#c9bda6", rail: "#b9b2a8", edge: "#9a8fa3", words: "#555a5c", soft: "#7a7468", wet: "#4b7d93",
  green: "#5d7a4a", halo: "#fbf9f4",
};
const DARK = {
  land: "#171b1d", built: "#1c2123", works: "#1f2224", wood: "#1b2a1f", grass: "#1e2720", park: "#1d2c21", pitch: "#203226",
  water: "#1a303b", building: "#282e31", buildingEdge: "#343b3f", road: "#3a4246", roadEdge: "#22282b", main: "#4b4a40",
  mainEdge: "#2b2a25", path: "#3d4342", rail: "#454b4e", edge: "#6d6478", words: "#c4c7c5", soft: "#94999a", wet: "#7fb0c4",
  green: "#8fb07a", halo: "#14181a",
};

const FONT = ["system-ui, Noto Sans, DejaVu Sans, sans-serif"];
const kind = (...kinds) => ["in", ["get", "kind"], ["literal", kinds]];
const byZoom = (...stops) => ["interpolate", ["exponential", 1.5], ["zoom"], ...stops];
const byKind = (otherwise, kinds) => ["match", ["get", "kind"], ...Object.entries(kinds).flat(), otherwise];
const layer = (id, type, from, more) => ({ id: `map-${id}`, type, source: "streets", "source-layer": from, ...more });

// How wide a street is drawn at a zoom, by its kind; `more` is what its two edges add.
const width = (at, { motorway, main, secondary, collector, minor, service }, more) => [
  at, ["+", more, byKind(service, { motorway, main, secondary, collector, minor })],
];
const widths = (edge) => byZoom(
  ...width(9, { motorway: 1.2, main: 0.9, secondary: 0.5, collector: 0.4, minor: 0.2, service: 0 }, edge * 0.4),
  ...width(13, { motorway: 4, main: 3.4, secondary: 2.6, collector: 1.8, minor: 1.1, service: 0.6 }, edge * 1),
  ...width(16, { motorway: 15, main: 13, secondary: 10.5, collector: 9, minor: 7, service: 3.5 }, edge * 2),
  ...width(19, { motorway: 72, main: 66, secondary: 56, collector: 50, minor: 42, service: 22 }, edge * 3),
);

const ground = (c) => [
  { id: "ground", type: "background", paint: { "background-color": c.land } },
  layer("ground", "fill", "ground", { paint: { "fill-color": byKind(c.built, { works: c.works }) } }),
  layer("green", "fill", "green", { paint: { "fill-color": byKind(c.grass, { wood: c.wood, park: c.park, pitch: c.pitch }) } }),
  layer("water", "fill", "water", { filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": c.water } }),
  layer("rivers", "line", "water", {
    filter: ["==", ["geometry-type"], "LineString"], layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": c.water, "line-width": byZoom(8, byKind(0.5, { river: 1 }), 14, byKind(1.4, { river: 4 }), 18, byKind(8, { river: 30 })) },
  }),
  layer("buildings", "fill", "building", {
    minzoom: 13.5,
    paint: { "fill-color": c.building, "fill-outline-color": c.buildingEdge, "fill-opacity": byZoom(13.5, 0, 14.5, 1) },
  }),
];

const ways = (c) => {
  const streets = ["!=", ["get", "kind"], "path"];
  const joined = { "line-cap": "round", "line-join": "round", "line-sort-key": byKind(0, { minor: 1, collector: 2, secondary: 3, main: 4, motorway: 5 }) };
  const large = (yes, no) => byKind(no, { motorway: yes, main: yes });
  return [
    layer("paths", "line", "road", {
      filter: kind("path"), minzoom: 14, layout: { "line-join": "round" },
      paint: { "line-color": c.path, "line-width": byZoom(14, 0.7, 18, 3), "line-dasharray": [3, 1.5] },
    }),
    layer("road-edges", "line", "road", {
      filter: streets, layout: joined,
      paint: { "line-color": large(c.mainEdge, c.roadEdge), "line-width": widths(1) },
    }),
    layer("roads", "line", "road", {
      filter: streets, layout: joined, paint: { "line-color": large(c.main, c.road), "line-width": widths(0) },
    }),
    layer("rails", "line", "rail", { paint: { "line-color": c.rail, "line-width": byZoom(10, 0.8, 16, 2.5) } }),
    layer("sleepers", "line", "rail", {
      minzoom: 13, paint: { "line-color": c.rail, "line-width": byZoom(13, 3, 16, 8), "line-dasharray": [0.25, 2] },
    }),
    layer("limits", "line", "edge", {
      paint: { "line-color": c.edge, "line-width": byKind(1, { country: 1.8, region: 1.4 }), "line-dasharray": [5, 2, 1, 2], "line-opacity": 0.7 },
    }),
  ];
};

const names = (c, language) => {
  const text = ["coalesce", ["get", `name:${language}`], ["get", "name"]];
  const halo = { "text-halo-color": c.halo, "text-halo-width": 1.4 };
  const place = (id, filter, size, colour, more = {}) =>
    layer(id, "symbol", "place", {
      filter, ...more,
      layout: { "text-field": text, "text-font": FONT, "text-size": size, "text-max-width": 8, "symbol-sort-key": ["get", "precedence"], ...more.layout },
      paint: { "text-color": colour, ...halo },
    });
  return [
    layer("road-names", "symbol", "road", {
      minzoom: 13.5, filter: ["all", ["has", "name"], ["!=", ["get", "kind"], "path"]],
      layout: { "symbol-placement": "line", "symbol-spacing": 320, "text-field": text, "text-font": FONT, "text-size": byZoom(13, 10, 17, 13), "text-padding": 6 },
      paint: { "text-color": c.words, ...halo },
    }),
    place("waters", kind("lake"), 11, c.wet),
    place("parks", kind("park"), 11, c.green, { minzoom: 14 }),
    place("quarters", kind("quarter"), 11, c.soft, { minzoom: 13 }),
    place("suburbs", kind("suburb", "village"), byZoom(11, 11, 15, 15), c.soft, { maxzoom: 16 }),
    place("towns", kind("city", "town"), byZoom(6, 11, 12, 19), c.words, { maxzoom: 14 }),
  ];
};

const loaded = (address) =>
  new Promise((done, failed) => {
    const script = document.createElement("script");
    Object.assign(script, { src: address, onload: done, onerror: failed });
    document.head.append(script);
  });

const credited = ({ credit, link }) => {
  const told = document.createElement(link ? "a" : "span");
  told.textContent = credit;
  if (link) Object.assign(told, { href: link, rel: "noreferrer", target: "_blank" });
  const element = document.createElement("div");
  element.className = "maplibregl-ctrl map-credit";
  element.append(told);
  return { onAdd: () => element, onRemove: () => element.remove() };
};

// Return what lies below what is judged, the names above it, and whom to credit. Fails where the map cannot be read.
export const behind = async (maplibre, { address, reader, ...credit }) => {
  if (!window.pmtiles) await loaded(reader);
  const { PMTiles, Protocol } = window.pmtiles;
  const archive = new PMTiles(new URL(address, location.href).href);
  await archive.getHeader();
  const protocol = new Protocol();
  protocol.add(archive);
  maplibre.addProtocol("pmtiles", protocol.tile);
  const colours = matchMedia("(prefers-color-scheme: dark)").matches ? DARK : LIGHT;
  return {
    sources: { streets: { type: "vector", url: `pmtiles://${archive.source.getKey()}` } },
    below: [...ground(colours), ...ways(colours)],
    names: names(colours, document.documentElement.lang),
    credit: credited(credit),
  };
};
