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

// In a list of what waits the arrow keys lead from line to line.
for (const part of document.querySelectorAll("[data-lines]")) {
  part.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const lines = [...part.querySelectorAll("a.line")];
    const at = lines.indexOf(document.activeElement.closest("a.line"));
    const line = lines[at + step];
    if (at < 0 || !line) return;
    event.preventDefault();
    line.focus();
  });
}

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
    if (++times >= part.dataset.freshTimes) clearInterval(timer);
    if (document.hidden || part.contains(document.activeElement)) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html", "Mesure-Background": "1" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById(part.id);
    if (now && now.innerHTML !== part.innerHTML) part.innerHTML = now.innerHTML;
    if (now && !("fresh" in now.dataset)) clearInterval(timer);
  };
  timer = setInterval(again, Number(part.dataset.fresh) * 1000);
  document.addEventListener("visibilitychange", again);
}

const { lasts, session } = document.querySelector("script[data-session]")?.dataset ?? {};
if (session) {
  const ends = Date.now() + lasts * 1000;
  setTimeout(() => import(session).then((module) => module.watch(ends)), lasts * 500);
}
