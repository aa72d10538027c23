// Measures how far two points of a map lie apart: pressed, tapped, or set with the keyboard.

import { drawn } from "./drawing_surface.js";
import { apart } from "./shapes.js";

const STEP_PX = 12;
const FINE_PX = 1;
const KM = 1000;
const open = new WeakMap();

// Return a distance as it is said; never more exactly than a map of streets is.
const said = (metres, words) => {
  const number = (value, digits) => value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits });
  return metres < KM ? `${number(metres, 0)} ${words.m}` : `${number(metres / KM, 2)} ${words.km}`;
};

const begin = ({ figure, stage, words, button, surface }) => {
  const sheet = document.createElement("div");
  Object.assign(sheet, { className: "measuring", tabIndex: 0 });
  sheet.setAttribute("role", "application");
  sheet.setAttribute("aria-label", words.measuring);
  const lines = drawn("svg", { "aria-hidden": "true" });
  const line = drawn("path", { class: "span" });
  const cross = drawn("path", { class: "cross" });
  lines.append(line, cross);
  sheet.append(lines);
  const answer = figure.querySelector("[data-measured]");
  let points = [];
  let at = null; // Where the cross stands on the sheet; only people who use keys need it.

  const onSheet = (point) => {
    const { left, top } = sheet.getBoundingClientRect();
    const [x, y] = surface().toScreen(point);
    return [x - left, y - top];
  };
  const draw = () => {
    const places = points.map(onSheet);
    const dots = places.map(([x, y]) => `M${x - 5} ${y}a5 5 0 1 0 10 0a5 5 0 1 0-10 0z`).join("");
    line.setAttribute("d", places.length ? `${dots}M${places.map((place) => place.join(" ")).join("L")}` : "");
    cross.setAttribute("d", at ? `M${at[0] - 12} ${at[1]}h24M${at[0]} ${at[1] - 12}v24` : "");
    answer.textContent = points.length === 2
      ? words.distance.replace("{distance}", said(apart(...points), words))
      : points.length ? words.second : words.measuring;
  };
  const set = ([x, y]) => {
    const { left, top } = sheet.getBoundingClientRect();
    if (points.length === 2) points = [];
    points.push(surface().toGround([x + left, y + top]));
    draw();
  };
  const end = () => {
    observer.disconnect();
    sheet.remove();
    answer.hidden = true;
    answer.textContent = "";
    button.setAttribute("aria-pressed", "false");
    open.delete(figure);
    button.focus({ preventScroll: true });
  };
  const observer = new ResizeObserver(draw);
  sheet.addEventListener("pointerdown", (event) => {
    const { left, top } = sheet.getBoundingClientRect();
    at = null;
    set([event.clientX - left, event.clientY - top]);
  });
  sheet.addEventListener("keydown", (event) => {
    const { width, height } = sheet.getBoundingClientRect();
    const by = event.shiftKey ? FINE_PX : STEP_PX;
    const move = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] }[event.key];
    at ??= [width / 2, height / 2];
    if (move) {
      at = [Math.min(Math.max(at[0] + move[0], 0), width), Math.min(Math.max(at[1] + move[1], 0), height)];
      draw();
    } else if (event.key === "Enter" || event.key === " ") set(at);
    else if (event.key === "Escape") end();
    else return;
    event.preventDefault();
    event.stopPropagation(); // The full screen stays open.
  });
  button.setAttribute("aria-pressed", "true");
  answer.hidden = false;
  stage.append(sheet);
  observer.observe(sheet);
  surface().changed(draw);
  open.set(figure, end);
  draw();
  stage.scrollIntoView({ block: "nearest" });
  sheet.focus({ preventScroll: true });
};

export const toggle = (parts) => {
  const end = open.get(parts.figure);
  if (end) end();
  else if (parts.surface()) begin(parts);
};
