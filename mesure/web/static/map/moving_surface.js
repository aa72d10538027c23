// A map that can be moved, in the place of the drawing. It is loaded only when somebody asks for it,
// from this service alone; there are no streets behind it unless the service has a map of them.

import { SWITCHED, colour, layersOn, plain } from "./map_layers.js";
import { boxOf, round } from "./shapes.js";

const EDGE_PX = 30; // A fix nearer than this to the edge is brought to the middle.
const feature = (what, geometry, more) => ({ type: "Feature", properties: { what, ...more }, geometry });
const collection = (features) => ({ type: "FeatureCollection", features });
const point = (at) => ({ type: "Point", coordinates: at });

const drawable = (fixes) => {
  const discs = fixes.filter(({ radius }) => radius).map(({ at, radius }) => feature("disc", round(at, radius)));
  const line = fixes.map(({ at }) => at);
  const order = line.length > 1 ? [feature("line", { type: "LineString", coordinates: line })] : [];
  const dots = fixes.map(({ at, wrong, evidence, used, number, index }) =>
    feature("fix", point(at), { wrong, used, hollow: !evidence && !used, number, index }));
  return collection([...discs, ...order, ...dots]);
};

const view = (zones, fixes) => {
  const near = [
    ...fixes.map(({ at }) => feature("fix", point(at))),
    ...zones.filter(({ properties }) => properties.concerned),
  ];
  return boxOf(near.length ? near : zones);
};

const named = (maplibre, map, zones) => {
  const seen = new Set();
  const marks = [];
  for (const zone of zones) {
    if (seen.has(zone.properties.name)) continue;
    seen.add(zone.properties.name);
    const [[west, south], [east, north]] = boxOf([zone]);
    const below = zone.properties.keep_out; // So that fewer names lie on each other.
    const element = document.createElement("div");
    element.className = "zone-name";
    element.textContent = zone.properties.name;
    const at = [(west + east) / 2, below ? south : north];
    marks.push(new maplibre.Marker({ element, anchor: below ? "top" : "bottom" }).setLngLat(at).addTo(map));
  }
  return marks;
};

// Without its streets a map still shows what is judged.
const streets = async (maplibre, basemap) => {
  if (!basemap) return plain;
  try {
    return await (await import("./basemap.js")).behind(maplibre, JSON.parse(basemap));
  } catch {
    return plain;
  }
};

const loaded = async ({ library, style }) => {
  const sheet = document.createElement("link");
  Object.assign(sheet, { rel: "stylesheet", href: style });
  const styled = new Promise((done, failed) => {
    sheet.onload = done;
    sheet.onerror = failed;
  });
  document.head.append(sheet);
  const [maplibre] = await Promise.all([import(library), styled]);
  maplibre.setWorkerUrl(library.replace("maplibre-gl.mjs", "maplibre-gl-worker.mjs"));
  return maplibre;
};

// Put the map where the drawing is, and return it once it is drawn.
export const movingSurface = async (figure, stage, fixes, drawing) => {
  const { words, basemap } = figure.dataset;
  const shown = JSON.parse(figure.querySelector('script[data-part="zones"]').textContent);
  const maplibre = await loaded(figure.dataset);
  const back = await streets(maplibre, basemap);
  const container = document.createElement("div");
  container.className = "map moving";
  stage.prepend(container);
  const zones = shown.features.filter(({ properties }) => properties.what === "zone");
  const map = new maplibre.Map({
    container,
    style: {
      version: 8,
      sources: {
        shown: { type: "geojson", data: shown },
        fixes: { type: "geojson", data: drawable(fixes) },
        here: { type: "geojson", data: collection([]) },
        ...back.sources,
      },
      layers: layersOn(back),
    },
    bounds: zones.length || fixes.length ? view(zones, fixes) : JSON.parse(figure.dataset.view),
    fitBoundsOptions: { padding: 40, maxZoom: 18 },
    maxZoom: 20,
    cooperativeGestures: true,
    attributionControl: false,
    locale: JSON.parse(words),
  });
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  map.addControl(new maplibre.ScaleControl());
  if (back.credit) map.addControl(back.credit, "bottom-right");
  const names = named(maplibre, map, zones);
  const element = document.createElement("div");
  element.className = "here-now";
  const here = new maplibre.Marker({ element });
  const popup = new maplibre.Popup();
  await new Promise((done) => map.on("load", done));
  drawing?.setAttribute("hidden", "");

  const isNear = ({ x, y }) => {
    const { clientWidth, clientHeight } = container;
    return x > EDGE_PX && y > EDGE_PX && x < clientWidth - EDGE_PX && y < clientHeight - EDGE_PX;
  };
  let under = [];
  const behind = new Set(Object.keys(back.sources));
  under = map.getStyle().layers.filter(({ source }) => behind.has(source)).map(({ id }) => id);
  const visible = (id, isOn) => map.setLayoutProperty(id, "visibility", isOn ? "visible" : "none");
  const corner = () => container.getBoundingClientRect();
  return {
    map, round, colour,
    at: ({ at, radius }) => {
      here.setLngLat(at).addTo(map);
      map.getSource("here").setData(collection(radius ? [feature("disc", round(at, radius))] : []));
      // It leaps and does not glide: a glide looks like a way that was taken.
      if (!isNear(map.project(at))) map.jumpTo({ center: at });
      if (popup.isOpen()) popup.remove();
    },
    layer: (name, isOn) => {
      for (const id of name === "streets" ? under : SWITCHED[name]) visible(id, isOn);
      if (name === "zones") for (const mark of names) mark.getElement().hidden = !isOn;
    },
    // A press on a fix leads the slider to it, and says beside it what the slider says.
    pressed: (to) =>
      map.on("click", "fixes", ({ features: [fix] }) => {
        const { index } = fix.properties;
        to(index);
        popup.setLngLat(fixes[index].at).setText(fixes[index].words).addTo(map);
      }),
    toScreen: (at) => {
      const { x, y } = map.project(at);
      return [x + corner().left, y + corner().top];
    },
    toGround: ([x, y]) => map.unproject([x - corner().left, y - corner().top]).toArray(),
    changed: (draw) => map.on("move", draw),
  };
};
