// Plays the fixes one after the other, as much faster than they came as was chosen.

const WAIT_MS = 2000; // The longest stop at one fix: a silence is said in words, not waited for.
const CALM_MS = 1000; // The shortest, for people whose device asks for little motion.
const FRAME_MS = 40;

export const playback = (figure, words, { fixes, now, to, said }) => {
  const button = figure.querySelector("[data-play]");
  const speed = figure.querySelector("[data-speed]");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let timer = 0;
  let from = 0; // Since when, and at which second of the axis, this speed runs.
  let second = 0;

  const look = () => {
    const isOn = timer !== 0;
    button.setAttribute("aria-label", isOn ? words.pause : words.play);
    button.title = isOn ? words.pause : words.play;
    button.classList.toggle("is-on", isOn);
    said.setAttribute("aria-live", isOn ? "off" : "polite"); // Ten fixes a second cannot be read aloud.
  };
  const pause = () => {
    if (!timer) return;
    clearTimeout(timer);
    timer = 0;
    look();
    to(now()); // What it stopped at is said.
  };
  const run = () => {
    const fix = fixes[now()];
    const next = fixes[now() + 1];
    if (!next) return pause();
    const wait = ((next.seconds - fix.seconds) / Number(speed.value)) * 1000;
    const shortest = calm.matches ? CALM_MS : FRAME_MS;
    timer = setTimeout(() => {
      // Several that came within one frame are one step: the last of them.
      second += ((performance.now() - from) / 1000) * Number(speed.value);
      from = performance.now();
      let index = now() + 1;
      if (!calm.matches) while (fixes[index + 1] && fixes[index + 1].seconds <= second) index += 1;
      second = Math.max(second, fixes[index].seconds);
      to(index);
      run();
    }, Math.min(Math.max(wait, shortest), WAIT_MS));
  };
  const play = () => {
    if (now() === fixes.length - 1) to(0);
    second = fixes[now()].seconds;
    from = performance.now();
    run();
    look();
  };
  const toggle = () => (timer ? pause() : play());
  button.addEventListener("click", toggle);
  document.addEventListener("visibilitychange", () => document.hidden && pause());
  look();
  return { pause, toggle, isOn: () => timer !== 0 };
};
