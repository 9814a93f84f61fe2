import java.io.*;
import java.lang.reflect.*;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.*;

/**
 * Says what the Kafka on the class path says about configurations. Reads frames from stdin: kind, length, the bytes of a
 * properties file; answers each with a verdict and a message. Everything is reached by reflection, because names and
 * signatures differ between releases.
 *
 * Verdicts: "A", or the first stage that refuses and the exception's simple name, such as "R:ConfigException".
 * P is load, R config, L log, S start.
 */
public final class KafkaJudge {
    private static PrintStream real;

    public static void main(String[] args) throws Exception {
        real = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in, 1 << 16));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(real, 1 << 16));
        while (true) {
            String kind;
            try {
                kind = in.readUTF();
            } catch (EOFException end) {
                break;
            }
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            String[] answer = kind.startsWith("bench:") ? bench(kind.substring(6), bytes) : judge(kind, bytes);
            out.writeUTF(answer[0]);
            String message = answer[1] == null ? "" : answer[1];
            out.writeUTF(message.length() > 2000 ? message.substring(0, 2000) : message);
            out.flush();
        }
        out.flush();
        Runtime.getRuntime().halt(0);
    }

    /** The mean nanoseconds of one configuration on a warm virtual machine. */
    private static String[] bench(String kind, byte[] bytes) {
        for (int i = 0; i < 20000; i++) judge(kind, bytes);
        long start = System.nanoTime();
        int n = 10000;
        for (int i = 0; i < n; i++) judge(kind, bytes);
        return new String[]{Long.toString((System.nanoTime() - start) / n), ""};
    }

    private static String[] judge(String kind, byte[] bytes) {
        Properties props = new Properties();
        String stage = "P";
        try {
            props.load(new ByteArrayInputStream(bytes));
            stage = "R";
            switch (kind) {
                case "broker":
                    Object config = broker(props);
                    if (!controllerOnly(config)) {
                        stage = "L";
                        logConfig(config);
                    }
                    break;
                case "topic": topic(props); break;
                case "group": group(props); break;
                case "mirror-maker": mirrorMaker(props); break;
                default:
                    String start = null;
                    if (kind.endsWith("+start")) {
                        kind = kind.substring(0, kind.length() - 6);
                        start = starts.get(kind);
                    }
                    construct(configs.get(kind), props);
                    if (start != null) {
                        stage = "S";
                        start(start, props);
                    }
            }
            return new String[]{"A", ""};
        } catch (Throwable t) {
            while ((t instanceof InvocationTargetException || t instanceof ExceptionInInitializerError) && t.getCause() != null) t = t.getCause();
            String message = t.getMessage();
            if (t.getCause() != null) message += " / " + t.getCause();
            return new String[]{stage + ":" + t.getClass().getSimpleName(), message};
        }
    }

    private static final Map<String, String> configs = Map.of(
        "producer", "org.apache.kafka.clients.producer.ProducerConfig",
        "consumer", "org.apache.kafka.clients.consumer.ConsumerConfig",
        "share-consumer", "org.apache.kafka.clients.consumer.ShareConsumerConfig",
        "admin", "org.apache.kafka.clients.admin.AdminClientConfig",
        "streams", "org.apache.kafka.streams.StreamsConfig",
        "connect-distributed", "org.apache.kafka.connect.runtime.distributed.DistributedConfig",
        "connect-standalone", "org.apache.kafka.connect.runtime.standalone.StandaloneConfig");
    private static final Map<String, String> starts = Map.of(
        "producer", "org.apache.kafka.clients.producer.KafkaProducer",
        "consumer", "org.apache.kafka.clients.consumer.KafkaConsumer",
        "admin", "org.apache.kafka.clients.admin.KafkaAdminClient");

    /** A controller alone makes no LogManager. The text of the roles differs between releases: Set(ControllerRole), [controller]. */
    private static boolean controllerOnly(Object config) throws Exception {
        Method roles = method(config.getClass(), "processRoles", 0);
        if (roles == null) return false;
        String text = roles.invoke(config).toString().toLowerCase(Locale.ROOT);
        return text.contains("controller") && !text.contains("broker");
    }

    private static final Map<String, Object> cache = new HashMap<>();

    private static Class<?> find(String... names) throws ClassNotFoundException {
        for (String n : names) {
            Object c = cache.get(n);
            if (c != null) return (Class<?>) c;
            try {
                Class<?> found = Class.forName(n);
                cache.put(n, found);
                return found;
            } catch (ClassNotFoundException e) {
                // the next one
            }
        }
        throw new ClassNotFoundException(String.join(" or ", names));
    }

    private static Object module(Class<?> c) throws Exception { return c.getField("MODULE$").get(null); }

    private static Method method(Class<?> c, String name, int params) {
        String key = c.getName() + "#" + name + "/" + params;
        Object m = cache.get(key);
        if (m == null) {
            for (Class<?> k = c; k != null && m == null; k = k.getSuperclass())
                for (Method x : k.getDeclaredMethods())
                    if (x.getName().equals(name) && x.getParameterCount() == params && !x.isBridge()) {
                        x.setAccessible(true);
                        m = x;
                        break;
                    }
            cache.put(key, m == null ? "" : m);
        }
        return m instanceof Method ? (Method) m : null;
    }

    private static Method fromProps;

    private static Object broker(Properties props) throws Exception {
        Class<?> c = find("kafka.server.KafkaConfig$");
        if (fromProps == null) fromProps = c.getMethod("fromProps", Properties.class, boolean.class);
        return fromProps.invoke(module(c), props, false);
    }

    /** What LogManager does with the broker's defaults before it opens a directory. */
    private static void logConfig(Object config) throws Exception {
        Object props;
        Method own = method(config.getClass(), "extractLogConfigMap", 0);
        Class<?> scala = null;
        try {
            scala = find("kafka.log.LogConfig$");
        } catch (ClassNotFoundException e) {
            // Java since 3.5
        }
        if (own != null) props = own.invoke(config);
        else if (scala != null && method(scala, "extractLogConfigMap", 1) != null) props = method(scala, "extractLogConfigMap", 1).invoke(module(scala), config);
        else {
            Class<?> server = find("kafka.server.KafkaServer$");
            props = method(server, "copyKafkaConfigToLog", 1).invoke(module(server), config);
        }
        if (scala != null && method(scala, "validateValues", 1) != null) {
            method(scala, "validateValues", 1).invoke(module(scala), props);
            Class<?> c = find("kafka.log.LogConfig");
            Object overridden = method(scala, "apply$default$2", 0).invoke(module(scala));
            for (Constructor<?> k : c.getConstructors())
                if (k.getParameterCount() == 2) {
                    k.newInstance(props, overridden);
                    return;
                }
            throw new IllegalStateException("no constructor of LogConfig");
        }
        Class<?> c = find("org.apache.kafka.storage.internals.log.LogConfig");
        Method two = method(c, "validateBrokerLogConfigValues", 2);
        if (two != null) {
            Object remote = method(config.getClass(), "remoteLogManagerConfig", 0).invoke(config);
            Method enabled = method(remote.getClass(), "isRemoteStorageSystemEnabled", 0);
            if (enabled == null) enabled = method(remote.getClass(), "enableRemoteStorageSystem", 0);
            two.invoke(null, props, enabled.invoke(remote));
        } else {
            method(c, "validateValues", 1).invoke(null, props);
        }
        c.getConstructor(Map.class).newInstance(props);
    }

    private static void topic(Properties props) throws Exception {
        try {
            Class<?> c = find("org.apache.kafka.storage.internals.log.LogConfig");
            Map<String, String> map = new HashMap<>();
            for (String k : props.stringPropertyNames()) map.put(k, props.getProperty(k));
            Method m = method(c, "validate", 1);
            m.invoke(null, m.getParameterTypes()[0] == Properties.class ? props : map);
        } catch (ClassNotFoundException e) {
            Class<?> c = find("kafka.log.LogConfig$");
            c.getMethod("validate", Properties.class).invoke(module(c), props);
        }
    }

    private static void group(Properties props) throws Exception {
        Class<?> c = find("org.apache.kafka.coordinator.group.GroupConfig");
        c.getConstructor(Map.class).newInstance(props);
    }

    /** What MirrorMakerConfig's constructor does before it looks for plug-ins in every jar, which takes seconds. */
    private static void mirrorMaker(Properties props) throws Exception {
        Class<?> c = find("org.apache.kafka.connect.mirror.MirrorMakerConfig");
        Field keys = null;
        for (Field f : c.getDeclaredFields()) if (f.getType().getSimpleName().equals("ConfigDef")) keys = f;
        Object def;
        if (keys != null) {
            keys.setAccessible(true);
            def = keys.get(null);
        } else {
            def = method(c, "config", 0).invoke(null);
        }
        Class<?> config = find("org.apache.kafka.common.config.AbstractConfig");
        config.getConstructor(def.getClass(), Map.class).newInstance(def, text(props));
    }

    private static Map<String, Object> text(Properties props) {
        Map<String, Object> map = new HashMap<>();
        for (String k : props.stringPropertyNames()) map.put(k, props.getProperty(k));
        return map;
    }

    private static void construct(String name, Properties props) throws Exception {
        Class<?> c = find(name);
        Map<String, Object> map = text(props);
        Constructor<?> found = null;
        for (Constructor<?> k : c.getDeclaredConstructors())
            if (k.getParameterCount() == 1 && k.getParameterTypes()[0] == Map.class) found = k;
        if (found == null) throw new IllegalStateException("no constructor of " + name);
        found.setAccessible(true);
        found.newInstance(map);
    }

    private static void start(String name, Properties props) throws Exception {
        Class<?> c = find(name);
        Object client;
        if (name.endsWith("KafkaAdminClient")) {
            client = find("org.apache.kafka.clients.admin.Admin", "org.apache.kafka.clients.admin.AdminClient")
                .getMethod("create", Properties.class).invoke(null, props);
        } else {
            client = c.getConstructor(Properties.class).newInstance(props);
        }
        client.getClass().getMethod("close", Duration.class).invoke(client, Duration.ZERO);
    }
}
