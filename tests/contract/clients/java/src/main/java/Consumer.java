import static java.nio.charset.StandardCharsets.UTF_8;
import com.fasterxml.jackson.databind.*;
import com.networknt.schema.*;
import java.nio.file.Path;
import java.util.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;

/** Reads all topics to their end, checks the contract and prints counts: BROKERS FOLDER_OF_SCHEMAS [TOPIC_PREFIX]. */
public final class Consumer {
  private static final String TOPICS = "news entities statements contact-log manifests dead-letters checkpoints "
      + "contacts contacts-current";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
  private final Map<String, String> bodies = new HashMap<>(), live = new HashMap<>();
  private final Map<String, JsonNode> sealed = new HashMap<>();
  private final List<JsonNode> values = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final Map<String, Integer> counts = new TreeMap<>();

  public static void main(String[] arguments) throws Exception {
    var reader = new Consumer();
    reader.read(arguments[0], Path.of(arguments[1]), arguments.length > 2 ? arguments[2] : "");
    for (var value : reader.values) reader.checkSelectors(value, value.path("text_sha256").asText());
    for (var lines : reader.sealed.values()) for (var line : lines) {
      reader.count("sealed " + text(line, "type"));
      var digest = reader.live.get(text(line, "type") + " " + text(line, "record_id"));
      if (!text(line, "sha256").equals(digest)) reader.problems.add(line + " is sealed, but " + digest + " is live");
    }
    for (var place : reader.live.keySet()) reader.count("live " + place.split(" ")[0]);
    System.out.println(JSON.writeValueAsString(Map.of("counts", reader.counts, "problems", reader.problems)));
  }

  private void read(String brokers, Path folder, String prefix) throws Exception {
    var bytes = "org.apache.kafka.common.serialization.ByteArrayDeserializer";
    try (var consumer = new KafkaConsumer<byte[], byte[]>(Map.of("bootstrap.servers", brokers,
        "key.deserializer", bytes, "value.deserializer", bytes, "isolation.level", "read_committed",
        "auto.offset.reset", "earliest"))) {
      var places = Arrays.stream(TOPICS.split(" ")).flatMap(topic -> consumer.partitionsFor(prefix + topic).stream())
          .map(found -> new TopicPartition(found.topic(), found.partition())).toList();
      consumer.assign(places); // no group: every reader of this kind reads the whole log
      var ends = consumer.endOffsets(places);
      while (places.stream().anyMatch(place -> consumer.position(place) < ends.get(place)))
        for (var record : consumer.poll(java.time.Duration.ofMillis(200))) {
          var topic = record.topic().substring(prefix.length());
          count("records " + topic);
          if (topic.equals("checkpoints")) continue; // keyed by partition names, and no events
          if (!belongs(record, consumer.partitionsFor(record.topic()).size())) problems.add(record + ": misplaced");
          if (record.value() == null && topic.equals("contacts-current")) continue; // a tombstone: it is gone
          if (!topic.equals("dead-letters")) take(record, topic, folder);
        }
    }
  }

  private static boolean belongs(ConsumerRecord<byte[], byte[]> record, int partitions) {
    return record.key() == null || Utils.toPositive(Utils.murmur2(record.key())) % partitions == record.partition();
  }
  private void take(ConsumerRecord<byte[], byte[]> record, String topic, Path folder) throws Exception {
    try {
      String type = header(record, "ce_type"), digest = header(record, "ce_id");
      var value = JSON.readTree(record.value());
      var errors = SCHEMAS.getSchema(folder.resolve(type + ".schema.json").toUri()).validate(value); // cached
      if (!errors.isEmpty()) throw new IllegalArgumentException(errors.toString());
      if (!sha256(record.value()).equals(digest)) throw new IllegalArgumentException("ce_id is another digest");
      count("events " + type);
      values.add(value);
      if (value.has("body")) bodies.put(sha256(value.get("body").asText().getBytes(UTF_8)), value.get("body").asText());
      else if (value.has("live")) sealed.put(value.get("article_id").asText(), value.get("live"));
      else if (value.has("record_id")) live.remove(text(value, "record_type") + " " + text(value, "record_id"));
      else for (var id : List.of("entity_id", "statement_id", "contact_id"))
        if (value.has(id)) live.put(type + " " + text(value, id), digest);
    } catch (java.io.IOException | RuntimeException error) {
      if (topic.equals("news")) count("unreadable"); // its dead letter says why
      else problems.add(record + ": " + error.getMessage());
    }
  }

  private void checkSelectors(JsonNode node, String digest) {
    for (var child : node) checkSelectors(child, digest);
    if (!node.has("exact")) return;
    count("selectors");
    var words = wordsAt(bodies.getOrDefault(digest, ""), node.get("start").asInt(), node.get("end").asInt());
    if (!words.equals(text(node, "exact"))) problems.add(words + " is not " + node);
  }

  /** The conversion: selectors count code points, and substring would count UTF-16 units. */
  private static String wordsAt(String body, int start, int end) {
    var points = body.codePoints().skip(start).limit(Math.max(0, end - start));
    return points.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
  }

  private void count(String what) { counts.merge(what, 1, Integer::sum); }
  private static String text(JsonNode node, String field) { return node.path(field).asText(); }
  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return Optional.ofNullable(record.headers().lastHeader(name)).map(one -> new String(one.value(), UTF_8)).orElse("");
  }
  private static String sha256(byte[] data) throws Exception {
    return HexFormat.of().formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(data));
  }
}
