// The map of every page: a drawing that the server made, or a map that moves in its place; its slider,
// its layers, a measure and the full screen. Without this script the drawing stays, and says the same.

import { drawingSurface } from "./drawing_surface.js";
import { layersOf } from "./layers.js";

const start = async (figure) => {
  const words = JSON.parse(figure.dataset.say);
  const stage = figure.querySelector("[data-stage]");
  // Only a map with fixes on it has a slider.
  const { fixesOf, timelineOf } = figure.querySelector("[data-time]") ? await import("./timeline.js") : {};
  const fixes = fixesOf?.(figure) ?? [];
  const drawing = stage.querySelector("svg.map");
  let surface = drawing ? drawingSurface(drawing, fixes) : null;
  const timeline = timelineOf?.(figure, fixes, words, (fix) => surface?.at(fix));
  const layers = layersOf(figure, () => surface);
  const part = (name) => figure.querySelector(`[data-${name}]`);

  const move = async () => {
    const { movingSurface } = await import("./moving_surface.js");
    const moving = await movingSurface(figure, stage, fixes, drawing);
    surface = moving;
    timeline?.again();
    layers.again();
    moving.pressed((index) => timeline?.to(index));
    document.dispatchEvent(new CustomEvent("mesure:map", { detail: { map: moving.map, round: moving.round, colour: moving.colour } }));
  };
  const moves = part("moves");
  moves?.addEventListener("click", () => {
    moves.disabled = true;
    move().then(
      () => {
        moves.hidden = true;
        moves.closest(".map-bar").querySelector("button:not([hidden]), a")?.focus({ preventScroll: true });
      },
      () => {
        moves.hidden = true;
        figure.hidden = !drawing;
      },
    );
  });
  const lazily = (name, file, action) =>
    part(name)?.addEventListener("click", async ({ currentTarget }) => (await import(file))[action]({ figure, stage, words, button: currentTarget, surface: () => surface }));
  lazily("measure", "./measure.js", "toggle");
  lazily("full", "./screen.js", "toggle");
  // The room of each was kept, so that nothing moves under the reader.
  for (const later of [figure, ...figure.querySelectorAll("[data-later]")].filter(({ dataset }) => "later" in dataset)) {
    delete later.dataset.later;
    later.hidden = false;
  }
};

for (const figure of document.querySelectorAll("figure[data-map]")) start(figure);
