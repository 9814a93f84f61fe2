import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Prints every configuration key that the Kafka release on the class path defines: one JSON object a line, by reflection
 * alone, so that the same class file reads every release.
 */
public class Dump {
    /** Where the definitions of a kind are, newest place first: a class, and a static field or method of it. */
    static final String[][] PLACES = {
        {"broker", "org.apache.kafka.server.config.AbstractKafkaConfig#CONFIG_DEF", "kafka.server.KafkaConfig$#configDef",
            "kafka.server.KafkaConfig$#kafka$server$KafkaConfig$$configDef"},
        {"topic", "org.apache.kafka.storage.internals.log.LogConfig#CONFIG", "kafka.log.LogConfig$#kafka$log$LogConfig$$configDef"},
        {"producer", "org.apache.kafka.clients.producer.ProducerConfig#CONFIG"},
        {"consumer", "org.apache.kafka.clients.consumer.ConsumerConfig#CONFIG"},
        {"admin", "org.apache.kafka.clients.admin.AdminClientConfig#CONFIG"},
        {"group", "org.apache.kafka.coordinator.group.GroupConfig#CONFIG_DEF", "org.apache.kafka.coordinator.group.GroupConfig#CONFIG"},
        {"streams", "org.apache.kafka.streams.StreamsConfig#CONFIG"},
        {"connect-distributed", "org.apache.kafka.connect.runtime.distributed.DistributedConfig#CONFIG",
            "org.apache.kafka.connect.runtime.distributed.DistributedConfig#config"},
        {"connect-standalone", "org.apache.kafka.connect.runtime.standalone.StandaloneConfig#CONFIG"},
        {"mirror-maker", "org.apache.kafka.connect.mirror.MirrorMakerConfig#CONFIG_DEF",
            "org.apache.kafka.connect.mirror.MirrorMakerConfig#config"},
        {"mirror-client", "org.apache.kafka.connect.mirror.MirrorClientConfig#CONFIG_DEF"},
        {"mirror-connector", "org.apache.kafka.connect.mirror.MirrorConnectorConfig#CONNECTOR_CONFIG_DEF",
            "org.apache.kafka.connect.mirror.MirrorConnectorConfig#BASE_CONNECTOR_CONFIG_DEF"},
        {"mirror-source", "org.apache.kafka.connect.mirror.MirrorSourceConfig#SOURCE_CONFIG_DEF",
            "org.apache.kafka.connect.mirror.MirrorSourceConfig#CONNECTOR_CONFIG_DEF"},
        {"mirror-checkpoint", "org.apache.kafka.connect.mirror.MirrorCheckpointConfig#CHECKPOINT_CONFIG_DEF",
            "org.apache.kafka.connect.mirror.MirrorCheckpointConfig#CONNECTOR_CONFIG_DEF"},
        {"mirror-heartbeat", "org.apache.kafka.connect.mirror.MirrorHeartbeatConfig#HEARTBEAT_CONFIG_DEF",
            "org.apache.kafka.connect.mirror.MirrorHeartbeatConfig#CONNECTOR_CONFIG_DEF"},
    };

    static final StringBuilder out = new StringBuilder();
    static Collection<?> without = List.of();
    static Class<?> validatorClass;
    static Object noDefault;

    public static void main(String[] args) throws Exception {
        Class<?> configDef = Class.forName("org.apache.kafka.common.config.ConfigDef");
        validatorClass = Class.forName("org.apache.kafka.common.config.ConfigDef$Validator");
        noDefault = configDef.getField("NO_DEFAULT_VALUE").get(null);
        for (String[] place : PLACES) {
            boolean found = false;
            for (int i = 1; i < place.length && !found; i++) {
                Object def = at(place[i]);
                if (def == null)
                    continue;
                found = true;
                dump(place[0], def);
            }
        }
        Object unsupported = at("org.apache.kafka.clients.consumer.ShareConsumerConfig#SHARE_GROUP_UNSUPPORTED_CONFIGS");
        if (unsupported != null) { // a share consumer is a consumer that refuses some keys
            without = (Collection<?>) unsupported;
            dump("share-consumer", at("org.apache.kafka.clients.consumer.ConsumerConfig#CONFIG"));
        }
        System.out.write(out.toString().getBytes("UTF-8"));
        System.out.flush();
        System.exit(0); // some classes start threads when they are loaded
    }

