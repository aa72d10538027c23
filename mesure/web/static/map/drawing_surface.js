// The drawing that the server made, as something that shows a fix and that can be measured on.

export const drawn = (name, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

export const drawingSurface = (svg, fixes) => {
  const [west, south, east, north, metres] = svg.dataset.frame.split(" ").map(Number);
  const { width, height } = svg.viewBox.baseVal;
  // The short way round, where the edge of the world runs through the drawing.
  const place = ([lon, lat]) => [
    (((((lon - west + 540) % 360) - 180) / (east - west)) * width),
    ((north - lat) / (north - south)) * height,
  ];
  const disc = drawn("circle", { class: "here-disc", r: 0 });
  const here = drawn("circle", { class: "here", r: 0 });
  svg.append(disc, here);
  let numbers = null;

  const number = () => {
    numbers = drawn("g", { class: "numbers", "aria-hidden": "true" });
    svg.append(numbers);
    const taken = [];
    let letter = 0; // How large letters are here, in the units of the drawing.
    for (const fix of fixes) {
      const [x, y] = place(fix.at);
      const half = String(fix.number).length * letter * 0.35;
      const isOn = ([a, b, other]) => Math.abs(a - x) < half + other && Math.abs(b - y) < letter;
      if (taken.some(isOn)) continue;
      const text = drawn("text", { x, y: y - 8 });
      text.textContent = fix.number;
      numbers.append(text);
      letter ||= parseFloat(getComputedStyle(text).fontSize);
      taken.push([x, y, String(fix.number).length * letter * 0.35]);
    }
  };

  return {
    at: (fix) => {
      const [x, y] = place(fix.at);
      for (const circle of [disc, here]) {
        circle.setAttribute("cx", x);
        circle.setAttribute("cy", y);
      }
      here.setAttribute("r", 9);
      disc.setAttribute("r", fix.radius ? fix.radius / metres : 0);
    },
    layer: (name, isOn) => {
      if (name !== "numbers") return; // The style sheet knows the others.
      if (isOn && !numbers) number();
      numbers?.toggleAttribute("hidden", !isOn);
    },
    // To and from points of the screen.
    toScreen: (at) => {
      const point = new DOMPoint(...place(at)).matrixTransform(svg.getScreenCTM());
      return [point.x, point.y];
    },
    toGround: ([x, y]) => {
      const point = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse());
      return [west + (point.x / width) * (east - west), north - (point.y / height) * (north - south)];
    },
    changed: () => {},
  };
};
