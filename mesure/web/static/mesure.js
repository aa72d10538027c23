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
  const legend = document.getElementById(id)?.closest("fieldset:not(fieldset fieldset)")?.querySelector("legend");
  const names = [legend, document.querySelector(`label[for="${CSS.escape(id)}"]`)].filter(Boolean);
  const called = names.map((name) => name.textContent).join(" · ");
  link.textContent = called + (called.endsWith("?") ? " " : link.closest(".faults").dataset.colon) + said;
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
    if (++times >= part.dataset.freshTimes || !part.isConnected) clearInterval(timer);
    if (document.hidden || !part.isConnected || part.contains(document.activeElement)) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html", "Mesure-Background": "1" } }).catch(() => null);
    if (answer?.redirected) dispatchEvent(new Event("mesure:over"));
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById(part.id);
    if (now && now.innerHTML !== part.innerHTML) part.innerHTML = now.innerHTML;
    if (now && !("fresh" in now.dataset)) clearInterval(timer);
  };
  timer = setInterval(again, Number(part.dataset.fresh) * 1000);
  document.addEventListener("visibilitychange", again);
}

// === The session ==================================================================================
// Takes from the screen what a session showed once it is over, and warns its holder before it is.
// Over it is by its own clock at the latest, and whenever the service says so: it is asked whenever
// somebody comes back to the page, for no timer runs while a phone sleeps. What was typed is kept
// for the one who signs in again; nothing of it is sent before they send it themselves.

const WARNED_MS = 120_000;
const EVERY_MS = 5_000;
const ANSWER_MS = 5_000; // So long a page that may be over stays covered for an answer.
const SLACK_MS = 60_000; // A network sets a clock right by less; a person who sets it back does by more.
const root = document.documentElement;
const own = document.querySelector("script[data-lasts]"); // None: nobody is signed in.
const { lasts, holder, typed } = own?.dataset ?? {};
const copyUntil = Number(root.dataset.copy ?? NaN); // A copy says until when it may be read.
let endsAt = Number.isNaN(copyUntil) ? Date.now() + lasts * 1000 : copyUntil;
let seenAt = Date.now();
let askedAt = 0;
let isLast = false; // Its whole time is over soon, and no sign prolongs it.
let isTaken = false;
let lastForm = null; // In which something was typed last.
let asking = null;
let questions = 0;
let lastAnswered = 0; // An answer that comes after that to a later question is of a session that was.

// A clock that shows less than it did was set back: then nobody here knows whether it still lasts.
const isPast = () => {
  const now = Date.now();
  const isSetBack = now < seenAt - SLACK_MS;
  seenAt = Math.max(seenAt, now);
  return isSetBack || now >= endsAt;
};

// --- Before the end ----------------------------------------------------------------------------

// The words come from the service when they are needed, which is no sign that somebody is there.
const asked = async () => {
  const answer = await fetch("/still/words", { headers: { "Mesure-Background": "1" } }).catch(() => null);
  if (!answer?.ok || isTaken || document.getElementById("session")) return document.getElementById("session");
  document.getElementById("main").insertAdjacentHTML("afterbegin", await answer.text());
  const session = document.getElementById("session");
  session?.querySelector("button").addEventListener("click", stay);
  return session;
};

const warn = async () => {
  const session = document.getElementById("session") ?? (await asked());
  if (!session) return;
  const clock = new Date(endsAt).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  for (const line of session.querySelectorAll("[data-soon]")) {
    line.textContent = ((isLast && line.dataset.last) || line.dataset.soon).replace("{clock}", clock);
  }
  session.querySelector("button").hidden = isLast;
  session.hidden = false;
};

const stay = async () => {
  askedAt = Date.now();
  await check({});
  isLast = endsAt - Date.now() <= WARNED_MS;
  look();
};

// --- The end -----------------------------------------------------------------------------------

const texts = "textarea, input:not([type]), input[type=text], input[type=search], input[type=email], input[type=tel]";
const keepsTyped = (form) => form?.isConnected && form.getAttribute("method") === "post" && !form.querySelector("[type=password]");
// A page that answers a form has what was typed in it already.
const formToKeep = () => {
  if (keepsTyped(lastForm)) return lastForm;
  const isFilled = (form) => [...form.querySelectorAll(texts)].some((field) => field.value);
  return typed ? [...document.querySelectorAll("main form")].find((form) => keepsTyped(form) && isFilled(form)) : null;
};

