// Draws a place on the map that moves, by finger, pen or mouse: corners are set, dragged, put between
// others and taken out. The fields are what is sent; they fill in what is drawn, and what is typed into
// them is drawn. Without this, or with a keyboard alone, they are typed, and nothing is lost.

import { METRES_PER_DEGREE } from "./shapes.js";

const form = document.querySelector("form[data-draws]");
const shape = form?.dataset.draws;
const MODES = { circle: "circle", area: "polygon", way: "linestring" };
const field = document.getElementById({ circle: "point", area: "corners", way: "points" }[shape] ?? "");
const radius = document.getElementById("radius_m");
const DIGITS = 5; // About a metre.
const PRECISION = 7; // Digits of a degree; the library draws nothing that has more.
const START_M = 100; // A circle that was pressed but not drawn out.
const GRIPS = 24; // By which a circle is made larger or smaller; two of them lead north and south.

const numbers = (line) => (line.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
const typed = () =>
  field.value.split("\n").map(numbers).filter(({ length }) => length === 2).map(([lat, lon]) => [lon, lat]);
const written = (points) => points.map(([lon, lat]) => `${lat.toFixed(DIGITS)}, ${lon.toFixed(DIGITS)}`).join("\n");

const loaded = (address) =>
  new Promise((done, failed) => {
    const script = Object.assign(document.createElement("script"), { src: address, onload: done, onerror: failed });
    document.head.append(script);
  });

// A place has the colour of what it is for, as soon as a condition says so.
const USES = { stay: "--stay", avoid: "--avoid" };
const modes = (drawing, colour) => {
  const line = colour(USES[form.dataset.use] ?? "--wait");
  const fill = { fillColor: line, fillOpacity: 0.25, outlineColor: line, outlineWidth: 3 };
  const points = { closingPointColor: line, closingPointWidth: 9, closingPointOutlineColor: colour("--ink") };
  const corners = { midpoints: { draggable: true }, draggable: true, deletable: true };
  const grips = {
    selectedPolygonColor: line, selectedPolygonFillOpacity: 0.25, selectedPolygonOutlineColor: line, selectedPolygonOutlineWidth: 3,
    selectedLineStringColor: line, selectedLineStringWidth: 4,
    selectionPointColor: line, selectionPointWidth: 8, selectionPointOutlineColor: colour("--ink"), selectionPointOutlineWidth: 2,
    midPointColor: colour("--ground"), midPointWidth: 6, midPointOutlineColor: line, midPointOutlineWidth: 2,
  };
  const flags = {
    circle: { feature: { draggable: true, coordinates: { resizable: "center-fixed" } } },
    polygon: { feature: { draggable: true, coordinates: corners } },
    linestring: { feature: { draggable: true, coordinates: corners } },
  };
  return [
    new drawing.TerraDrawCircleMode({ styles: fill, startingRadiusKilometers: START_M / 1000, segments: GRIPS }),
    new drawing.TerraDrawPolygonMode({ styles: { ...fill, ...points }, pointerDistance: 24 }),
    new drawing.TerraDrawLineStringMode({ styles: { lineStringColor: line, lineStringWidth: 4, ...points }, pointerDistance: 24 }),
    // A finger is broader than a corner.
    new drawing.TerraDrawSelectMode({ flags, styles: grips, pointerDistance: 24, allowManualDeselection: false }),
  ];
};

// What the fields say, as it is drawn; nothing where it is not enough for a shape.
const geometry = (round) => {
  const points = typed();
  if (shape === "circle") {
    if (!points.length || !(Number(radius.value) > 0)) return null;
    const [ring] = round(points[0], Number(radius.value)).coordinates;
    const corners = ring.slice(0, -1).map((at) => at.map((degrees) => Number(degrees.toFixed(PRECISION))));
    return { type: "Polygon", coordinates: [[...corners, corners[0]]] };
  }
  if (shape === "way") return points.length > 1 ? { type: "LineString", coordinates: points } : null;
  return points.length > 2 ? { type: "Polygon", coordinates: [[...points, points[0]]] } : null;
};

// The points that were set; the one under the finger is none yet.
const set = ({ geometry: { type, coordinates }, properties }) => {
  const ring = type === "Polygon" ? coordinates[0].slice(0, -1) : coordinates;
  return properties.currentlyDrawing ? ring.slice(0, properties.committedCoordinateCount ?? -1) : ring;
};

const fill = (feature) => {
  if (shape !== "circle") {
    field.value = written(set(feature));
    return;
  }
  const ring = feature.geometry.coordinates[0];
  const [lons, lats] = [0, 1].map((axis) => ring.map((at) => at[axis]));
  const lat = (Math.min(...lats) + Math.max(...lats)) / 2;
  const lon = (Math.min(...lons) + Math.max(...lons)) / 2;
  field.value = written([[lon, lat]]);
  radius.value = String(Math.max(1, Math.round(((Math.max(...lats) - Math.min(...lats)) / 2) * METRES_PER_DEGREE)));
};

const begin = async ({ map, round, colour }) => {
  const { library, adapter } = form.dataset;
  await loaded(library);
  await loaded(adapter);
  const { terraDraw, terraDrawMaplibreGlAdapter } = globalThis;
  const draw = new terraDraw.TerraDraw({
    adapter: new terraDrawMaplibreGlAdapter.TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: PRECISION }),
    modes: modes(terraDraw, colour),
  });
  draw.start();
  let own = false; // What is drawn here by the fields does not fill them in again.
  const edit = (id) => {
    draw.setMode("select");
    draw.selectFeature(id);
  };
  const show = () => {
    own = true;
    draw.clear();
    const drawn = geometry(round);
    if (drawn) {
      const properties = { mode: MODES[shape] };
      const [{ id, valid, reason }] = draw.addFeatures([{ type: "Feature", properties, geometry: drawn }]);
      if (valid) edit(id);
      else console.debug(reason);
    } else draw.setMode(isSized() ? "static" : MODES[shape]);
    own = false;
  };
  // With a radius typed in, one press on the middle is enough.
  const isSized = () => shape === "circle" && !typed().length && Number(radius.value) > 0;
  map.on("click", ({ lngLat }) => {
    if (!isSized() || draw.getMode() !== "static") return;
    field.value = written([[lngLat.lng, lngLat.lat]]);
    show();
  });
  draw.on("change", (ids, what) => {
    if (own || what === "styling") return;
    const isPlace = ({ id, properties, geometry }) =>
      ids.includes(id) && properties.mode === MODES[shape] && geometry.type !== "Point"; // A grip is one.
    const feature = draw.getSnapshot().find(isPlace);
    if (feature) fill(feature);
  });
  draw.on("finish", (id) => setTimeout(() => edit(id)));
  for (const one of [field, radius]) one?.addEventListener("input", show);
  const tools = document.querySelector("[data-tools]");
  tools.hidden = false;
  tools.querySelector("button").addEventListener("click", () => {
    field.value = "";
    show();
  });
  show();
  form.dataset.drawing = "yes";
};

document.addEventListener("mesure:map", ({ detail }) => {
  if (field && form.dataset.library) begin(detail);
});
