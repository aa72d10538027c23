// Asks the service first; without a network it shows the page as it was last read.
// Only pages for reading are kept, never an answer to a form. Signing out clears them all, and so does
// the end of the session: when the service says that it is over, and by the clock where it cannot say,
// as long as that clock goes forward.

const KEPT = "portal-1";
const START = "/portal";
const OFFLINE = "/portal/offline"; // What is shown in place of a page that was not read before.
const UNTIL = "/portal/kept-until"; // No page: under this name stands when the session ends.
const SLACK_MS = 60_000; // A network sets a clock right by less; somebody who sets it back does so by more.

const note = (kept, until, seen) => kept.put(UNTIL, new Response(JSON.stringify({ until, seen })));
// The latest time that was seen is noted too: a clock that shows less was set back, and then
// nobody here can say whether the session still lasts. So it counts as over.
// Returns when what is kept may be read no longer: 0 where it may not be read now.
const endOf = async (kept) => {
  const noted = await kept.match(UNTIL);
  if (!noted) return 0;
  const { until, seen } = await noted.json().catch(() => ({}));
  const now = Date.now();
  if (!(now >= seen - SLACK_MS)) return 0; // Also where a note says less than it should.
  if (now > seen) await note(kept, until, now);
  return now < until ? until : 0;
};
// Without a note of when the session ends nothing is known of whose pages these are.
const withoutOver = async () => {
  const kept = await caches.open(KEPT);
  if (!(await endOf(kept))) await caches.delete(KEPT);
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  const others = caches.keys().then((names) => names.filter((name) => name !== KEPT));
  event.waitUntil(others.then((names) => Promise.all(names.map((name) => caches.delete(name)))));
});
const begun = withoutOver(); // Whenever the browser starts this again.

const isKept = (request) => {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return false;
  return pathname === "/portal" || pathname.startsWith("/portal/") || pathname.startsWith("/static/");
};

// No page of the portal leads on but to the door, and there the browser alone may see where that is.
const isOver = ({ type, status, redirected }) => type === "opaqueredirect" || redirected || status === 401;

const keep = async (request, answer) => {
  const lasts = answer.headers.get("Mesure-Session-Seconds");
  const kept = await caches.open(KEPT);
  const now = Date.now();
  if (lasts) await note(kept, now + Number(lasts) * 1000, now);
  await kept.put(request, answer.clone());
  if (new URL(request.url).pathname === START) await keepOffline(kept);
};

const keepOffline = async (kept) => {
  const answer = await fetch(OFFLINE).catch(() => null);
  if (answer?.ok && !answer.redirected) await kept.put(OFFLINE, answer);
};

// A page that comes from here says so, and until when: only the page knows where to tell its reader,
// and it may stay on the screen when nobody asks here again.
const asCopy = async (copy, until) => {
  if (!copy.headers.get("Content-Type")?.startsWith("text/html")) return copy;
  const text = (await copy.text()).replace("<html ", `<html data-copy="${until}" `);
  return new Response(text, { status: copy.status, headers: copy.headers });
};

const answered = async (request) => {
  await begun;
  const isStatic = new URL(request.url).pathname.startsWith("/static/");
  if (!isStatic) await withoutOver();
  const kept = await caches.open(KEPT);
  const copy = await kept.match(request, { ignoreVary: true });
  if (isStatic && copy) return copy;
  try {
    const answer = await fetch(request);
    if (isOver(answer)) await caches.delete(KEPT);
    else if (answer.ok) await keep(request, answer);
    return answer;
  } catch (lost) {
    const shown = copy ?? (request.mode === "navigate" ? await kept.match(OFFLINE) : null);
    if (shown) return asCopy(shown, await endOf(kept));
    throw lost;
  }
};

self.addEventListener("fetch", (event) => {
  if (isKept(event.request)) event.respondWith(answered(event.request));
});
