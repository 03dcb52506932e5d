// Every view has an address: behind the # in a file, a path where pages are served.

const live = document.documentElement.dataset.mode === "live";

/** Is this served, or a file? */
export function isLive() {
  return live;
}

/** The address of a view: /view/name?filters. */
export function addressOf(view, name = null, filters = {}) {
  const path = [view === "overview" ? "" : view, ...(name === null ? [] : [encodeURIComponent(name)])].join("/");
  const asked = Object.entries(filters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const query = new URLSearchParams(asked).toString();
  return `${live ? "/" : "#/"}${path}${query ? `?${query}` : ""}`;
}

/** The view that the address bar names: {view, name, filters}. */
export function currentRoute() {
  const text = live ? location.pathname + location.search : location.hash.replace(/^#/, "");
  const [path, query] = [text.split("?", 1)[0], text.includes("?") ? text.slice(text.indexOf("?") + 1) : ""];
  const [view, name] = path.split("/").filter(Boolean);
  return {
    view: view || "overview",
    name: name === undefined ? null : decoded(name),
    filters: Object.fromEntries(new URLSearchParams(query)),
  };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Go to an address; `quietly` without a step in the history, for filters that change while somebody types. */
export function go(address, { quietly = false } = {}) {
  if (live || quietly) history[quietly ? "replaceState" : "pushState"](null, "", address);
  else if (location.hash === address) return;
  else {
    location.hash = address;
    return;
  }
  window.dispatchEvent(new Event("readout-route"));
}

/** Call when the address changes, by whatever. */
export function onRoute(follow) {
  window.addEventListener("readout-route", () => follow());
  window.addEventListener("popstate", () => follow());
  if (!live) window.addEventListener("hashchange", () => follow());
  else document.addEventListener("click", (event) => stayHere(event));
}

/** Links between served views need no new page. */
function stayHere(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const href = link.getAttribute("href");
  if (!href.startsWith("/") || href.startsWith("/export/") || link.hasAttribute("download")) return;
  event.preventDefault();
  go(href);
}
