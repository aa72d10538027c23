// Keeps the pages that were read for reading without a network, and says when one is an old copy.

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/portal/worker.js", { scope: "/portal" }).catch(() => {});
}

const offline = document.getElementById("offline");
const say = () => {
  offline.hidden = navigator.onLine;
  for (const form of document.querySelectorAll("main form")) {
    for (const button of form.querySelectorAll("button")) button.disabled = !navigator.onLine;
  }
};
if (offline) {
  addEventListener("online", say);
  addEventListener("offline", say);
  say();
}
