// A user about to be signed out is told in time, and may stay. Typing is a sign of life too.
// Every page loads this when half of the time is over, so that no first screen waits for it.

const WARNED_MS = 120_000;
const EVERY_MS = 5_000;
let endsAt = 0;
let askedAt = 0;
let isLast = false; // Its whole time is over soon, and no sign prolongs it.

// The words come from the service when they are needed, which is no sign that somebody is there.
const asked = async () => {
  const answer = await fetch("/still/words", { headers: { "Mesure-Background": "1" } }).catch(() => null);
  if (!answer?.ok || document.getElementById("session")) return document.getElementById("session");
  document.getElementById("main").insertAdjacentHTML("afterbegin", await answer.text());
  const session = document.getElementById("session");
  session.querySelector("button").addEventListener("click", stay);
  return session;
};

const say = async (state) => {
  const session = document.getElementById("session") ?? (await asked());
  if (!session) return;
  const clock = new Date(endsAt).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  for (const line of session.querySelectorAll("[data-over]")) {
    const words = (state === "soon" && isLast && line.dataset.last) || line.dataset[state];
    line.textContent = words.replace("{clock}", clock);
  }
  session.querySelector("button").hidden = state === "over" || isLast;
  session.hidden = false;
};

const look = () => {
  const left = endsAt - Date.now();
  if (left <= 0) return say("over");
  if (left <= WARNED_MS) return say("soon");
  const session = document.getElementById("session");
  if (session) session.hidden = true;
};

const stay = async () => {
  askedAt = Date.now();
  const answer = await fetch("/still").catch(() => null);
  if (!answer) return;
  const left = Number(answer.headers.get("Mesure-Session-Seconds") ?? 0) * 1000;
  endsAt = Date.now() + left;
  isLast = left <= WARNED_MS;
  look();
};

export const watch = (ends) => {
  endsAt = ends;
  document.addEventListener("input", () => {
    const left = endsAt - Date.now();
    if (left > 0 && !isLast && Date.now() - askedAt > WARNED_MS) stay();
  });
  document.addEventListener("visibilitychange", look);
  setInterval(look, EVERY_MS);
  look();
};
