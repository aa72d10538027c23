// A map on the whole screen. Escape, or the same button, leads back, and the focus with it.

const open = new WeakMap();

// Whatever stands beside the map or beside what holds it: nothing of it gets the focus meanwhile.
const beside = (figure) => {
  const parts = [];
  for (let part = figure; part !== document.body; part = part.parentElement) {
    parts.push(...[...part.parentElement.children].filter((one) => one !== part && !one.inert));
  }
  return parts;
};

const begin = (figure, button) => {
  const rest = beside(figure);
  const look = (isFull) => {
    figure.classList.toggle("is-full", isFull);
    document.documentElement.classList.toggle("has-full", isFull);
    button.setAttribute("aria-pressed", String(isFull));
    for (const part of rest) part.inert = isFull;
  };
  const end = () => {
    look(false);
    open.delete(figure);
    removeEventListener("keydown", key);
    document.removeEventListener("fullscreenchange", changed);
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    button.focus({ preventScroll: true });
    figure.scrollIntoView({ block: "nearest" });
  };
  const key = (event) => event.key === "Escape" && end();
  const changed = () => !document.fullscreenElement && open.has(figure) && end();
  open.set(figure, end);
  addEventListener("keydown", key);
  look(true);
  // Where the device allows it, the bars of the browser go too; where not, the page does without.
  figure.requestFullscreen?.().then(
    () => document.addEventListener("fullscreenchange", changed),
    () => {},
  );
};

export const toggle = ({ figure, button }) => (open.get(figure) ?? (() => begin(figure, button)))();
