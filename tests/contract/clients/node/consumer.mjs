// Read all topics of Readout to their end, check what the contract promises, and print counts as JSON.
//
//   node consumer.mjs BROKERS FOLDER_OF_SCHEMAS [TOPIC_PREFIX]
//
// What a JavaScript reader has to know: selectors count Unicode code points, while String.slice counts UTF-16 units
// (see `wordsAt`); headers arrive as Buffers; and the CloudEvents SDK puts the present time where `ce_time` is absent.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import { Kafka as CloudEvents } from "cloudevents";
import { Kafka, logLevel, Partitioners } from "kafkajs";

const [brokers, folder, prefix = ""] = process.argv.slice(2);
const EVENTS = ["news", "entities", "statements", "contact-log", "manifests", "contacts", "contacts-current"];
const counts = {}, problems = [];
const count = (what) => { counts[what] = (counts[what] ?? 0) + 1; };
const sha256 = (data) => createHash("sha256").update(data).digest("hex");
const ajv = new Ajv2020({ keywords: ["x-unit", "x-refers-to"] });
const validators = Object.fromEntries(
  readdirSync(folder).filter((name) => name.endsWith(".schema.json")).map((name) =>
    [name.replace(".schema.json", ""), ajv.compile(JSON.parse(readFileSync(`${folder}/${name}`, "utf8")))]));

function readEvent({ key, value, headers: buffers }) {
  const headers = Object.fromEntries(Object.entries(buffers).map(([name, data]) => [name, String(data)]));
  const event = CloudEvents.toEvent({ key, value, headers });
  const validate = validators[event.type];
  if (!validate?.(event.data)) throw new Error(`${event.type}: ${ajv.errorsText(validate?.errors)}`);
  if (sha256(value) !== event.id) throw new Error(`${event.id} is not the digest of the value`);
  return event;
}
// The conversion: `points` is the text as code points, Array.from(body).
const wordsAt = (points, { start, end }) => points.slice(start, end).join("");
function* selectorsIn(node) {
  if (node === null || typeof node !== "object") return;
  if ("exact" in node) yield node;
  for (const child of Object.values(node)) yield* selectorsIn(child);
}

async function readAll(topics) {
  const kafka = new Kafka({ brokers: brokers.split(","), clientId: "readout-node", logLevel: logLevel.NOTHING });
  const admin = kafka.admin(), consumer = kafka.consumer({ groupId: `readout-node-${process.pid}` });
  const found = [], left = new Map(), places = {};
  await admin.connect();
  for (const topic of topics) {
    places[topic] = await admin.fetchTopicOffsets(topic);
    for (const { partition: p, low, high } of places[topic]) if (high !== low) left.set(`${topic} ${p}`, BigInt(high));
  }
  await admin.disconnect();
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  if (left.size) await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    consumer.run({ autoCommit: false, eachBatch: async ({ batch }) => {
      const { topic, partition, messages } = batch, place = `${topic} ${partition}`;
      for (const message of messages) found.push({ topic, partition, message });
      if (BigInt(batch.lastOffset()) + 1n >= (left.get(place) ?? 0n)) left.delete(place);
      if (left.size === 0) resolve();
    } }).catch(reject);
  });
  await consumer.disconnect();
  return { found, places };
}

const { found, places } = await readAll([...EVENTS, "dead-letters", "checkpoints"].map((stem) => prefix + stem));
const partitionOf = Partitioners.DefaultPartitioner();
const bodies = new Map(), live = new Map(), sealed = new Map(), events = [];

function take(stem, message) {
  const { id, type, data } = readEvent(message);
  count(`events ${type}`);
  events.push(data);
  if (stem === "news") bodies.set(sha256(data.body), Array.from(data.body));
  else if (stem === "manifests") sealed.set(data.article_id, data.live);
  else if ("record_id" in data) live.delete(`${data.record_type} ${data.record_id}`);
  else live.set(`${type} ${data.entity_id ?? data.statement_id ?? data.contact_id}`, id);
}

for (const { topic, partition, message } of found) {
  const stem = topic.slice(prefix.length), where = `${topic} ${partition} ${message.offset}`;
  const partitionMetadata = places[topic].map(({ partition: id }) => ({ partitionId: id, leader: 1 }));
  count(`records ${stem}`);
  if (message.key && stem !== "checkpoints" && partitionOf({ topic, partitionMetadata, message }) !== partition)
    problems.push(`${where}: the key belongs into another partition`);
  if (message.value === null && stem === "contacts-current") continue; // a tombstone: this contact is gone
  if (EVENTS.includes(stem)) try { take(stem, message); } catch (error) {
    if (stem === "news") count("unreadable"); // its dead letter says why
    else problems.push(`${where}: ${error.message}`);
  }
}
for (const data of events) for (const selector of selectorsIn(data)) {
  count("selectors");
  const points = bodies.get(data.text_sha256) ?? [];
  if (wordsAt(points, selector) !== selector.exact) problems.push(`${data.article_id}: ${selector.exact}`);
}
for (const line of [...sealed.values()].flat()) {
  count(`sealed ${line.type}`);
  if (live.get(`${line.type} ${line.record_id}`) !== line.sha256) problems.push(`${line.record_id} is sealed`);
}
for (const place of live.keys()) count(`live ${place.split(" ")[0]}`);
console.log(JSON.stringify({ counts, problems }));
