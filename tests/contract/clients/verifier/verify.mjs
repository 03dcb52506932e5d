// A second verifier, written from docs/formats.md: proofs, bundles, checkpoints and archives, with public keys alone.
// `node verify.mjs --key FILE [--witness FILE ... --quorum N] PATH ...` prints a line for each path: the path, `ok` or
// `no`, and what is proved or why not; it exits 1 if there was a `no`.
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { decompress } from "fzstd";
const ENCODING = "cf7c811935089707f829c1e9ab3f046d3cded9927d84c2b50bf9ff7dab38f2da"; // sha256 of the five lines that say how a leaf is encoded
const refuse = (reason) => { throw new Error(reason); }; const need = (holds, reason) => holds || refuse(reason);
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const same = (one, other) => Buffer.compare(one, other) === 0;
const text = (value) => need(typeof value === "string" && value.isWellFormed(), "no text") && value;
const whole = (value, least = 0, most = Number.MAX_SAFE_INTEGER) => need(Number.isSafeInteger(value) && value >= least && value <= most, `${value} is no number that fits`);
const members = (value, ...names) => need(value !== null && typeof value === "object" &&
  Object.keys(value).sort().join() === names.sort().join(), `expected the members ${names}`);
function base64(value) {
  const bytes = Buffer.from(text(value), "base64");
  return bytes.toString("base64") === value ? bytes : refuse(`no base64: ${value.slice(0, 50)}`);
}
// Keys, notes, checkpoints, cosignatures
function publicKey(path) {
  const [, name, id, encoded] = readFileSync(path, "utf8").trim().match(/^([^+]+)\+([0-9a-f]{8})\+(.+)$/) ?? refuse("no key");
  const bytes = base64(encoded);
  need(sha256(name, "\n", bytes).subarray(0, 4).toString("hex") === id, `${path}: the id does not fit`);
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), bytes.subarray(1)]);
  return { name, kind: bytes[0], id: Buffer.from(id, "hex"), key: createPublicKey({ key: spki, format: "der", type: "spki" }) };
}
function split(note) {
  const cut = text(note).lastIndexOf("\n\n"), lines = note.slice(cut + 2, -1).split("\n");
  need(cut >= 0 && note.endsWith("\n") && lines.length <= 64 && !/[\x00-\x09\x0b-\x1f]/.test(note), "no note");
  const signatures = lines.map((line) => {
    const [, name, encoded] = line.match(/^\u2014 ([^ ]+) ([^ ]+)$/) ?? refuse("no signature line");
    need(base64(encoded).length > 4, "no signature");
    return { name, id: base64(encoded).subarray(0, 4), signature: base64(encoded).subarray(4) };
  });
  return { said: note.slice(0, cut + 1), by: (key) => signatures.filter((one) => one.name === key.name && same(one.id, key.id)) };
}
function opened(note, key) {
  const { said, by } = split(note);
  need(key.kind === 1 && by(key).length, `not signed by ${key.name}`);
  need(by(key).every((one) => verify(null, Buffer.from(said), key.key, one.signature)), "forged");
  return said.slice(0, -1).split("\n");
}
const checkpoint = (note, key) => head(opened(note, key), key);
const heads = (note, key) => [opened(note, key)].flatMap((lines) => lines[0] !== "readout link 1" ? [head(lines, key)]
  : lines.filter((line) => line.startsWith("to ")).map((line) => head(line.slice(3).split(" "), key)));
function head(lines, key) {
  const [origin, size, root] = lines;
  need(lines.length >= 3 && lines.every(Boolean) && /^(0|[1-9][0-9]{0,14})$/.test(size), "no checkpoint");
  const next = lines.slice(3).filter((line) => line.startsWith("next "));
  need(next.length < 2 && next.every((line) => /^next (0|[1-9][0-9]{0,14})$/.test(line)), "no next offset");
  const place = origin.startsWith(`${key.name}/`) && origin.slice(key.name.length + 1)
    .match(/^([^/]+)\/(0|[1-9][0-9]{0,8})(?:\/restored\/([1-9][0-9]{0,8}))?$/);
  need(place && base64(root).length === 32, "no checkpoint of this key");
  const tree = [place[1], Number(place[2]), Number(place[3] ?? 0)].join("/");
  return { origin, size: Number(size), root: base64(root), topic: place[1], partition: Number(place[2]), tree };
}
function cosigned(note, { witnesses, quorum }) {
  const { said, by } = split(note);
  const cosigns = (key) => ({ signature }) => {
    const message = () => Buffer.from(`cosignature/v1\ntime ${signature.readBigUInt64BE()}\n${said}`);
    return signature.length === 72 && signature[0] < 128 && verify(null, message(), key.key, signature.subarray(8));
  };
  const found = witnesses.filter((key) => key.kind === 4 && by(key).some(cosigns(key)));
  return need(found.length >= quorum, `cosigned by ${found.length}, ${quorum} are demanded`);
}
// Leaves and trees
const big = (value) => new BigInt64Array([BigInt(value)]);
const integers = (...fields) => Buffer.concat(fields.map(([size, value]) => Buffer.from(big(value).buffer).reverse().subarray(8 - size)));
const framed = (bytes) => bytes === null ? Buffer.from("ffffffff", "hex") : Buffer.concat([integers([4, bytes.length]), bytes]);
const contentOf = ({ key, value, headers }) => sha256("readout content 1\n", framed(key), framed(value), integers([4, headers.length]), ...headers.flatMap(([name, data]) => [framed(Buffer.from(name)), framed(data)]));
const node = (left, right) => sha256("\x01", left, right);
const rootOf = (stack) => stack.length ? stack.map(([hash]) => hash).reduceRight((right, left) => node(left, right)) : sha256("");
const leafHash = (record, key) => sha256("\0", "readout leaf 1\n", framed(Buffer.from(record.topic)),
  integers([4, record.partition], [8, record.offset], [1, record.timestamp_type], [8, record.timestamp]),
  erasedContent(record, key) ?? contentOf(record));
