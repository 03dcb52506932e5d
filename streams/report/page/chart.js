import { append, h, svg } from "./dom.js";
import { count, dateText } from "./words.js";

// Contacts over time: bars of days, weeks, months or years; a stretch is chosen by dragging, a bar, or keys.

const DAY = 86_400_000;
const HEIGHT = 96;
const WIDTH = 960;
const STEPS = { day: 1, week: 7, month: 30.4, year: 365.25 };
const MOST_BARS = 92;

const dayOf = (text) => Date.parse(`${text}T00:00:00Z`) / DAY;
const textOf = (number) => new Date(number * DAY).toISOString().slice(0, 10);

/** A chart of [first day, how many]; `choose(start, end)` is called with days, both included. */
export function timeline(days, choose) {
  const known = days.filter(([day]) => day);
  if (!known.length) return null;
  const bars = barsOf(known);
  const most = Math.max(...bars.map((bar) => bar.count));
  const width = WIDTH / bars.length;
  const chart = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "group" });
  chart.setAttribute("aria-label", "Contacts over time; arrow keys move, Enter chooses a bar");
  const rects = bars.map((bar, place) => barOf(bar, place, width, most, choose));
  append(chart, rects);
  rove(chart, rects);
  dragOver(chart, bars, choose);
  return h(
    "figure",
    { class: "timeline" },
    chart,
    h(
      "figcaption",
      {},
      h("span", {}, dateText(bars[0].start)),
      h("span", { class: "hint" }, `a bar is a ${bars.step}; drag or press Enter to zoom`),
      h("span", {}, dateText(bars.at(-1).end)),
    ),
  );
}

/** Zoom buttons for a stretch of days. */
export function zoomButtons({ start, end }, choose) {
  const [first, last] = [dayOf(start), dayOf(end)];
  const length = last - first + 1;
  const quarter = Math.max(Math.floor(length / 4), length > 2 ? 1 : 0);
  const move = (by) => choose(textOf(first + by), textOf(last + by));
  const button = (label, text, act) => h("button", { type: "button", "aria-label": label, title: label, click: act }, text);
  return h(
    "div",
    { class: "zoom", role: "group", "aria-label": "Zoom" },
    button("Earlier", "←", () => move(-length)),
    button("Zoom out", "−", () => choose(textOf(first - length), textOf(last + length))),
    button("Zoom in", "+", () => choose(textOf(first + quarter), textOf(Math.max(first + quarter, last - quarter)))),
    button("Later", "→", () => move(length)),
  );
}

function barsOf(known) {
  const [first, last] = [dayOf(known[0][0]), dayOf(known.at(-1)[0])];
  const step = Object.keys(STEPS).find((one) => (last - first) / STEPS[one] < MOST_BARS) ?? "year";
  const bars = [];
  let start = startOf(first, step);
  while (start <= last) {
    const next = nextOf(start, step);
    bars.push({ start: textOf(start), end: textOf(next - 1), count: 0, from: start });
    start = next;
  }
  // Few days look like days only if they are not as wide as the page.
  while (bars.length < 14) {
    const next = nextOf(start, step);
    bars.push({ start: textOf(start), end: textOf(next - 1), count: 0, from: start });
    start = next;
    const before = startOf(bars[0].from - 1, step);
    bars.unshift({ start: textOf(before), end: textOf(bars[0].from - 1), count: 0, from: before });
  }
  let place = 0;
  for (const [day, number] of known) {
    while (place + 1 < bars.length && dayOf(day) >= bars[place + 1].from) place += 1;
    bars[place].count += number;
  }
  bars.step = step;
  return bars;
}

function startOf(day, step) {
  const date = new Date(day * DAY);
  if (step === "week") return day - ((date.getUTCDay() + 6) % 7);
  if (step === "month") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth()) / DAY;
  return step === "year" ? Date.UTC(date.getUTCFullYear(), 0) / DAY : day;
}

function nextOf(day, step) {
  const date = new Date(day * DAY);
  if (step === "month") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) / DAY;
  if (step === "year") return Date.UTC(date.getUTCFullYear() + 1, 0) / DAY;
  return day + STEPS[step];
}

function barOf(bar, place, width, most, choose) {
  const height = bar.count ? Math.max(4, (bar.count / most) * (HEIGHT - 8)) : 1;
  const when = bar.start === bar.end ? dateText(bar.start) : `${dateText(bar.start)} to ${dateText(bar.end)}`;
  const label = `${when}: ${count(bar.count, "contact")}`;
  const size = { x: place * width + width * 0.1, y: HEIGHT - height, width: width * 0.8, height };
  const act = () => choose(bar.start, bar.end);
  return svg(
    "g",
    {
      class: bar.count ? "bar" : "bar empty",
      role: "button",
      tabindex: -1,
      "aria-label": label,
      click: act,
      keydown: (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          act();
        }
      },
    },
    svg("title", {}, label),
    svg("rect", { x: place * width, y: 0, width, height: HEIGHT, class: "reach" }),
    svg("rect", { ...size, class: "value", rx: 1.5 }),
  );
}

/** One stop of the Tab key for many elements; arrow keys go from one to the next. */
export function rove(group, elements) {
  const stop = elements.find((one) => !one.classList.contains("empty")) ?? elements[0];
  stop?.setAttribute("tabindex", 0);
  group.addEventListener("keydown", (event) => {
    const at = elements.indexOf(event.target.closest("[tabindex]"));
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: elements.length - 1 };
    const next = elements[to[event.key]];
    if (at < 0 || !next) return;
    event.preventDefault();
    for (const one of elements) one.setAttribute("tabindex", one === next ? 0 : -1);
    next.focus();
  });
}

function dragOver(chart, bars, choose) {
  let from = null;
  const shade = svg("rect", { class: "shade", y: 0, height: HEIGHT, width: 0, x: 0 });
  const placeOf = (event) => {
    const box = chart.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    return Math.min(bars.length - 1, Math.max(0, Math.floor(part * bars.length)));
  };
  chart.append(shade);
  chart.addEventListener("pointerdown", (event) => {
    from = placeOf(event);
  });
  chart.addEventListener("pointermove", (event) => {
    if (from === null) return;
    const [first, last] = [from, placeOf(event)].sort((one, other) => one - other);
    shade.setAttribute("x", (first * WIDTH) / bars.length);
    shade.setAttribute("width", first === last ? 0 : ((last - first + 1) * WIDTH) / bars.length);
  });
  window.addEventListener("pointerup", (event) => {
    if (from === null || !chart.isConnected) return;
    const [first, last] = [from, placeOf(event)].sort((one, other) => one - other);
    from = null;
    if (first !== last) choose(bars[first].start, bars[last].end);
  });
}