// Files cannot travel. That it comes back is marked, so that the service does nothing with it yet.
const copyOf = (form) => {
  const button = form.querySelector("button:not([type=button]), input[type=submit]");
  const action = button?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
  const copy = Object.assign(document.createElement("form"), { method: "post", action, hidden: true });
  const typedIn = [...new FormData(form, button)].filter(([, value]) => typeof value === "string");
  for (const [name, value] of [...typedIn, ["resumed", location.pathname]]) {
    copy.append(Object.assign(document.createElement("textarea"), { name, value }));
  }
  return copy;
};

const take = (isSomebodyElse) => {
  if (isTaken) return;
  isTaken = true;
  const form = isSomebodyElse ? null : formToKeep();
  const copy = form && copyOf(form);
  const notice = document.importNode(document.getElementById("signed-out").content, true);
  document.title = notice.querySelector("h1").textContent;
  const [kept, link, button] = ["[data-kept]", "a", "button"].map((part) => notice.querySelector(part));
  kept.hidden = button.hidden = !copy;
  link.hidden = Boolean(copy);
  link.setAttribute("href", `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  if (copy) notice.querySelector("main").append(copy);
  button.addEventListener("click", async () => {
    await check({ "Mesure-Background": "1" }); // Who signed in elsewhere meanwhile goes on by their new session.
    HTMLFormElement.prototype.submit.call(copy); // A field may have that name.
  });
  document.body.className = "";
  document.body.replaceChildren(notice);
  delete root.dataset.covered;
  document.querySelector("main").focus();
  // A copy that is read without a network ends with the session whose it is.
  globalThis.caches?.keys().then((names) => names.forEach((name) => caches.delete(name))).catch(() => {});
};

// What the service says: null where it says nothing, and then the end that is known decides.
const answered = async (headers) => {
  const signal = AbortSignal.timeout(ANSWER_MS);
  const answer = await fetch("/still", { headers, signal, cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return null;
  const said = (name) => answer.headers.get(`Mesure-Session-${name}`) ?? "";
  return { left: Number(said("Seconds")) * 1000, account: said("Account"), form: said("Form") };
};

const check = async (headers) => {
  const question = ++questions;
  const answer = await answered(headers);
  if (question < lastAnswered) return;
  if (answer) lastAnswered = question;
  if (!answer) return isPast() ? take(false) : delete root.dataset.covered;
  const isSame = answer.account === holder;
  if (answer.left <= 0 || !isSame) return take(answer.left > 0);
  seenAt = Date.now();
  endsAt = seenAt + answer.left;
  for (const field of document.getElementsByName("csrf")) field.value = answer.form;
  if (isTaken && !document.querySelector("main form")) location.reload();
  delete root.dataset.covered;
};

const ask = () => (asking ??= check({ "Mesure-Background": "1" }).finally(() => (asking = null)));

const look = () => {
  if (isTaken) return;
  if (isPast()) {
    root.dataset.covered = "";
    return ask();
  }
  if (endsAt - Date.now() <= WARNED_MS) return warn();
  const session = document.getElementById("session");
  if (session) session.hidden = true;
};

const comeBack = () => {
  if (document.hidden) return;
  look();
  ask();
};

// The page of a form is shown in another language as a form that was interrupted: with what was typed.
const switchLanguage = async (event) => {
  const form = event.target.getAttribute("action") === "/language" && !event.defaultPrevented ? formToKeep() : null;
  if (!form) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(event.target, event.submitter));
  const answer = await fetch("/language", { method: "POST", body, redirect: "manual" }).catch(() => null);
  delete event.target.dataset.sent; // Without a network nothing was sent, and all stays as it was typed.
  const copy = answer && copyOf(form);
  if (copy) HTMLFormElement.prototype.submit.call(document.body.appendChild(copy));
};

const watch = () => {
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    if (!isTaken) root.dataset.covered = ""; // Who goes back may have signed out since.
    comeBack();
  });
  addEventListener("focus", comeBack);
  addEventListener("mesure:over", comeBack); // What was asked by itself led to the door.
  document.addEventListener("visibilitychange", comeBack);
  document.addEventListener("input", (event) => {
    lastForm = event.target.form ?? lastForm;
    if (endsAt > Date.now() && !isLast && Date.now() - askedAt > WARNED_MS) stay();
  });
  document.addEventListener("submit", switchLanguage);
  setInterval(look, EVERY_MS);
  look();
};
if (own) watch();