function erasedContent(record, key) {
  const allowed = ([name, value]) => /^readout\.(erased|restored|salt)$/.test(name) ||
    (/^ce_source(partition|offset)$/.test(name) && /^[0-9]{1,19}$/.test(value ?? ""));
  if (record.key !== null || record.value !== null || !record.headers.every(allowed)) return null;
  for (const [, value] of record.headers.filter(([name, data]) => name === "readout.erased" && data)) {
    try {
      const [format, place, content, ...rest] = opened(value.toString(), key);
      const here = `${record.topic}/${record.partition}@${record.offset}`;
      if (format === "readout erasure 1" && place === here && rest.length === 2 && base64(content).length === 32) return base64(content);
    } catch { /* what the key has not signed is a header like any other */ }
  }
  return null;
}
const half = (size) => 2 ** (BigInt(size - 1).toString(2).length - 1);
function pathRoot(hash, index, size, path) {
  if (size === 1) return path.length ? refuse("the path is too long") : hash;
  const left = half(size), inner = path.slice(0, -1), outer = path.at(-1) ?? refuse("the path is too short");
  return index < left ? node(pathRoot(hash, index, left, inner), outer) : node(outer, pathRoot(hash, index - left, size - left, inner));
}
function grownRoots(old, size, path, oldRoot) { // [root of the old part, root of all, what is left of the path]
  const first = () => path[0] ?? refuse("the proof is too short");
  if (old === size) return oldRoot ? [oldRoot, oldRoot, path] : [first(), first(), path.slice(1)];
  const left = half(size), within = old <= left;
  const [before, after, [hash, ...rest]] = within ? grownRoots(old, left, path, oldRoot) : grownRoots(old - left, size - left, path, null);
  need(hash, "the proof is too short");
  return within ? [before, node(after, hash), rest] : [node(hash, before), node(hash, after), rest];
}
// Proofs and bundles
function inclusion(proof, keys) {
  members(proof, "format", "record", "index", "hashes", "checkpoint");
  const { record, index, format } = proof, signed = checkpoint(proof.checkpoint, keys.key);
  members(record, "topic", "partition", "offset", "timestamp", "timestamp_type", "key", "value", "headers");
  const bytes = (value) => value === null ? null : base64(value);
  const headers = record.headers.map((pair) => need(pair.length === 2, "no header") && [text(pair[0]), bytes(pair[1])]);
  need(format === "readout inclusion proof 1" && [record.partition, record.offset, index].every((value) => whole(value)), "no proof");
  need(whole(record.timestamp, -1) && whole(record.timestamp_type, -1, 1) && index < signed.size, "no such leaf");
  need(signed.topic === text(record.topic) && signed.partition === record.partition, "of another partition");
  const leaf = leafHash({ ...record, key: bytes(record.key), value: bytes(record.value), headers }, keys.key);
  need(same(pathRoot(leaf, index, signed.size, proof.hashes.map(base64)), signed.root), "it does not lead to the root");
  cosigned(proof.checkpoint, keys);
  return { headers: Object.fromEntries(headers), value: bytes(record.value) };
}
function consistency(proof, keys) {
  members(proof, "format", "old", "new", "hashes");
  const [old, now] = [checkpoint(proof.old, keys.key), checkpoint(proof.new, keys.key)], path = proof.hashes.map(base64);
  need(old.origin === now.origin && old.size <= now.size, "it does not go on from there");
  const [before, after, rest] = old.size ? grownRoots(old.size, now.size, path, old.root) : [old.root, now.root, path];
  need(same(before, old.root) && same(after, now.root) && !rest.length, "the past was changed");
  return cosigned(proof.new, keys);
}
function bundle(value, keys) {
  members(value, "format", "record", "article", "schemas", "leaf_encoding");
  need(sha256(value.leaf_encoding.join("\n")).toString("hex") === ENCODING, "another encoding");
  const record = inclusion(value.record, keys), article = value.article && inclusion(value.article, keys);
  const told = ({ headers, value: data }, id, sum) =>
    [JSON.parse(data).article_id, JSON.parse(data).revision, `${headers[id]}`, sum(JSON.parse(data))].join("\n");
  return need(!article || told(record, "ce_causationid", (event) => event.text_sha256) ===
    told(article, "ce_id", ({ body }) => sha256(body).toString("hex")), "of another article");
}
// Archives
function* segment(data, entry) {
  const content = Buffer.from(decompress(data)), end = content.indexOf("\n"), said = JSON.parse(content.subarray(0, end));
  const body = content.subarray(end + 1);
  need(said.format === "readout segment 1" && said.bytes === body.length && said.sha256 === sha256(body).toString("hex"), "damaged");
  need(["topic", "partition", "first", "next", "records"].every((name) => said[name] === entry[name]), "swapped");
  let at = 0;
  const take = (size) => need(at + size <= body.length, "it ends too early") && body.subarray(at, (at += size));
  const field = (size = take(4).readUInt32BE()) => size === 0xffffffff ? null : take(size);
  for (let count = 0; count < said.records; count += 1) {
    const [offset, timestamp_type, timestamp, many] = [take(8).readBigInt64BE(), take(1).readInt8(), take(8).readBigInt64BE(), take(4).readUInt32BE()];
    const record = { topic: said.topic, partition: said.partition, offset, timestamp_type, timestamp, key: field(), value: field() };
    yield { ...record, headers: Array.from({ length: many }, () => [field().toString(), field()]) };
  }
}
const restorings = (record) => record.headers.flatMap(([name], index) => name === "readout.restored" ? [index] : []);
function before(record, times) { // the record as it was that many restorings ago
  const marks = times ? restorings(record).slice(-times) : [];
  const kept = record.headers.filter(([name], index) => !marks.includes(index) && !(index > marks[0] && name === "readout.salt"));
  return { ...record, ...(times ? JSON.parse(record.headers[marks[0]][1]) : {}), headers: kept };
}
function archive(folder, { key }) {
  const index = JSON.parse(readFileSync(join(folder, "index.json"))), trees = new Map(), notes = [];
  for (const entry of index.segments) {
    const data = readFileSync(join(folder, entry.file));
    need(index.format === "readout archive 1" && sha256(data).toString("hex") === entry.sha256, `${entry.file} is damaged`);
    for (const record of segment(data, entry)) {
      if (entry.topic === `${index.prefix}checkpoints`) { notes.push(...heads(record.value.toString(), key)); continue; }
      for (let times = 0; times <= restorings(record).length; times += 1) {
        const view = before(record, times), name = [view.topic, view.partition, restorings(view).length].join("/");
        const { stack, roots } = trees.get(name) ?? trees.set(name, { stack: [], roots: [sha256("")] }).get(name);
        let top = [leafHash(view, key), 1];
        while (stack.at(-1)?.[1] === top[1]) top = [node(stack.pop()[0], top[0]), 2 * top[1]];
        stack.push(top);
        roots.push(rootOf(stack));
      }
    }
  }
  for (const { origin, tree, size, root } of notes) {
    need(same(trees.get(tree)?.roots[size] ?? refuse(`${origin}: records were lost`), root), `${origin}: something was changed`);
  }
  return `${notes.length} checkpoints agree`;
}
// The command
function check(path, keys) {
  if (statSync(path).isDirectory()) return archive(path, keys);
  const data = readFileSync(path, "utf8");
  if (!data.trimStart().startsWith("{")) return cosigned(data, keys) && `${checkpoint(data, keys.key).size} records`;
  const value = JSON.parse(data);
  const kinds = { "readout inclusion proof 1": inclusion, "readout consistency proof 1": consistency, "readout bundle 1": bundle };
  return (Object.hasOwn(kinds, value.format) ? kinds[value.format] : refuse("no format that is known"))(value, keys) && value.format;
}
const options = { key: { type: "string" }, witness: { type: "string", multiple: true, default: [] }, quorum: { type: "string", default: "0" } };
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const keys = { key: publicKey(values.key), witnesses: values.witness.map(publicKey), quorum: Number(values.quorum) };
for (const path of positionals) {
  try {
    console.log(`${path}\tok\t${check(path, keys)}`);
  } catch (error) {
    console.log(`${path}\tno\t${error.message.split("\n")[0]}`);
    process.exitCode = 1;
  }
}
