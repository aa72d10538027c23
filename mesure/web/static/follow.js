// Moves through the fixes of an incident: one point of time, on the strips and on the map at once.

const drawn = (name, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

for (const follow of document.querySelectorAll("[data-follow]")) {
  const columns = JSON.parse(document.getElementById(follow.dataset.follow).textContent);
  const names = Object.keys(columns);
  const fixes = columns.x.map((_, at) => Object.fromEntries(names.map((name) => [name, columns[name][at]])));
  const slider = follow.querySelector("input");
  const said = follow.querySelector("output");
  const strips = document.querySelector(".strips");
  const cursors = strips.querySelectorAll(".cursor");
  const map = document.querySelector("svg.map");
  const here = drawn("circle", { class: "here", r: 0 });
  map?.append(here);

  const show = () => {
    const fix = fixes[slider.value];
    for (const cursor of cursors) cursor.setAttribute("d", `M${fix.x} 0V100`);
    here.setAttribute("cx", fix.map_x ?? 0);
    here.setAttribute("cy", fix.map_y ?? 0);
    here.setAttribute("r", fix.map_x === null ? 0 : 9);
    document.dispatchEvent(new CustomEvent("mesure:at", { detail: fix }));
    said.textContent = fix.words;
    slider.setAttribute("aria-valuetext", fix.words);
  };
  slider.addEventListener("input", show);
  strips.addEventListener("pointermove", (event) => {
    const ground = strips.querySelector(".ground svg").getBoundingClientRect();
    const x = ((event.clientX - ground.left) / ground.width) * 1000;
    if (x < 0 || x > 1000) return;
    const near = fixes.map((fix, place) => [Math.abs(fix.x - x), place]);
    slider.value = near.reduce((best, one) => (one[0] < best[0] ? one : best))[1];
    show();
  });
  if (fixes.length) follow.hidden = false;
  if (fixes.length) show();
}
