// Makes pages pleasanter; none needs it. Menus close by Escape, faults get the focus, lists stay fresh.

for (const menu of document.querySelectorAll("[data-menu]")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// Faults that say the same are told apart by what their fields are called.
const faults = [...document.querySelectorAll(".faults a")].map((link) => [link, link.textContent]);
for (const [link, said] of faults) {
  if (faults.filter(([, other]) => other === said).length < 2) continue;
  const id = link.hash.slice(1);
  const legend = document.getElementById(id)?.closest("fieldset")?.querySelector("legend");
  const names = [legend, document.querySelector(`label[for="${CSS.escape(id)}"]`)].filter(Boolean);
  link.textContent = [names.map((name) => name.textContent).join(" · "), said].join(": ");
}
document.querySelector("[data-focus]")?.focus();

// What is folded is printed too; forms are not.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details.more:not([open])")].filter((one) => !one.querySelector("form"));
  for (const one of opened) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of opened) one.open = false;
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  if ("again" in event.target.dataset) return; // What it downloads can be asked for again.
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// A part of a page that changes by itself is asked for again, and put in only when it is different.
for (const part of document.querySelectorAll("[data-fresh]")) {
  let timer = 0;
  let times = 0;
  const again = async () => {
    times += 1;
    if ("freshTimes" in part.dataset && times >= Number(part.dataset.freshTimes)) clearInterval(timer);
    if (document.hidden || part.contains(document.activeElement)) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html", "Mesure-Background": "1" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById(part.id);
    if (now && now.innerHTML !== part.innerHTML) part.innerHTML = now.innerHTML;
    if (now && !("fresh" in now.dataset)) clearInterval(timer); // It will not change any more.
  };
  timer = setInterval(again, Number(part.dataset.fresh) * 1000);
  document.addEventListener("visibilitychange", again);
}

// A form that was interrupted by the end of a session goes on by itself; without this a button does it.
document.querySelector("[data-go-on]")?.requestSubmit();

// Whoever is about to be signed out is told in time, and may stay. Typing is a sign of life too.
const session = document.getElementById("session");
if (session) {
  const WARNED_MS = 120_000;
  const button = session.querySelector("button");
  let endsAt = Date.now() + Number(session.dataset.lasts) * 1000;
  let askedAt = Date.now();
  let isLast = false; // Its whole time is over soon, and no sign prolongs it.
  const say = (state) => {
    const clock = new Date(endsAt).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    for (const line of session.querySelectorAll("[data-over]")) {
      line.textContent = ((state === "soon" && isLast && line.dataset.last) || line.dataset[state]).replace("{clock}", clock);
    }
    button.hidden = state === "over" || isLast;
    session.hidden = false;
  };
  const stay = async () => {
    askedAt = Date.now();
    const answer = await fetch("/still", { method: "GET" }).catch(() => null);
    if (!answer) return;
    const left = Number(answer.headers.get("Mesure-Session-Seconds") ?? 0) * 1000;
    endsAt = Date.now() + left;
    isLast = left <= WARNED_MS;
    look();
  };
  const look = () => {
    const left = endsAt - Date.now();
    if (left <= 0) say("over");
    else if (left <= WARNED_MS) say("soon");
    else session.hidden = true;
  };
  button.addEventListener("click", stay);
  document.addEventListener("input", () => {
    const left = endsAt - Date.now();
    if (left > 0 && !isLast && Date.now() - askedAt > left) stay(); // Half of the time is over.
  });
  setInterval(look, 5_000);
  document.addEventListener("visibilitychange", look);
}
