// Keeps the pages that were read for reading without a network, says how old one is, and works out
// again what applies now from the week that is on the page.

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/portal/worker.js", { scope: "/portal" }).catch(() => {});
}

const HOUR_MS = 3_600_000;
const ANEW_MS = 1_000;
const SLACK_MS = 60_000; // By so much a phone's clock and the service's may differ.
const language = document.documentElement.lang;
const isCopy = "copy" in document.documentElement.dataset; // The worker says so.
let isLost = isCopy || !navigator.onLine;
let isWorkedOut = false;
const banner = document.getElementById("offline");
const card = document.getElementById("now-card");

const age = (shown) => {
  const hours = (Date.now() - shown) / HOUR_MS;
  if (!(hours >= 0) || !("RelativeTimeFormat" in Intl)) return "";
  const [count, unit] = hours < 1 ? [hours * 60, "minute"] : hours < 48 ? [hours, "hour"] : [hours / 24, "day"];
  return ` (${new Intl.RelativeTimeFormat(language, { numeric: "always" }).format(-Math.floor(count), unit)})`;
};

const say = () => {
  if (banner && !banner.isConnected) return; // The page was taken from the screen.
  if (banner) {
    banner.hidden = !(isCopy || isLost);
    document.getElementById("offline-age").textContent = age(Date.parse(banner.dataset.shown));
  }
  for (const form of document.querySelectorAll("main form")) {
    for (const button of form.querySelectorAll("button")) button.disabled = isLost;
  }
  if (card && (isCopy || isLost)) workOut();
};

// --- What applies now ------------------------------------------------------------------------

const duties = () => {
  const seen = new Map();
  for (const line of document.querySelectorAll("[data-spans]")) {
    for (const span of line.dataset.spans.trim().split(/\s+/).filter(Boolean)) {
      const [start, end] = span.split("/").map((instant) => Date.parse(instant));
      seen.set(`${line.dataset.what} ${span}`, { what: line.dataset.what, start, end });
    }
  }
  return [...seen.values()];
};

const format = (options, instant) => new Intl.DateTimeFormat("en-GB", { timeZone: card.dataset.zone, ...options }).formatToParts(instant);
const hourOf = (instant) =>
  format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, instant).map(({ value }) => value).join("");
// Where clocks go back, by one of so many hours, a time of day happens twice and names its offset from UTC.
const isTwice = (instant) => [-2, -1, -0.5, 0.5, 1, 2].some((hours) => hourOf(instant + hours * HOUR_MS) === hourOf(instant));
const offset = (instant) => {
  const { value } = format({ timeZoneName: "longOffset" }, instant).find(({ type }) => type === "timeZoneName");
  return value === "GMT" ? "UTC+00:00" : value.replace("GMT", "UTC");
};
const clock = (instant) => (isTwice(instant) ? `${hourOf(instant)} (${offset(instant)})` : hourOf(instant));
const day = (instant) =>
  new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { timeZone: card.dataset.zone, weekday: "short", day: "numeric", month: "short" }).format(instant);
const when = (instant, sentences) => {
  const named = [[0, sentences.today], [24 * HOUR_MS, sentences.tomorrow]].find(([ahead]) => day(instant) === day(Date.now() + ahead));
  return named ? filled(named[1], { clock: clock(instant) }) : `${day(instant)}, ${clock(instant)}`;
};
const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const element = (name, text, kind = "") => Object.assign(document.createElement(name), { textContent: text, className: kind });

const edgeOf = (changes, sentence, sentences) => {
  const first = Math.min(...changes.map(({ at }) => at));
  if (!Number.isFinite(first)) return null;
  const what = changes.filter(({ at }) => at === first).map((change) => change.what).join("; ");
  return { at: first, text: filled(sentence, { when: when(first, sentences), what }) };
};

function workOut() {
  isWorkedOut = true;
  const sentences = JSON.parse(card.dataset.sentences);
  const now = Date.now();
  const horizon = Date.parse(card.dataset.horizon);
  const isKnown = now < horizon && now >= Date.parse(banner.dataset.shown) - SLACK_MS;
  const all = duties();
  const current = isKnown ? all.filter(({ start, end }) => start <= now && now < end) : [];
  const heading = element("h2", !isKnown ? sentences.over : current.length ? sentences.applies : sentences.nothing);
  heading.id = "now";
  const list = element("ul", "", "bullets large");
  for (const { what, end } of current) {
    const line = element("li", what);
    if (end < horizon) line.append(" ", element("span", filled(sentences.until, { clock: end - now < 24 * HOUR_MS ? clock(end) : `${day(end)}, ${clock(end)}` }), "soft"));
    list.append(line);
  }
  const begins = all.filter(({ start }) => start > now).map(({ what, start }) => ({ what, at: start }));
  const ends = current.filter(({ end }) => end < horizon).map(({ what, end }) => ({ what, at: end }));
  const end = edgeOf(ends, sentences.ends, sentences);
  const begin = edgeOf(begins, sentences.begins, sentences);
  const edges = [];
  if (isKnown && end && !(begin && begin.at <= end.at)) edges.push(end, edgeOf(begins, sentences.then, sentences));
  else if (isKnown) edges.push(begin);
  const parts = [element("p", filled(sentences.now, { clock: clock(now) }), "over small"), heading];
  if (current.length) parts.push(list);
  parts.push(...edges.filter(Boolean).map(({ text }) => element("p", text, "edge")));
  parts.push(...[...card.querySelectorAll("[data-ends]")].filter((line) => now < Date.parse(line.dataset.ends)));
  parts.push(element("p", isKnown ? sentences.worked : sentences.ask, "soft small"));
  // What was today when the page was read is a date by now.
  if (day(now) !== day(Date.parse(banner.dataset.shown))) {
    for (const heading of document.querySelectorAll("[data-named]")) heading.textContent = heading.dataset.named;
  }
  card.className = `card now ${current.length || !isKnown ? "asked" : "free"}`;
  card.replaceChildren(...parts);
}

// --- Pages that are on this phone ------------------------------------------------------------

const links = document.querySelectorAll("[data-if-kept]");
if (links.length && "caches" in window) {
  caches.open("portal-1").then(async (kept) => {
    for (const link of links) link.hidden = !(await kept.match(link.querySelector("a").href, { ignoreVary: true }));
    // Without any page on this phone there is nothing under the heading, so there is no heading either.
    links[0].closest("section").hidden = [...links].every((link) => link.hidden);
  });
}

// A page with something typed in is kept; any other page is read anew when there is a network again.
const isTyped = () => [...document.querySelectorAll("main textarea, main input")].some((field) => field.value !== field.defaultValue);
// A network that comes and goes must not take a reader away from the page that they just asked for.
let reading = 0;
addEventListener("beforeunload", () => clearTimeout(reading));
addEventListener("online", () => {
  isLost = false;
  if ((isCopy || isWorkedOut) && !isTyped()) reading = setTimeout(() => location.reload(), ANEW_MS);
  else say();
});
// A browser may hold that there is a network all along while the service cannot be reached: then it
// tells nobody when that is over, so a copy asks now and then.
const readAnewIfAnswered = async () => {
  if (!isCopy || !navigator.onLine || isTyped()) return;
  const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
  if (answer?.ok && !isTyped()) location.reload();
};
addEventListener("offline", () => {
  clearTimeout(reading);
  isLost = true;
  say();
});
if (banner) {
  say();
  setInterval(say, 20_000);
  setInterval(readAnewIfAnswered, 10_000);
}
