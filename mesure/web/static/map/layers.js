// What of a map is shown. The choice is kept on this device until the window is closed: names of layers
// and whether they are on, and nothing about anybody.

const KEPT = "mesure:layers";

const kept = () => {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  } catch {
    return {};
  }
};
const keep = (choice) => {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(choice));
  } catch {
    // A device that keeps nothing shows what the page came with.
  }
};

export const layersOf = (figure, surface) => {
  const switches = [...figure.querySelectorAll("[data-layer]")];
  const choice = kept();
  const apply = ({ checked, dataset: { layer } }) => {
    figure.classList.toggle(`without-${layer}`, !checked);
    surface()?.layer(layer, checked);
  };
  for (const one of switches) {
    one.checked = choice[one.dataset.layer] ?? one.checked;
    one.addEventListener("change", () => {
      keep({ ...kept(), [one.dataset.layer]: one.checked });
      apply(one);
    });
    apply(one);
  }
  return { again: () => switches.forEach(apply) };
};
