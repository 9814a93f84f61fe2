import java.io.File;
import java.lang.module.ModuleFinder;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.util.*;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Prints the names of the classes in the jars on the class path that a configuration key could name, Kafka's own each with
 * what it implements of the types that keys ask for. A "+" in front of the types: a plug-in can be made of it.
 * With the argument "jdk" it prints the names of the classes in the packages that the Java platform exports instead.
 */
public final class KafkaClasses {
    private static final String[][] TYPES = {
        {"serde", "org.apache.kafka.common.security.auth.KafkaPrincipalSerde"},
        {"builder", "org.apache.kafka.common.security.auth.KafkaPrincipalBuilder"},
        {"authorizer", "org.apache.kafka.server.authorizer.Authorizer", "kafka.security.auth.Authorizer"},
        {"assignor", "org.apache.kafka.coordinator.group.api.assignor.ConsumerGroupPartitionAssignor",
            "org.apache.kafka.coordinator.group.assignor.PartitionAssignor"},
        {"share-assignor", "org.apache.kafka.coordinator.group.api.assignor.ShareGroupPartitionAssignor"},
        {"task-assignor", "org.apache.kafka.coordinator.group.api.streams.assignor.TaskAssignor"},
        {"provider", "org.apache.kafka.common.config.provider.ConfigProvider"},
        {"serializer", "org.apache.kafka.common.serialization.Serializer"},
        {"deserializer", "org.apache.kafka.common.serialization.Deserializer"},
        {"partitioner", "org.apache.kafka.clients.producer.Partitioner"},
        {"producer-interceptor", "org.apache.kafka.clients.producer.ProducerInterceptor"},
        {"consumer-interceptor", "org.apache.kafka.clients.consumer.ConsumerInterceptor"},
        {"consumer-assignor", "org.apache.kafka.clients.consumer.ConsumerPartitionAssignor"},
        {"reporter", "org.apache.kafka.common.metrics.MetricsReporter"},
        {"converter", "org.apache.kafka.connect.storage.Converter"},
        {"header-converter", "org.apache.kafka.connect.storage.HeaderConverter"},
        {"data-serde", "org.apache.kafka.common.serialization.Serde"},
        {"callback-handler", "org.apache.kafka.common.security.auth.AuthenticateCallbackHandler"},
        {"login", "org.apache.kafka.common.security.auth.Login"},
        {"engine-factory", "org.apache.kafka.common.security.auth.SslEngineFactory"},
    };

    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("jdk")) {
            jdk();
            return;
        }
        Map<String, List<Class<?>>> types = new LinkedHashMap<>();
        for (String[] t : TYPES) {
            List<Class<?>> found = new ArrayList<>();
            for (int i = 1; i < t.length; i++) {
                try {
                    found.add(Class.forName(t[i], false, KafkaClasses.class.getClassLoader()));
                } catch (ClassNotFoundException e) {
                    // not in this release
                }
            }
            types.put(t[0], found);
        }
        for (String jar : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!jar.endsWith(".jar")) continue;
            try (ZipFile zip = new ZipFile(jar)) {
                for (ZipEntry e : Collections.list(zip.entries())) {
                    String path = e.getName();
                    if (!path.endsWith(".class") || path.contains("-") || path.startsWith("META-INF")) continue;
                    String name = path.substring(0, path.length() - 6).replace('/', '.');
                    if (name.matches(".*\\$(\\d+|\\$anon.*|.*\\$anonfun.*|\\$\\$.*)")) continue;
                    boolean own = name.startsWith("org.apache.kafka.") || name.startsWith("kafka.");
                    print(name, own ? types : Map.of());
                }
            }
        }
    }

    private static void print(String name, Map<String, List<Class<?>>> types) {
        StringBuilder b = new StringBuilder(name);
        try {
            Class<?> c = Class.forName(name, true, KafkaClasses.class.getClassLoader()); // as ConfigDef does
            if (c.getSimpleName().isEmpty()) return;
            String sep = instantiable(c) ? " +" : " ";
            for (Map.Entry<String, List<Class<?>>> t : types.entrySet())
                for (Class<?> type : t.getValue())
                    if (type.isAssignableFrom(c)) {
                        b.append(sep).append(t.getKey());
                        sep = " ";
                    }
        } catch (Throwable t) {
            return; // needs what is not on the class path, or cannot be initialized
        }
        System.out.println(b);
    }

    private static boolean instantiable(Class<?> c) {
        if (Modifier.isAbstract(c.getModifiers()) || !Modifier.isPublic(c.getModifiers())) return false;
        for (Class<?> outer = c.getEnclosingClass(); outer != null; outer = outer.getEnclosingClass())
            if (!Modifier.isPublic(outer.getModifiers())) return false;
        try {
            Constructor<?> k = c.getDeclaredConstructor();
            return Modifier.isPublic(k.getModifiers());
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    private static void jdk() throws Exception {
        TreeSet<String> names = new TreeSet<>();
        for (var module : ModuleFinder.ofSystem().findAll()) {
            Set<String> exported = new HashSet<>();
            for (var e : module.descriptor().exports())
                if (!e.isQualified()) exported.add(e.source());
            try (var reader = module.open()) {
                reader.list().filter(n -> n.endsWith(".class") && !n.contains("-") && n.contains("/")).forEach(n -> {
                    String name = n.substring(0, n.length() - 6).replace('/', '.');
                    if (!exported.contains(name.substring(0, name.lastIndexOf('.')))) return;
                    try {
                        if (!Class.forName(name, false, ClassLoader.getSystemClassLoader()).getSimpleName().isEmpty()) names.add(name);
                    } catch (Throwable t) {
                        // not to be loaded by name
                    }
                });
            }
        }
        names.forEach(System.out::println);
    }
}