    /** The value of Class#member, or null where the class or the member does not exist. */
    static Object at(String place) throws Exception {
        String[] p = place.split("#");
        Class<?> c;
        try {
            c = Class.forName(p[0]);
        } catch (ClassNotFoundException e) {
            return null;
        }
        Object self = p[0].endsWith("$") ? c.getField("MODULE$").get(null) : null;
        try {
            Field f = c.getDeclaredField(p[1]);
            f.setAccessible(true);
            return f.get(self);
        } catch (NoSuchFieldException e) {
            // a method, then
        }
        for (Method m : c.getDeclaredMethods()) {
            if (!m.getName().equals(p[1]) || (self == null && !Modifier.isStatic(m.getModifiers())))
                continue;
            m.setAccessible(true);
            Class<?>[] params = m.getParameterTypes();
            if (params.length == 0)
                return m.invoke(self);
            if (params.length == 1 && params[0].getSimpleName().equals("Crypto"))
                return m.invoke(self, params[0].getField("SYSTEM").get(null));
        }
        return null;
    }

    static void dump(String kind, Object def) throws Exception {
        Map<?, ?> keys = (Map<?, ?>) def.getClass().getMethod("configKeys").invoke(def);
        Map<?, ?> modes = Map.of();
        if (kind.equals("broker")) {
            modes = (Map<?, ?>) firstAt("org.apache.kafka.server.config.DynamicBrokerConfig#dynamicConfigUpdateModes",
                "kafka.server.DynamicBrokerConfig$#dynamicConfigUpdateModes");
        }
        for (Object key : keys.values()) {
            Map<String, Object> o = new TreeMap<>();
            String name = (String) get(key, "name");
            if (without.contains(name))
                continue;
            o.put("kind", kind);
            o.put("name", name);
            o.put("type", String.valueOf(get(key, "type")));
            o.put("importance", String.valueOf(get(key, "importance")));
            Object dflt = get(key, "defaultValue");
            boolean required = dflt == noDefault;
            o.put("required", required);
            if (!required && dflt != null) {
                Method convert = def.getClass().getMethod("convertToString", Object.class, Class.forName("org.apache.kafka.common.config.ConfigDef$Type"));
                o.put("default", convert.invoke(null, dflt, get(key, "type")));
                if (String.valueOf(get(key, "type")).equals("PASSWORD"))
                    o.put("default", dflt.getClass().getMethod("value").invoke(dflt));
            }
            Object validator = get(key, "validator");
            if (validator != null)
                o.put("validator", describe(validator, 0));
            o.put("internal", get(key, "internalConfig"));
            o.put("deprecated", DEPRECATED.matcher(String.valueOf(get(key, "documentation"))).find());
            if (kind.equals("broker")) {
                Object mode = modes.get(name);
                o.put("update_mode", mode == null ? "read-only" : mode);
                o.put("synonyms", strings(brokerSynonyms(name)));
            }
            if (kind.equals("topic"))
                o.put("synonyms", topicSynonyms(name));
            json(o);
            out.append('\n');
        }
    }

    /** How the documentation of a key says that the key itself is deprecated, and not a class or a value that it mentions. */
    static final Pattern DEPRECATED = Pattern.compile(
        "^\\W*deprecated\\b|\\. deprecated; will be|\\bthis (config|configuration|property) (is|has been) deprecated\\b",
        Pattern.CASE_INSENSITIVE);

    static Object firstAt(String... places) throws Exception {
        for (String p : places) {
            Object v = at(p);
            if (v != null)
                return v;
        }
        throw new IllegalStateException("found none of " + String.join(", ", places));
    }

    static Object brokerSynonyms(String name) throws Exception {
        for (String c : new String[] {"org.apache.kafka.server.config.DynamicBrokerConfig", "kafka.server.DynamicBrokerConfig$"}) {
            try {
                Class<?> cls = Class.forName(c);
                Object self = c.endsWith("$") ? cls.getField("MODULE$").get(null) : null;
                Method m = cls.getMethod("brokerConfigSynonyms", String.class, boolean.class);
                return m.invoke(self, name, false);
            } catch (ClassNotFoundException e) {
                // the other one, then
            }
        }
        throw new IllegalStateException("no DynamicBrokerConfig");
    }

