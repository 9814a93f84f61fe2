import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;

/**
 * Runs QuorumPeerConfig.parse over many cases in one JVM and dumps what came out. Arguments: input file, output file,
 * a directory for the cases (each sees it fresh).
 */
public final class Judge {
    public static void main(String[] args) throws Exception {
        Properties clean = (Properties) System.getProperties().clone();
        File dir = new File(args[2]);
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(new FileInputStream(args[0])));
             DataOutputStream out = new DataOutputStream(new BufferedOutputStream(new FileOutputStream(args[1])))) {
            int cases = in.readInt();
            for (int i = 0; i < cases; i++) {
                delete(dir);
                dir.mkdirs();
                System.setProperties((Properties) clean.clone());
                for (int n = in.readInt(); n > 0; n--) {
                    File f = new File(dir, text(in));
                    if (in.readBoolean()) {
                        f.mkdirs();
                    } else {
                        f.getParentFile().mkdirs();
                        Files.write(f.toPath(), bytes(in));
                    }
                }
                for (int n = in.readInt(); n > 0; n--) {
                    System.setProperty(text(in), text(in));
                }
                Map<String, String> facts = judge(new File(dir, text(in)).getPath());
                out.writeInt(facts.size());
                for (Map.Entry<String, String> e : facts.entrySet()) {
                    write(out, e.getKey());
                    write(out, e.getValue());
                }
            }
        }
    }

    static Map<String, String> judge(String path) throws Exception {
        resetStatics();
        Map<String, String> facts = new TreeMap<>();
        QuorumPeerConfig config = new QuorumPeerConfig();
        PrintStreams streams = new PrintStreams();
        try {
            config.parse(path);
        } catch (QuorumPeerConfig.ConfigException | IllegalArgumentException e) {
            return refused(facts, "2", e);
        } catch (Exception e) {
            return refused(facts, "1", e);
        } finally {
            streams.restore();
        }
        facts.put("accepts", "");
        for (Field f : QuorumPeerConfig.class.getDeclaredFields()) {
            if (!Modifier.isFinal(f.getModifiers()) || f.getName().equals("servers")) {
                f.setAccessible(true);
                dump(facts, f.getName(), f.get(config));
            }
        }
        try {
            facts.put("distributed", "" + config.getClass().getMethod("isDistributed").invoke(config));
        } catch (NoSuchMethodException e) {
            facts.put("distributed", "" + (config.getServers().size() > 0)); // 3.4
        }
        for (String key : System.getProperties().stringPropertyNames()) {
            if (key.startsWith("zookeeper.")) {
                facts.put("-D" + key, System.getProperty(key));
            }
        }
        return facts;
    }

    static Map<String, String> refused(Map<String, String> facts, String exit, Throwable e) {
        StringBuilder chain = new StringBuilder();
        for (Throwable t = e; t != null; t = t.getCause()) {
            chain.append(t.getClass().getSimpleName()).append(": ").append(t.getMessage()).append("; ");
        }
        facts.put("exit", exit);
        facts.put("exceptions", chain.toString());
        return facts;
    }

    static void dump(Map<String, String> facts, String name, Object value) throws Exception {
        if (value == null) {
            return;
        }
        String type = value.getClass().getSimpleName();
        if (type.startsWith("QuorumMaj") || type.equals("QuorumHierarchical") || type.equals("QuorumOracleMaj")) {
            facts.put(name, type);
            dumpFields(facts, name + ".", value, value.getClass());
        } else if (value instanceof Map && !(value instanceof Properties)) {
            for (Map.Entry<?, ?> e : ((Map<?, ?>) value).entrySet()) {
                String key = name + "[" + e.getKey() + "]";
                if (e.getValue() != null && e.getValue().getClass().getSimpleName().equals("QuorumServer")) {
                    dumpFields(facts, key + ".", e.getValue(), e.getValue().getClass());
                } else {
                    dump(facts, key, e.getValue());
                }
            }
        } else if (value instanceof Properties) {
            for (Map.Entry<?, ?> e : ((Properties) value).entrySet()) {
                facts.put(name + "[" + e.getKey() + "]", "" + e.getValue());
            }
        } else {
            facts.put(name, show(value));
        }
    }

    static void dumpFields(Map<String, String> facts, String prefix, Object value, Class<?> type) throws Exception {
        for (Class<?> c = type; c != Object.class; c = c.getSuperclass()) {
            for (Field f : c.getDeclaredFields()) {
                if (Modifier.isStatic(f.getModifiers()) || f.getName().equals("myAddrs") || f.getName().equals("self")) {
                    continue;
                }
                f.setAccessible(true);
                dump(facts, prefix + f.getName(), f.get(value));
            }
        }
    }

    static String show(Object value) throws Exception {
        if (value instanceof InetSocketAddress) {
            InetSocketAddress a = (InetSocketAddress) value;
            InetAddress ip = a.getAddress();
            return a.getHostString() + "|" + (ip == null ? "?" : ip.getHostAddress()) + "|" + a.getPort();
        }
        if (value.getClass().getSimpleName().equals("MultipleAddresses")) {
            Method all = value.getClass().getMethod("getAllAddresses");
            List<String> shown = new ArrayList<>();
            for (Object a : (Collection<?>) all.invoke(value)) {
                shown.add(show(a));
            }
            java.util.Collections.sort(shown);
            return String.join(" ", shown);
        }
        return value.toString();
    }

    static void resetStatics() throws Exception {
        try {
            QuorumPeerConfig.class.getMethod("setStandaloneEnabled", boolean.class).invoke(null, true);
            QuorumPeerConfig.class.getMethod("setReconfigEnabled", boolean.class).invoke(null, false);
        } catch (NoSuchMethodException e) {
            // 3.4 has neither
        }
    }

    /** The parser prints here and there; nobody reads it. */
    static final class PrintStreams {
        final java.io.PrintStream out = System.out;
        final java.io.PrintStream err = System.err;

        PrintStreams() {
            System.setOut(new java.io.PrintStream(OutputStream.nullOutputStream()));
            System.setErr(new java.io.PrintStream(OutputStream.nullOutputStream()));
        }

        void restore() {
            System.setOut(out);
            System.setErr(err);
        }
    }

    static void delete(File f) throws IOException {
        File[] inside = f.listFiles();
        if (inside != null) {
            for (File g : inside) {
                delete(g);
            }
        }
        f.delete();
    }

    static byte[] bytes(DataInputStream in) throws IOException {
        byte[] b = new byte[in.readInt()];
        in.readFully(b);
        return b;
    }

    static String text(DataInputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    static void write(DataOutputStream out, String s) throws IOException {
        byte[] b = s.getBytes(StandardCharsets.UTF_8);
        out.writeInt(b.length);
        out.write(b);
    }
}
