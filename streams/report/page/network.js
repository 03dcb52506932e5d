import { append, h, svg } from "./dom.js";
import { contactDays, countryChoice, exports, pages } from "./contacts.js";
import { choice, chosen, day, filterForm, somebody } from "./filters.js";
import { rove } from "./chart.js";
import { pairOf } from "./rows.js";
import { addressOf, go } from "./routes.js";
import { MODES, STATUSES, count, country, named, plain } from "./words.js";

// Who was in contact with whom: a drawing of at most 200 names, and the same pairs as a table.

const MOST_NODES = 200;
const WIDTH = 960;
const ROUNDS = 260;

/** The view of the network of the contacts that fit. */
export async function networkView(app, { filters }) {
  const { pair, ...others } = filters;
  const [found, contacts] = await Promise.all([
    app.store.network(others),
    pair ? app.store.contacts(filters, 0, 50) : app.store.contacts(others, 0, 1),
  ]);
  const { nodes, edges, left } = graphOf(found);
  const person = { person: found.people[filters.person] };
  return [
    h("div", { class: "title" }, h("h1", {}, "Network"), exports(app, "network", others)),
    filterForm("network", null, filters, [
      somebody(app, "person", "Person", person),
      chosen("pair", "Between", named((pair ?? "").split("\t").map((key) => found.people[key]?.name ?? key).join(" and "))),
      choice("mode", "How", Object.entries(MODES).map(([one, text]) => [one, text, true])),
      choice("status", "Status", Object.entries(STATUSES).map(([one, text]) => [one, text, true])),
      countryChoice(app, contacts.rows),
      day("start", "From"),
      day("end", "To"),
    ]),
    left || found.more
      ? h("p", { class: "note" }, `Shown are the ${nodes.length} names with most contacts. Filter to see the others.`)
      : null,
    nodes.length ? drawing(nodes, edges, filters) : h("p", { class: "note" }, "Nobody was in contact here."),
    pair ? pairContacts(app, filters, contacts) : null,
    edges.length ? pairTable(edges, filters) : null,
  ];
}

function graphOf({ pairs, people }) {
  const weights = new Map();
  for (const [first, second, times] of pairs) {
    for (const key of [first, second]) weights.set(key, (weights.get(key) ?? 0) + times);
  }
  const keys = [...weights.keys()].sort((one, other) => weights.get(other) - weights.get(one) || (one < other ? -1 : 1));
  const nodes = keys.slice(0, MOST_NODES).map((key) => ({
    key,
    name: people[key]?.name ?? key,
    country: people[key]?.country,
    weight: weights.get(key),
  }));
  const places = new Map(nodes.map((node, place) => [node.key, place]));
  const edges = pairs
    .filter(([first, second]) => places.has(first) && places.has(second) && first !== second)
    .map(([first, second, times]) => ({ first: nodes[places.get(first)], second: nodes[places.get(second)], times }));
  return { nodes, edges, left: keys.length - nodes.length };
}

/** Where each name stands: always the same for the same contacts, found by pushing apart and pulling together. */
function layOut(nodes, edges, height) {
  const space = Math.sqrt((WIDTH * height) / Math.max(nodes.length, 6)) * 0.6;
  nodes.forEach((node, place) => {
    const [angle, far] = [place * 2.399963, Math.sqrt(place / nodes.length) * height * 0.42];
    Object.assign(node, { x: far * Math.cos(angle) * 1.6, y: far * Math.sin(angle) });
  });
  for (let round = 0; round < ROUNDS; round += 1) {
    const heat = (1 - round / ROUNDS) * space * 0.25;
    for (const node of nodes) [node.dx, node.dy] = [-node.x * 0.5, -node.y * 0.5 * (WIDTH / height)];
    pushApart(nodes, space);
    for (const { first, second } of edges) pull(first, second, space);
    for (const node of nodes) move(node, heat);
  }
  spread(nodes, "x", 100, WIDTH - 100);
  spread(nodes, "y", 30, height - 44);
}

/** Let the places of all nodes fill the drawing. */
function spread(nodes, axis, from, to) {
  const places = nodes.map((node) => node[axis]);
  const [least, most] = [Math.min(...places), Math.max(...places)];
  const scale = (to - from) / Math.max(most - least, 1);
  for (const node of nodes) node[axis] = from + (node[axis] - least) * scale;
}

function pushApart(nodes, space) {
  for (let i = 0; i < nodes.length; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const [dx, dy] = [nodes[i].x - nodes[j].x || 0.01 * (i - j), nodes[i].y - nodes[j].y || 0.01];
      const square = Math.max(dx * dx + dy * dy, 1);
      const force = (space * space) / square;
      nodes[i].dx += dx * force;
      nodes[i].dy += dy * force;
      nodes[j].dx -= dx * force;
      nodes[j].dy -= dy * force;
    }
  }
}

function pull(first, second, space) {
  const [dx, dy] = [second.x - first.x, second.y - first.y];
  const force = Math.hypot(dx, dy) / space;
  first.dx += dx * force * 0.6;
  first.dy += dy * force * 0.6;
  second.dx -= dx * force * 0.6;
  second.dy -= dy * force * 0.6;
}

