// The fixes of a map, as `map_timeline.py` hands them over: steps from one to the next, made whole again.

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
