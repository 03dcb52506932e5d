import { acrossView, toldView } from "./across.js";
import { articleView } from "./article.js";
import { verdictOf } from "./badge.js";
import { contactsView, exports, pages } from "./contacts.js";
import { h, replace, tell } from "./dom.js";
import { exportLink } from "./export.js";
import { choice, filterForm, words } from "./filters.js";
import { countryView, nameView, namesView } from "./names.js";
import { networkView } from "./network.js";
import { articlesView, overviewView, searchView } from "./overview.js";
import { canVerify, readKey } from "./proof.js";
import { findRecord, proofView } from "./proofs.js";
import { addressOf, currentRoute, go, isLive, onRoute } from "./routes.js";
import { statementsView } from "./statements.js";
import { FileStore } from "./store-file.js";
import { LiveStore } from "./store-live.js";
import { moment, shown } from "./words.js";

// The page: what the address names is drawn, when it is named and not before.

const VIEWS = {
  overview: [overviewView, "Overview"],
  contacts: [contactsView, "Contacts"],
  across: [acrossView, "Across reports"],
  network: [networkView, "Network"],
  statements: [statementsView, "Statements"],
  names: [namesView, "Names"],
  articles: [(app, route) => articlesView(app, route, { choice, exports, filterForm, pages, words }), "Articles"],
  proof: [proofView, "Proof"],
  told: [toldView, null],
  name: [nameView, null],
  country: [countryView, null],
  article: [articleView, null],
  search: [searchView, null],
};
const PARENTS = { told: "across", name: "names", country: "names", article: "articles" };
const MOST_DOCUMENTS = 40;

class App {
  constructor() {
    this.store = isLive() ? new LiveStore((news) => this.follow(news)) : new FileStore();
    this.documents = new Map();
    this.verdicts = new Map();
    this.titles = new Map();
    this.countries = new Set();
    this.drawn = 0;
  }

  async start() {
    this.about = await this.store.about();
    this.capable = await canVerify();
    this.key = this.about.key && this.capable ? await readKey(this.about.key).catch(() => null) : null;
    await this.learn();
    this.frame();
    onRoute(() => this.draw());
    await this.draw();
  }

  /** What rows alone do not say: titles of articles, and which countries there are. */
  async learn() {
    for (const row of this.about.articles ?? []) this.titles.set(row.id, row.title);
    for (const code of this.about.countries ?? []) this.countries.add(code);
  }

  exportLink(view, filters, form) {
    return exportLink(this, view, filters, form);
  }

  /** An article with all its records; the last few are kept. */
  document(id) {
    if (!this.documents.has(id)) {
      this.documents.set(id, this.store.article(id));
      if (this.documents.size > MOST_DOCUMENTS) this.documents.delete(this.documents.keys().next().value);
    }
    return this.documents.get(id);
  }

  treeOf(log) {
    return this.about.trees.find((tree) => tree.topic === log.topic && tree.partition === log.partition);
  }

  /** What the proof of one record comes to, computed once. */
  async verdict(article, where) {
    if (!this.verdicts.has(where)) this.verdicts.set(where, this.computed(article, where));
    return this.verdicts.get(where);
  }

  async computed(article, where) {
    const document = await this.document(article);
    const found = document && findRecord(document, where);
    return found ? verdictOf(this, found.log) : { state: "unproved", reason: "The record is not in here.", steps: [] };
  }

  /** The verdicts on all records of an article, and on its revisions. */
  async verdictsOf(article) {
    const document = await this.store.article(article);
    return Promise.all([...document.revisions, ...document.records].map((one) => verdictOf(this, one.log)));
  }

  forgetVerdicts() {
    this.verdicts.clear();
  }

  /** Draw the view that the address names; one that was asked for later wins. */
  async draw({ stay = false } = {}) {
    const route = currentRoute();
    const [view, title] = VIEWS[route.view] ?? [unknownView, null];
    const number = ++this.drawn;
    let content;
    try {
      content = await view(this, route);
    } catch (error) {
      content = [h("h1", {}, "This view cannot be shown"), h("p", { class: "problem", role: "alert" }, error.message)];
    }
    if (number !== this.drawn) return;
    const main = document.getElementById("main");
    const focus = focusedField(main);
    replace(main, content);
    const heading = main.querySelector("h1")?.textContent ?? title;
    document.title = `${heading} · Readout`;
    markCurrent(PARENTS[route.view] ?? route.view);
    if (focus) restore(main, focus);
    else if (!stay && this.wasDrawn) arrive(main, route);
    this.wasDrawn = true;
    document.documentElement.dataset.ready = route.view;
  }

  /** The frame around all views. */
  frame() {
    document.querySelector(".brand").setAttribute("href", addressOf("overview"));
    const isShown = (view) => view !== "overview" && (view !== "across" || this.about.across);
    const named = Object.entries(VIEWS).filter(([view, [, title]]) => title && isShown(view));
    replace(
      document.getElementById("views"),
      named.map(([view, [, title]]) => h("a", { href: addressOf(view), "data-view": view }, title)),
    );
    document.querySelector(".skip").addEventListener("click", (event) => {
      event.preventDefault();
      document.getElementById("main").focus();
    });
    document.getElementById("find").addEventListener("submit", (event) => {
      event.preventDefault();
      go(addressOf("search", null, { words: document.getElementById("find-words").value.trim() }));
    });
    this.foot();
  }

  foot() {
    const { at, log, version, key, across } = this.about;
    replace(
      document.getElementById("foot"),
      h("p", {}, isLive() ? "Live from " : "Made from ", h("code", {}, shown(log)), isLive() ? null : ` at ${at}`, ` by Readout ${version}.`),
      h("p", {}, key ? ["Proofs are checked in this page against ", h("code", {}, key), "."] : "No public key was given: nothing is checked against a signature until you paste one."),
      across ? null : h("p", {}, "The log has no consolidated contacts: each report of one call stands by itself here."),
    );
  }

  /** More has arrived: draw again, where somebody reads no article of his own. */
  async follow(news) {
    this.about = await this.store.about();
    for (const id of news.articles) this.documents.delete(id);
    this.forgetVerdicts();
    tell(`The log has grown: ${news.records.toLocaleString("en")} records at ${moment(Date.now())}`);
    const { view, name } = currentRoute();
    if (view === "article" && !news.articles.includes(name)) return;
    if (["proof", "search"].includes(view)) return;
    await this.draw({ stay: true });
  }
}

function unknownView() {
  return [h("h1", {}, "No such view"), h("p", {}, h("a", { href: addressOf("overview") }, "Back to the overview"))];
}

function markCurrent(view) {
  for (const link of document.querySelectorAll("#views a")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** Which field somebody is typing in, to put the cursor back after the view was drawn again. */
function focusedField(main) {
  const field = document.activeElement;
  if (!main.contains(field) || !field.name) return null;
  return { name: field.name, at: field.type === "search" ? field.selectionStart : null };
}

function restore(main, { name, at }) {
  const field = main.querySelector(`[name="${name}"]`);
  field?.focus({ preventScroll: true });
  if (at !== null) field?.setSelectionRange(at, at);
}

function arrive(main, route) {
  if (route.filters.record) return;
  main.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

new App().start().catch((error) => {
  replace(document.getElementById("main"), h("p", { class: "problem", role: "alert" }, `The page cannot be shown: ${error.message}`));
});
