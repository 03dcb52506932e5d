import { append, h, replace } from "./dom.js";
import { addressOf, currentRoute, go } from "./routes.js";
import { named } from "./words.js";

// The form above a list: every field is a part of the address, so that a view can be kept and passed on.

let waiting = null;

/** A form of fields; each changes its filter of the address. */
export function filterForm(view, name, filters, fields) {
  const form = h("form", { class: "filters", "aria-label": "Filters", submit: (event) => event.preventDefault() });
  const set = (changes, quietly = false) => go(changedAddress(changes), { quietly });
  append(form, fields.map((field) => field(filters, set)));
  const some = Object.entries(filters).some(([one, value]) => value && one !== "record");
  if (some) form.append(h("a", { class: "clear", href: addressOf(view, name) }, "Clear filters"));
  return form;
}

function changedAddress(changes) {
  const route = currentRoute();
  return addressOf(route.view, route.name, { ...route.filters, ...changes });
}

/** One of some values: `choices` are [value, text, how many]. */
export function choice(filter, label, choices) {
  return (filters, set) => {
    const options = choices
      .filter(([value, , number]) => number || value === filters[filter])
      .map(([value, text, number]) => {
        const said = number === undefined || number === true ? text : `${text} (${number.toLocaleString("en")})`;
        return h("option", { value, selected: value === filters[filter] }, said);
      });
    const change = (event) => set({ [filter]: event.target.value });
    return labelled(label, h("select", { name: filter, change }, h("option", { value: "" }, "All"), options));
  };
}

/** A day. */
export function day(filter, label) {
  return (filters, set) => {
    const change = (event) => set({ [filter]: event.target.value });
    return labelled(label, h("input", { type: "date", name: filter, value: filters[filter] ?? "", change }));
  };
}

/** Words that are typed; the view follows when the typing rests. */
export function words(filter, label) {
  return (filters, set) => {
    const input = (event) => {
      clearTimeout(waiting);
      waiting = setTimeout(() => set({ [filter]: event.target.value.trim() }, true), 250);
    };
    const field = { type: "search", name: filter, value: filters[filter] ?? "", input, autocomplete: "off" };
    return labelled(label, h("input", field));
  };
}

/** Somebody, by name: what is typed is completed from the names that there are. */
export function somebody(app, filter, label, known) {
  return (filters, set) => {
    if (filters[filter]) return chosen(filter, label, named(known?.person?.name ?? filters[filter]))(filters, set);
    const list = h("datalist", { id: `names-${filter}` });
    const found = new Map();
    const take = (text) => found.has(text) && set({ [filter]: found.get(text) });
    const input = async (event) => {
      const text = event.target.value.trim();
      if (take(text) || text.length < 2) return;
      for (const one of (await app.store.people({ words: text }, 0, 30)).rows) found.set(one.name ?? one.key, one.key);
      replace(list, [...found.keys()].map((name) => h("option", { value: name })));
      // Whoever chooses faster than the names arrive has typed one of them whole.
      take(event.target.value.trim());
    };
    const field = { name: filter, list: list.id, input, autocomplete: "off", placeholder: "a name" };
    return labelled(label, [h("input", field), list]);
  };
}

/** A filter that another view has set, with a way to take it back. */
export function chosen(filter, label, text) {
  return (filters, set) =>
    filters[filter] &&
    h(
      "p",
      { class: "chosen" },
      h("span", { class: "label" }, label),
      h("span", { class: "value" }, text),
      h("button", { type: "button", "aria-label": `Remove ${label}`, click: () => set({ [filter]: "" }) }, "×"),
    );
}

function labelled(text, field) {
  return h("label", {}, h("span", { class: "label" }, text), field);
}
