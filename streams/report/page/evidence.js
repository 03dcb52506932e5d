import { h, replace, tell } from "./dom.js";
import { PARTS, shown } from "./words.js";

// The body with the words of its records marked. The pieces were cut in Python, by code points; here they are only
// shown: a piece knows the marks that cover it, a mark knows its record and part.

const NARROW = window.matchMedia("(max-width: 60rem)");
const KIND_OF = { contact: "contact", statement: "statement", name: "name" };

/** The body of a revision; `records` are all of the article, `title(record)` what one is called. */
export class Evidence {
  constructor(revision, records, title) {
    this.marks = revision.marks;
    this.records = records;
    this.title = title;
    this.pieces = [];
    this.cards = new Map();
    this.body = h("div", { class: "body", role: "group", "aria-label": "The article; arrow keys move from mark to mark" });
    this.peek = h("div", { class: "peek", hidden: true });
    for (const [text, numbers] of revision.segments) this.body.append(this.piece(text, numbers));
    this.stops = this.pieces.filter((one) => one.isStart);
    this.stops[0]?.element.setAttribute("tabindex", 0);
    this.listen();
  }

  /** A card that stands for a record: hovered or focused it lights the record's words. */
  join(record, card) {
    this.cards.set(record, card);
    for (const event of ["pointerenter", "focusin"]) card.addEventListener(event, () => this.light([record]));
    for (const event of ["pointerleave", "focusout"]) card.addEventListener(event, () => this.light([]));
  }

  /** Light the words and cards of records, and nothing else. */
  light(records) {
    const lit = new Set(records);
    this.body.classList.toggle("dimmed", lit.size > 0);
    for (const piece of this.pieces) {
      const parts = piece.marks.filter(([record]) => lit.has(record));
      piece.element.classList.toggle("lit", parts.length > 0);
    }
    for (const [record, card] of this.cards) card.classList.toggle("lit", lit.has(record));
  }

  /** Bring the words of a record into sight and light them. */
  show(record) {
    const first = this.pieces.find((one) => one.marks.some(([owner]) => owner === record));
    this.light([record]);
    first?.element.scrollIntoView({ block: "center" });
    return first?.element;
  }

  piece(text, numbers) {
    if (!numbers.length) return h("span", {}, shown(text));
    const marks = numbers.map((number) => this.marks[number]);
    const kinds = new Set(marks.map(([record]) => KIND_OF[this.records[record].kind]));
    const parts = marks.map(([, part]) => PARTS[part]);
    const element = h("mark", { class: [...kinds, ...new Set(parts)].join(" "), tabindex: -1 }, shown(text));
    const before = this.pieces.at(-1);
    const isStart = numbers.some((number) => !before?.numbers.includes(number));
    this.pieces.push({ element, marks, numbers, isStart });
    return element;
  }

  listen() {
    const pieceOf = (target) => this.pieces.find((one) => one.element === target.closest?.("mark"));
    this.body.addEventListener("pointerover", (event) => this.lightPiece(pieceOf(event.target)));
    this.body.addEventListener("pointerleave", () => this.light([]));
    this.body.addEventListener("focusin", (event) => this.lightPiece(pieceOf(event.target), true));
    this.body.addEventListener("focusout", () => this.light([]));
    this.body.addEventListener("click", (event) => {
      const piece = pieceOf(event.target);
      if (NARROW.matches) this.offer(piece);
      else this.openCard(piece);
    });
    this.body.addEventListener("keydown", (event) => this.move(event));
  }

  lightPiece(piece, aloud = false) {
    const records = piece ? this.innermost(piece) : [];
    this.light(records);
    if (!piece) return;
    if (!NARROW.matches) this.cards.get(records[0])?.scrollIntoView({ block: "nearest" });
    if (aloud) tell(records.map((record) => this.title(record)).join("; "));
  }

  /** The records of a piece, the one with the fewest words first. */
  innermost(piece) {
    const sorted = [...piece.marks].sort((one, other) => one[3] - one[2] - (other[3] - other[2]));
    return [...new Set(sorted.map(([record]) => record))];
  }

  /** Where cards are below the text, say at the edge of the window whose words these are. */
  offer(piece) {
    this.peek.hidden = !piece;
    if (!piece) return;
    this.light(this.innermost(piece));
    const buttons = this.innermost(piece).map((record) => {
      const click = () => {
        this.peek.hidden = true;
        this.cards.get(record)?.scrollIntoView({ block: "center" });
        this.cards.get(record)?.focus();
      };
      return h("button", { type: "button", class: this.records[record].kind, click }, this.title(record));
    });
    replace(this.peek, buttons);
  }

  openCard(piece) {
    const card = piece && this.cards.get(this.innermost(piece)[0]);
    card?.focus();
  }

  move(event) {
    const at = this.stops.findIndex((one) => one.element === event.target);
    if (at < 0) return;
    if (event.key === "Enter") {
      this.openCard(this.stops[at]);
      return;
    }
    const next = this.stops[{ ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1 }[event.key]];
    if (!next) return;
    event.preventDefault();
    this.stops[at].element.setAttribute("tabindex", -1);
    next.element.setAttribute("tabindex", 0);
    next.element.focus();
  }
}
