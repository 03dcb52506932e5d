// Proofs, computed again in this page: leaf, audit path, root, signature. docs/formats.md of Readout has the bytes.

const encoder = new TextEncoder();

/** What a proof may come to: proved, broken, unproved (nobody signed it yet), unable (this browser cannot). */
export class Verdict {
  constructor(state, reason, steps = []) {
    this.state = state;
    this.reason = reason;
    this.steps = steps;
  }
}

/** A public key `name+id+base64`; throws where it is none. */
export async function readKey(line) {
  const found = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(line.trim());
  const data = found ? fromBase64(found[3]) : new Uint8Array();
  if (data.length !== 33 || data[0] !== 1) throw new Error("this is no public key NAME+ID+KEY of a log");
  const id = (await sha256(joined(encoder.encode(`${found[1]}\n`), data))).slice(0, 4);
  if (hex(id) !== found[2]) throw new Error(`a letter of the key is wrong: its id is ${hex(id)}`);
  return { name: found[1], id, raw: data.slice(1), line: line.trim() };
}

/** Can this browser compute sha256 and Ed25519? */
export async function canVerify() {
  if (!globalThis.crypto?.subtle) return false;
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32).fill(1), { name: "Ed25519" }, false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

/** Prove that a record, as it is in the page, was in its partition when the checkpoint of its tree was signed. */
export async function proveRecord(log, tree, key) {
  if (!tree?.note) return new Verdict("unproved", "No checkpoint covers this record: nobody has signed it yet.");
  if (!log.path) {
    const lost = tree.signed > tree.size;
    return lost
      ? new Verdict("broken", `${tree.signed} records were signed, and only ${tree.size} are there.`)
      : new Verdict("unproved", "It was added after the newest checkpoint: nobody has signed it yet.");
  }
  if (!key) return new Verdict("unproved", "No public key is known here: give the one that you were given.");
  const leaf = await leafOf(log);
  const root = await rootOf(leaf, log.leaf, tree.signed, log.path.map(fromBase64));
  const signed = await checkpointOf(tree, key);
  const steps = [
    ["Leaf", hex(leaf)],
    ["Place in the tree", `${log.leaf} of ${tree.signed}, ${log.path.length} hashes to the root`],
    ["Root computed here", root ? base64(root) : "none: the path has a wrong length"],
    ["Root that was signed", signed.root],
    ["Signed by", key.line],
  ];
  if (signed.complaint) return new Verdict("broken", signed.complaint, steps);
  if (!root || base64(root) !== signed.root) {
    return new Verdict("broken", "This is not what was signed: the root is another.", steps);
  }
  return new Verdict("proved", `In the log since the checkpoint of ${tree.signed} records, signed by ${key.name}.`, steps);
}

/** The text of a tree's checkpoint, with its signature checked. */
async function checkpointOf(tree, key) {
  const end = tree.note.lastIndexOf("\n\n");
  const text = tree.note.slice(0, end + 1);
  const [origin, size, root] = text.split("\n");
  const complaint = await complaintOf(tree, key, text, end);
  if (complaint) return { root, complaint };
  if (origin !== key.name + tree.suffix) return { root, complaint: `The checkpoint is of ${origin}.` };
  if (size !== String(tree.signed)) return { root, complaint: "The checkpoint is of another size." };
  return { root, complaint: null };
}

async function complaintOf(tree, key, text, end) {
  const lines = tree.note.slice(end + 2).split("\n").filter(Boolean);
  const ours = lines
    .map((line) => /^\u2014 (\S+) (\S+)$/.exec(line))
    .filter((line) => line && line[1] === key.name)
    .map((line) => fromBase64(line[2]))
    .filter((data) => hex(data.slice(0, 4)) === hex(key.id));
  if (end < 0 || !ours.length) return `The checkpoint is not signed by ${key.name}+${hex(key.id)}.`;
  const imported = await crypto.subtle.importKey("raw", key.raw, { name: "Ed25519" }, false, ["verify"]);
  for (const data of ours) {
    const fits = await crypto.subtle.verify("Ed25519", imported, data.slice(4), encoder.encode(text));
    if (!fits) return "The signature of the checkpoint does not fit its text.";
  }
  return null;
}

async function leafOf(log) {
  const content = log.content ? fromBase64(log.content) : await contentOf(log);
  const place = new DataView(new ArrayBuffer(21));
  place.setInt32(0, log.partition);
  place.setBigInt64(4, BigInt(log.offset));
  place.setInt8(12, log.timestamp_type);
  place.setBigInt64(13, BigInt(log.timestamp));
  const where = new Uint8Array(place.buffer);
  const leaf = joined(encoder.encode("readout leaf 1\n"), framed(encoder.encode(log.topic)), where, content);
  return sha256(joined(new Uint8Array([0]), leaf));
}

function contentOf(log) {
  const headers = log.headers.flatMap(([name, data]) => [framed(encoder.encode(name)), framed(bytesOf(data))]);
  return sha256(
    joined(
      encoder.encode("readout content 1\n"),
      framed(bytesOf(log.key)),
      framed(bytesOf(log.value)),
      length(log.headers.length),
      ...headers,
    ),
  );
}

/** The root that an audit path leads to (RFC 6962, 2.1.1); null where its length is wrong. */
async function rootOf(leaf, index, size, path) {
  let [node, place, last] = [leaf, index, size - 1];
  if (index >= size) return null;
  for (const sibling of path) {
    if (last === 0) return null;
    if (place % 2 === 1 || place === last) {
      node = await nodeOf(sibling, node);
      while (place && place % 2 === 0) [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
    } else node = await nodeOf(node, sibling);
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 ? node : null;
}

const nodeOf = (left, right) => sha256(joined(new Uint8Array([1]), left, right));

/** The bytes of a field: text, base64 where it is none, or null. */
function bytesOf(data) {
  if (data === null) return null;
  return typeof data === "string" ? encoder.encode(data) : fromBase64(data.base64);
}

function framed(data) {
  return data === null ? new Uint8Array([255, 255, 255, 255]) : joined(length(data.length), data);
}

function length(number) {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, number);
  return new Uint8Array(view.buffer);
}

function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** sha256 of bytes. */
export async function sha256(data) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}

/** sha256 of a text's UTF-8 bytes, in hexadecimal. */
export async function sha256Hex(text) {
  return hex(await sha256(encoder.encode(text)));
}

const hex = (data) => [...data].map((one) => one.toString(16).padStart(2, "0")).join("");
const base64 = (data) => btoa(String.fromCharCode(...data));

function fromBase64(text) {
  try {
    return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
