// Elements and texts. Whatever an article says reaches the page as a text node, and in no other way.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes (functions listen, null and false are left out) and children. */
export function h(name, attributes, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** The same in SVG. */
export function svg(name, attributes, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

/** Append elements and texts; lists are taken apart, null is left out. */
export function append(parent, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    parent.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Put other children in the place of those that are there. */
export function replace(parent, ...children) {
  parent.replaceChildren();
  append(parent, children);
}

/** Say something to those who listen instead of looking. */
export function tell(text) {
  document.getElementById("told").textContent = text;
}

/** Hand somebody a file that was made here. */
export function download(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
