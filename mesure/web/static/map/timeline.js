// Steps through the fixes of a map: one point of time, on the slider, the strips and the map at once.
// Nothing is made up between two fixes: the map stands at one of them, and then at the next.
// They come as `map_timeline.py` hands them over: steps from one to the next, made whole again.

import { playback } from "./playback.js";

const DEGREES = 1e-6;
const sums = (steps) => {
  let sum = 0;
  return steps.map((step) => (sum += step));
};

// What is said of each: where a table of the page says it, the same words.
const wordsOf = (figure) => {
  const script = figure.querySelector('script[data-part="words"]');
  if (!script) return [...figure.querySelectorAll("[data-each] tbody tr")].map(({ cells }) => [...cells].map((cell) => cell.textContent).join(" · "));
  const { clock, phrase, phrases } = JSON.parse(script.textContent);
  return clock.map((at, index) => `${at} · ${phrases[phrase[index]]}`);
};

// Return them in order of time; nothing where the page has none.
export const fixesOf = (figure) => {
  const script = figure.querySelector('script[data-part="fixes"]');
  if (!script) return [];
  const { s, lat, lon, radius, flags } = JSON.parse(script.textContent);
  const words = wordsOf(figure);
  const [seconds, lats, lons] = [s, lat, lon].map(sums);
  return seconds.map((at, index) => ({
    index, number: index + 1, seconds: at, radius: radius[index],
    at: [lons[index] * DEGREES, lats[index] * DEGREES],
    wrong: (flags[index] & 1) === 1, evidence: (flags[index] & 2) === 2, used: (flags[index] & 4) === 4,
    words: words[index],
  }));
};

const WIDTH = 1000; // Of the axis, as the strips have it.
const PAGE = 10; // Fixes that one press of Page Up or Page Down leads on.

// Return how the slider is led; nothing where there are no fixes. `show` puts a fix on the map.
export const timelineOf = (figure, fixes, words, show) => {
  const time = figure.querySelector("[data-time]");
  if (!time || !fixes.length) return null;
  const span = Number(time.dataset.time);
  const slider = time.querySelector("input");
  const said = figure.querySelector("[data-said]");
  const strips = [...document.querySelectorAll(".strips")];
  const last = fixes.length - 1;
  let now = 0;

  const draw = () => {
    const fix = fixes[now];
    slider.value = fix.seconds;
    const x = (fix.seconds / span) * WIDTH;
    for (const cursor of document.querySelectorAll(".strip .cursor")) cursor.setAttribute("d", `M${x} 0V100`);
    const text = `${words.number.replace("{number}", fix.number).replace("{count}", fixes.length)} · ${fix.words}`;
    said.textContent = text;
    slider.setAttribute("aria-valuetext", text);
    for (const button of figure.querySelectorAll("[data-step]")) {
      const isBack = ["first", "previous"].includes(button.dataset.step);
      button.setAttribute("aria-disabled", String(isBack ? now === 0 : now === last));
    }
    show(fix);
  };
  const to = (index) => {
    now = Math.min(Math.max(index, 0), last);
    draw();
  };
  const nearest = (seconds) =>
    fixes.reduce((best, { seconds: at }, index) => (Math.abs(at - seconds) < Math.abs(fixes[best].seconds - seconds) ? index : best), 0);

  const steps = { first: () => 0, previous: () => now - 1, next: () => now + 1, last: () => last };
  const play = playback(figure, words, { fixes, now: () => now, to, said });
  const step = (name) => {
    play.pause();
    to(steps[name]());
  };
  for (const button of figure.querySelectorAll("[data-step]")) button.addEventListener("click", () => step(button.dataset.step));

  slider.addEventListener("input", () => {
    play.pause();
    to(nearest(Number(slider.value)));
  });
  const keys = {
    ArrowLeft: "previous", ArrowDown: "previous", ArrowRight: "next", ArrowUp: "next", Home: "first", End: "last",
  };
  // On the slider and on the buttons beside it; a list of speeds has keys of its own.
  figure.querySelector("[data-play-keys]").addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches("select")) return;
    if (event.key in keys) step(keys[event.key]);
    else if (event.key === "PageUp" || event.key === "PageDown") {
      play.pause();
      to(now + (event.key === "PageUp" ? PAGE : -PAGE));
    } else if (event.key === " " && event.target === slider) play.toggle();
    else return;
    event.preventDefault();
  });
  // Pointing at a time on a strip shows the fix next to it.
  for (const strip of strips) {
    strip.addEventListener("pointermove", (event) => {
      if (event.target === slider || play.isOn()) return;
      const ground = strip.querySelector(".ground svg").getBoundingClientRect();
      const share = (event.clientX - ground.left) / ground.width;
      if (share >= 0 && share <= 1) to(nearest(share * span));
    });
  }
  draw();
  return { to: (index) => { play.pause(); to(index); }, again: draw };
};
