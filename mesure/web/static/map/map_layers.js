// The layers of the map that moves, from the ground up: what they look like, and what each switch hides.

export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const is = (what) => ["==", ["get", "what"], what];
const of = (flag, yes, no) => ["case", ["get", flag], yes, no];
const FONT = ["system-ui, Noto Sans, DejaVu Sans, sans-serif"];
// From here on the fixes of a stay stand apart, and each has its own circle.
const APART_ZOOM = 17;

export const plain = {
  sources: {},
  below: [{ id: "ground", type: "background", paint: { "background-color": colour("--ground") } }],
  names: [],
};

// With streets behind them zones are thinner, so that one sees where their edges run.
const zones = (back) => [
  {
    id: "zones", type: "fill", source: "shown", filter: is("zone"),
    paint: {
      "fill-color": ["case", ["has", "undecided"], colour("--wait-soft"), ["get", "keep_out"], colour("--avoid-fill"), colour("--stay-fill")],
      "fill-opacity": back.credit ? of("concerned", 0.42, 0.32) : of("concerned", 0.75, 0.5),
    },
  },
  ...back.names,
  {
    id: "edges", type: "line", source: "shown", filter: ["all", is("zone"), ["!", ["get", "keep_out"]]],
    paint: { "line-color": ["case", ["has", "undecided"], colour("--wait"), colour("--stay")], "line-width": of("concerned", 3, 1.5) },
  },
  {
    id: "edges-out", type: "line", source: "shown", filter: ["all", is("zone"), ["get", "keep_out"]],
    paint: { "line-color": colour("--avoid"), "line-width": of("concerned", 3, 1.5), "line-dasharray": [2.2, 1.2] },
  },
];

const circles = () => [
  {
    id: "envelopes", type: "fill", source: "shown", filter: is("envelope"),
    paint: { "fill-color": colour("--fix"), "fill-opacity": 0.09 },
  },
  {
    id: "envelope-edges", type: "line", source: "shown", filter: is("envelope"),
    paint: { "line-color": colour("--fix"), "line-width": 1.2, "line-opacity": 0.55 },
  },
  {
    id: "discs", type: "line", source: "fixes", filter: is("disc"), minzoom: APART_ZOOM,
    paint: { "line-color": colour("--fix"), "line-width": 1, "line-opacity": 0.35 },
  },
  {
    id: "here-disc", type: "fill", source: "here",
    paint: { "fill-color": colour("--fix"), "fill-opacity": 0.14 },
  },
  {
    id: "here-edge", type: "line", source: "here",
    paint: { "line-color": colour("--fix"), "line-width": 2 },
  },
];

const fixes = () => [
  {
    id: "order", type: "line", source: "fixes", filter: is("line"),
    paint: { "line-color": colour("--soft"), "line-width": 1, "line-dasharray": [1, 3] },
  },
  {
    id: "fixes", type: "circle", source: "fixes", filter: is("fix"),
    paint: {
      "circle-radius": 5,
      "circle-stroke-width": 1.6,
      "circle-stroke-color": of("wrong", colour("--amiss"), colour("--fix")),
      // Hollow: not used for it. Pale: used as well. Full: it decided.
      "circle-color": of("hollow", colour("--ground"), of("wrong", colour("--amiss"), colour("--fix"))),
      "circle-opacity": of("used", 0.4, 1),
    },
  },
  {
    id: "numbers", type: "symbol", source: "fixes", filter: is("fix"),
    layout: {
      "text-field": ["to-string", ["get", "number"]], "text-font": FONT, "text-size": 12, "text-anchor": "bottom",
      "text-offset": [0, -0.6], "symbol-sort-key": ["get", "number"], visibility: "none",
    },
    paint: { "text-color": colour("--ink"), "text-halo-color": colour("--halo"), "text-halo-width": 1.6 },
  },
];

export const layersOn = (back) => [...back.below, ...zones(back), ...circles(), ...fixes()];

// Which layers a switch shows and hides; streets are all that came with their map.
export const SWITCHED = {
  zones: ["zones", "edges", "edges-out"],
  circles: ["envelopes", "envelope-edges", "discs", "here-disc", "here-edge"],
  order: ["order"],
  numbers: ["numbers"],
};
