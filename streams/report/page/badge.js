import { h, replace } from "./dom.js";
import { Verdict, proveRecord } from "./proof.js";
import { addressOf } from "./routes.js";

// A badge says what a proof came to, in words, once it was computed here; it leads to the proof itself.

export const SAID = {
  proved: "Proved",
  broken: "Not what was signed",
  unproved: "Not signed yet",
  unable: "Checked by readout audit",
};
const SIGNS = { proved: "✓", broken: "✗", unproved: "○", unable: "◐" };

const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    target.dispatchEvent(new Event("readout-seen"));
  }
});

/** The badge of a record of an article, by its place in the log; it is computed when it comes into sight. */
export function badge(app, article, where) {
  const link = h("a", { class: "badge waiting", href: addressOf("proof", where, { article }) }, "Checking …");
  link.addEventListener("readout-seen", async () => show(link, await app.verdict(article, where)));
  seen.observe(link);
  return link;
}

/** Show a verdict in an element. */
export function show(element, verdict) {
  element.className = `badge ${verdict.state}`;
  element.title = verdict.reason;
  replace(element, h("span", { "aria-hidden": true }, SIGNS[verdict.state]), ` ${SAID[verdict.state]}`);
}

/** The verdict on a record, by what this browser can compute and which key there is. */
export async function verdictOf(app, log) {
  const tree = app.treeOf(log);
  if (!tree?.note) return proveRecord(log, tree, app.key);
  if (app.capable) return proveRecord(log, tree, app.key);
  const { at, complaint, signature } = tree.checked;
  if (complaint) return new Verdict("broken", `Found by readout audit at ${at}: ${complaint}.`);
  const by = signature ? "root and signature" : "root alone, since no public key was given";
  return new Verdict("unable", `Checked by readout audit at ${at} (${by}); this browser cannot compute it again.`);
}