function move(node, heat) {
  const length = Math.hypot(node.dx, node.dy) || 1;
  const by = Math.min(length, heat) / length;
  node.x += node.dx * by;
  node.y += node.dy * by;
}

function drawing(nodes, edges, filters) {
  const height = nodes.length <= 12 ? 340 : nodes.length <= 60 ? 520 : 680;
  layOut(nodes, edges, height);
  const many = nodes.length > 60;
  const most = Math.max(...nodes.map((node) => node.weight));
  const lines = edges.map((edge) => edgeOf(edge, filters));
  const dots = nodes.map((node, place) => nodeOf(node, most, many && place >= 40));
  const graph = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "graph", role: "group" });
  graph.setAttribute("aria-label", `Network of ${nodes.length} names; arrow keys move, Enter opens`);
  append(graph, [lines, dots]);
  rove(graph, [...dots, ...lines]);
  for (const dot of dots) {
    const near = () => light(graph, dot.dataset.key, edges);
    dot.addEventListener("pointerenter", near);
    dot.addEventListener("focus", near);
    for (const leave of ["pointerleave", "blur"]) dot.addEventListener(leave, () => graph.classList.remove("near"));
  }
  return h("div", { class: "graph-frame" }, graph);
}

function light(graph, key, edges) {
  const near = new Set([key]);
  for (const { first, second } of edges) {
    if (first.key === key) near.add(second.key);
    if (second.key === key) near.add(first.key);
  }
  graph.classList.add("near");
  for (const one of graph.querySelectorAll(".node")) one.classList.toggle("lit", near.has(one.dataset.key));
  for (const one of graph.querySelectorAll(".edge")) one.classList.toggle("lit", one.dataset.pair.split("\t").includes(key));
}

const opens = (act) => (event) => {
  if (event.type === "click" || event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    act();
  }
};

function edgeOf({ first, second, times }, filters) {
  const pair = pairOf(first.key, second.key);
  const act = opens(() => go(addressOf("network", null, { ...filters, pair })));
  const ends = { x1: first.x, y1: first.y, x2: second.x, y2: second.y };
  const label = `${plain(first.name)} and ${plain(second.name)}: ${count(times, "contact")}`;
  return svg(
    "g",
    {
      class: filters.pair === pair ? "edge chosen" : "edge",
      "data-pair": pair,
      role: "button",
      tabindex: -1,
      "aria-label": label,
      click: act,
      keydown: act,
    },
    svg("title", {}, label),
    svg("line", { ...ends, class: "reach" }),
    svg("line", { ...ends, class: "value", "stroke-width": Math.min(1.2 + Math.log2(times) * 1.4, 8) }),
  );
}

function nodeOf(node, most, quiet) {
  const radius = 7 + 13 * Math.sqrt(node.weight / most);
  const label = `${plain(node.name)}${node.country ? `, ${country(node.country)}` : ""}: ${count(node.weight, "contact")}`;
  const act = opens(() => go(addressOf("name", node.key)));
  const name = plain(node.name);
  return svg(
    "g",
    {
      class: quiet ? "node quiet" : "node",
      "data-key": node.key,
      role: "link",
      tabindex: -1,
      transform: `translate(${node.x.toFixed(1)} ${node.y.toFixed(1)})`,
      click: act,
      keydown: act,
    },
    svg("title", {}, label),
    svg("circle", { r: radius.toFixed(1) }),
    node.country && radius > 10 ? svg("text", { class: "code", dy: "0.35em", "aria-hidden": true }, node.country) : null,
    svg("text", { class: "name", y: (radius + 13).toFixed(1) }, name.length > 26 ? `${name.slice(0, 25)}…` : name),
  );
}

function pairContacts(app, filters, found) {
  return h(
    "section",
    { class: "pair", "aria-label": "Contacts of the chosen pair" },
    h("p", { class: "sum" }, `${count(found.total, "contact")} of this pair`),
    pages(found, (offset) => app.store.contacts(filters, offset, 50), (rows) => contactDays(app, rows)),
  );
}

function pairTable(edges, filters) {
  const rows = edges.slice(0, 100).map(({ first, second, times }) =>
    h(
      "tr",
      {},
      h("td", {}, h("a", { href: addressOf("name", first.key) }, named(first.name))),
      h("td", {}, h("a", { href: addressOf("name", second.key) }, named(second.name))),
      h(
        "td",
        { class: "number" },
        h("a", { href: addressOf("network", null, { ...filters, pair: pairOf(first.key, second.key) }) }, count(times, "contact")),
      ),
    ),
  );
  return h(
    "details",
    { class: "pairs", open: edges.length <= 12 },
    h("summary", {}, `As a table: ${count(edges.length, "pair")}`),
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Who"), h("th", { scope: "col" }, "With whom"), h("th", { scope: "col", class: "number" }, "How often"))),
      h("tbody", {}, rows),
    ),
  );
}