    static List<String> topicSynonyms(String name) throws Exception {
        Object map = at("org.apache.kafka.server.config.ServerTopicConfigSynonyms#ALL_TOPIC_CONFIG_SYNONYMS");
        if (map == null)
            map = at("kafka.log.LogConfig$#AllTopicConfigSynonyms");
        if (map == null)
            map = at("kafka.log.LogConfig$#TopicConfigSynonyms");
        List<String> names = new ArrayList<>();
        Object value;
        if (map instanceof Map) {
            value = ((Map<?, ?>) map).get(name);
        } else {
            Object option = map.getClass().getMethod("get", Object.class).invoke(map, name);
            value = (Boolean) option.getClass().getMethod("isDefined").invoke(option) ? option.getClass().getMethod("get").invoke(option) : null;
        }
        if (value == null)
            return names;
        if (value instanceof String) // before 3.3 the broker's own table has the rest
            return strings(brokerSynonyms((String) value));
        for (Object s : elements(value))
            names.add((String) get(s, "name"));
        return names;
    }

    static List<String> strings(Object list) throws Exception {
        List<String> names = new ArrayList<>();
        for (Object e : elements(list))
            names.add(String.valueOf(e));
        return names;
    }

    /** The elements of a Java collection or a Scala sequence. */
    static List<Object> elements(Object list) throws Exception {
        if (list instanceof Collection)
            return new ArrayList<>((Collection<?>) list);
        List<Object> all = new ArrayList<>();
        Object it = list.getClass().getMethod("iterator").invoke(list);
        Method hasNext = Class.forName("scala.collection.Iterator").getMethod("hasNext");
        Method next = Class.forName("scala.collection.Iterator").getMethod("next");
        while ((Boolean) hasNext.invoke(it))
            all.add(next.invoke(it));
        return all;
    }

    /** The field, or the accessor of that name, of an object. */
    static Object get(Object o, String name) throws Exception {
        for (Class<?> c = o.getClass(); c != null; c = c.getSuperclass()) {
            try {
                Field f = c.getDeclaredField(name);
                f.setAccessible(true);
                return f.get(o);
            } catch (NoSuchFieldException e) {
                // further up
            }
        }
        Method m = o.getClass().getMethod(name);
        m.setAccessible(true);
        return m.invoke(o);
    }

    /** A validator as data: its class, its text and its fields. */
    static Object describe(Object v, int depth) throws Exception {
        if (v == null || v instanceof String || v instanceof Number || v instanceof Boolean)
            return v;
        if (v instanceof Pattern || v instanceof Enum)
            return v.toString();
        List<Object> list = new ArrayList<>();
        if (v instanceof Collection || v instanceof Object[]) {
            for (Object e : v instanceof Collection ? (Collection<?>) v : List.of((Object[]) v))
                list.add(describe(e, depth));
            return list;
        }
        Map<String, Object> o = new TreeMap<>();
        String name = v.getClass().getName();
        int lambda = name.indexOf("$$Lambda");
        o.put("class", lambda < 0 ? name : name.substring(0, lambda) + "$$Lambda");
        if (!validatorClass.isInstance(v))
            return o;
        String text = v.toString();
        o.put("text", text.startsWith(name.split("/")[0]) ? "" : text);
        if (lambda >= 0 || depth > 5)
            return o;
        Map<String, Object> fields = new TreeMap<>();
        for (Class<?> c = v.getClass(); c != Object.class; c = c.getSuperclass()) {
            for (Field f : c.getDeclaredFields()) {
                if (Modifier.isStatic(f.getModifiers()))
                    continue;
                f.setAccessible(true);
                fields.put(f.getName(), describe(f.get(v), depth + 1));
            }
        }
        o.put("fields", fields);
        return o;
    }

    static void json(Object v) {
        if (v == null || v instanceof Boolean) {
            out.append(v);
        } else if (v instanceof Map) {
            String sep = "{";
            for (Map.Entry<?, ?> e : ((Map<?, ?>) v).entrySet()) {
                out.append(sep);
                json(e.getKey());
                out.append(':');
                json(e.getValue());
                sep = ",";
            }
            out.append(sep.equals("{") ? "{}" : "}");
        } else if (v instanceof List) {
            String sep = "[";
            for (Object e : (List<?>) v) {
                out.append(sep);
                json(e);
                sep = ",";
            }
            out.append(sep.equals("[") ? "[]" : "]");
        } else { // numbers as text too: 9223372036854775807 has to survive
            out.append('"');
            for (char c : v.toString().toCharArray()) {
                if (c == '"' || c == '\\')
                    out.append('\\').append(c);
                else if (c < 0x20 || c > 0x7e)
                    out.append(String.format("\\u%04x", (int) c));
                else
                    out.append(c);
            }
            out.append('"');
        }
    }
}
