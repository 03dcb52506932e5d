import { h } from "./dom.js";

// How things are called and written: labels, dates, countries, and texts that might not be what they seem.

export const MODES = {
  call: "Call",
  video: "Video call",
  meeting: "Meeting",
  visit: "Visit",
  letter: "Letter",
  talks: "Talks",
};
export const STATUSES = { held: "Held", planned: "Planned", refused: "Refused", denied: "Denied" };
export const KINDS = { direct: "Quoted", indirect: "Reported", mixed: "Reported with quotes" };
export const TYPES = {
  person: "Person",
  organisation: "Organisation",
  place: "Place",
  group: "Group",
  facility: "Facility",
  event: "Event",
  product: "Product",
  other: "Other",
};
// The parts that words play in records, in the order of `marking.py`.
export const PARTS = [
  "evidence",
  "participant",
  "subject",
  "date",
  "place",
  "reported-by",
  "content",
  "source",
  "cue",
  "addressee",
  "status",
  "mention",
];

const MONTHS = "January February March April May June July August September October November December".split(" ");
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
// Controls, directions and separators: a page obeys some of them, so all are shown. Soft hyphens and joiners are of words.
const OBEYED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const OF_WORDS = new Set(["\n", "\t", "\u00ad", "\u200c", "\u200d"]);
const regions = new Intl.DisplayNames(["en"], { type: "region" });

/** A text from the log as nodes: what would be obeyed (bidi overrides, escape sequences) is shown by its name. */
export function shown(text) {
  if (text === null || text === undefined) return [];
  if (!OBEYED.test(text)) return [text];
  const nodes = [];
  let plain = "";
  for (const sign of text) {
    if (!OBEYED.test(sign) || OF_WORDS.has(sign)) {
      plain += sign;
      continue;
    }
    const name = `U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    nodes.push(plain, h("span", { class: "control", title: "a control character of the text" }, name));
    plain = "";
  }
  return [...nodes, plain];
}

/** The same where only a text will do. */
export function plain(text) {
  return [...(text ?? "")].map((sign) => (OBEYED.test(sign) && !OF_WORDS.has(sign) ? "\ufffd" : sign)).join("");
}

/** A name, kept from turning the direction of what stands around it. */
export function named(text) {
  return h("bdi", {}, shown(text));
}

/** 24 October 2022, October 2022, 2022, week of …, or that no day is said. */
export function dateText(date, precision) {
  if (!date) return "Day not said";
  const [year, month, day] = date.split("-");
  if (!month) return year;
  if (!day) return `${MONTHS[month - 1]} ${year}`;
  const text = `${Number(day)} ${MONTHS[month - 1]} ${year}`;
  return precision === "week" ? `Week of ${text}` : text;
}

/** Monday of a day, where it is one. */
export function weekday(date) {
  return date && date.length === 10 ? DAYS[new Date(`${date}T00:00:00Z`).getUTCDay()] : "";
}

/** A moment of the log, in UTC. */
export function moment(milliseconds) {
  return new Date(milliseconds).toISOString().replace("T", " ").slice(0, 19) + " UTC";
}

/** A day of publication or a moment as the source wrote it. */
export function published(text) {
  return text ? dateText(text.slice(0, 10)) : "no date";
}

/** The English name of a country. */
export function country(code) {
  if (!code) return "";
  try {
    return regions.of(code) ?? code;
  } catch {
    return code;
  }
}

/** 1 contact, 2 contacts. */
export function count(number, what) {
  const plural = what.endsWith("y") ? `${what.slice(0, -1)}ies` : `${what}s`;
  return `${number.toLocaleString("en")} ${number === 1 ? what : plural}`;
}

/** By what a name is found again: as `name_key` in Python. */
export function nameKey(name) {
  return name.toLowerCase().split(/\s+/u).filter(Boolean).join(" ");
}
