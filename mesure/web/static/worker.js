// Asks the service first; without a network it shows the page as it was last read.
// Only pages for reading are kept, never an answer to a form. Signing out clears them all.

const KEPT = "portal-1";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  const others = caches.keys().then((names) => names.filter((name) => name !== KEPT));
  event.waitUntil(others.then((names) => Promise.all(names.map((name) => caches.delete(name)))));
});

const isKept = (request) => {
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return false;
  return pathname === "/portal" || pathname.startsWith("/portal/") || pathname.startsWith("/static/");
};

const answered = async (request) => {
  const kept = await caches.open(KEPT);
  const isStatic = new URL(request.url).pathname.startsWith("/static/");
  const copy = await kept.match(request, { ignoreVary: true });
  if (isStatic && copy) return copy;
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await kept.put(request, answer.clone());
    return answer;
  } catch (lost) {
    if (copy) return copy;
    throw lost;
  }
};

self.addEventListener("fetch", (event) => {
  if (isKept(event.request)) event.respondWith(answered(event.request));
});
