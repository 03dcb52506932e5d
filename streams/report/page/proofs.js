import { SAID, badge, show } from "./badge.js";
import { placeOf, titleOf } from "./cards.js";
import { h, replace, tell } from "./dom.js";
import { readKey, sha256Hex } from "./proof.js";
import { addressOf } from "./routes.js";
import { count, shown } from "./words.js";

// The proof: against which key, by which checkpoints, and for one record every step, computed in this page.

/** The view of all trees, and of one record where one is named. */
export async function proofView(app, { name: where, filters }) {
  return [
    h("h1", {}, where ? "Proof of a record" : "Proof"),
    where ? await recordProof(app, where, filters.article) : null,
    keyForm(app),
    where ? null : trees(app),
    where ? null : await checkAll(app),
  ];
}

async function recordProof(app, where, article) {
  const document = article ? await app.document(article) : null;
  const found = document && findRecord(document, where);
  if (!found) return h("p", { class: "note" }, shown(where), " is not in here.");
  const { log, record, revision } = found;
  const verdict = await app.verdict(article, where);
  const said = h("p", { class: "verdict" });
  show(said.appendChild(h("span")), verdict);
  said.append(` ${verdict.reason}`);
  const checks = app.capable && document.text ? await wordChecks(document, record, revision) : [];
  return h(
    "section",
    { class: "part" },
    h("p", {}, h("code", {}, where), record ? [" · ", h("a", { href: addressOf("article", article, { record: record.id }) }, titleOf(record))] : " · the article itself"),
    said,
    steps([...verdict.steps, ...checks]),
    record && revision ? h("p", {}, "Its article: ", badge(app, article, placeOf(revision.log))) : null,
    h("p", { class: "hint" }, "How each step is computed: docs/formats.md of Readout. The same by command: readout audit bundle."),
  );
}

function steps(pairs) {
  return h("dl", { class: "steps" }, pairs.map(([term, text]) => [h("dt", {}, term), h("dd", {}, h("code", {}, shown(text)))]));
}

/** The record of an article at a place of the log, or the article itself. */
export function findRecord(document, where) {
  const record = document.records.find((one) => placeOf(one.log) === where);
  if (record) {
    const place = document.records.indexOf(record);
    const revision = document.revisions.find((one) => one.records.includes(place));
    return { log: record.log, record, revision: revision ?? document.revisions.find((one) => one.revision === record.revision) };
  }
  const revision = document.revisions.find((one) => placeOf(one.log) === where);
  return revision ? { log: revision.log, record: null, revision } : null;
}

/** That the words shown are those of the article, and that the record's digest and selectors are of them. */
async function wordChecks(document, record, revision) {
  if (!revision || typeof revision.log.value !== "string") return [];
  const { body } = JSON.parse(revision.log.value);
  const shownText = revision.segments.map(([text]) => text).join("");
  const found = [["Words shown", shownText === body ? "are the article's, to the letter" : "ARE NOT THE ARTICLE'S"]];
  if (!record || typeof record.log.value !== "string") return found;
  const value = JSON.parse(record.log.value);
  const digest = await sha256Hex(body);
  found.push(["Digest of the article", digest === value.text_sha256 ? `${digest}, as the record says` : `${digest}, BUT THE RECORD SAYS ${value.text_sha256}`]);
  const points = [...body];
  const selectors = selectorsOf(value);
  const right = selectors.filter((one) => points.slice(one.start, one.end).join("") === one.exact).length;
  found.push(["Words pointed to", right === selectors.length ? `all ${right} stand where the record says` : `${selectors.length - right} OF ${selectors.length} DO NOT STAND THERE`]);
  const number = document.records.indexOf(record);
  const marked = spans(revision.marks.filter(([owner]) => owner === number).map(([, , start, end]) => [start, end]));
  const told = spans(selectors.map((one) => [one.start, one.end]));
  found.push(["Words marked", marked === told ? "are those that the record points to" : "ARE OTHERS THAN THE RECORD POINTS TO"]);
  return found;
}

const spans = (pairs) => [...new Set(pairs.map((pair) => pair.join("-")))].sort().join(" ");

function selectorsOf(value) {
  if (Array.isArray(value)) return value.flatMap(selectorsOf);
  if (value === null || typeof value !== "object") return [];
  return typeof value.exact === "string" ? [value] : Object.values(value).flatMap(selectorsOf);
}

function keyForm(app) {
  const problem = h("p", { class: "problem", role: "alert" });
  const field = h("textarea", { name: "key", rows: 2, spellcheck: "false", placeholder: "name+id+base64" });
  field.value = app.key?.line ?? "";
  const use = async (event) => {
    event.preventDefault();
    try {
      app.key = await readKey(field.value);
      app.forgetVerdicts();
      app.draw();
    } catch (error) {
      replace(problem, error.message);
    }
  };
  return h(
    "form",
    { class: "key", submit: use },
    h("label", {}, h("span", { class: "label" }, "Public key that proofs are checked against"), field),
    h("p", { class: "hint" }, "Whoever made these pages could have put another key here: compare it with the one that you were given, or paste yours."),
    h("button", { type: "submit" }, "Check against this key"),
    problem,
  );
}

function trees(app) {
  if (!app.about.trees.length) return h("p", { class: "note" }, "The log is empty.");
  const rows = app.about.trees.map((tree) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, h("code", {}, `${tree.topic}/${tree.partition}`)),
      h("td", { class: "number" }, tree.size.toLocaleString("en")),
      h("td", { class: "number" }, tree.note ? tree.signed.toLocaleString("en") : "none"),
      h("td", {}, tree.note ? (tree.checked.complaint ?? "fits what was signed") : "nobody has signed it: readout audit checkpoint"),
    ),
  );
  return h(
    "section",
    { class: "part" },
    h("h2", {}, "Partitions and their checkpoints"),
    h("p", { class: "hint" }, `Found by readout audit at ${app.about.trees[0].checked.at}; the badges compute it again.`),
    h("div", { class: "wide" }, h("table", {}, h("thead", {}, h("tr", {}, ["Partition", "Records", "Signed", "Found"].map((text, place) => h("th", { scope: "col", class: place === 1 || place === 2 ? "number" : null }, text)))), h("tbody", {}, rows))),
  );
}

/** Check every record of the articles that are listed, when asked to. */
async function checkAll(app) {
  const result = h("p", { class: "verdict", role: "status" });
  const found = await app.store.articles({}, 0, 500);
  const run = async (event) => {
    event.target.disabled = true;
    const counts = {};
    for (const [place, row] of found.rows.entries()) {
      for (const verdict of await app.verdictsOf(row.id)) counts[verdict.state] = (counts[verdict.state] ?? 0) + 1;
      if (place % 20 === 19) replace(result, `${place + 1} of ${found.rows.length} articles …`);
    }
    const said = Object.entries(counts).map(([state, number]) => h("span", { class: `badge ${state}` }, `${SAID[state]}: ${number.toLocaleString("en")}`));
    replace(result, said);
    tell(result.textContent);
    event.target.disabled = false;
  };
  return h(
    "section",
    { class: "part" },
    h("h2", {}, "Check everything"),
    h("p", {}, h("button", { type: "button", click: run }, `Check the records of ${count(found.rows.length, "article")} now`)),
    result,
  );
}
