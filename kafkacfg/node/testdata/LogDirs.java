import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.slf4j.LoggerFactory;

/** Reads paths of server.properties and prints A where KafkaRaftServer takes the directories that it finds, else R. */
public class LogDirs {
    public static void main(String[] args) throws Exception {
        Object server = Class.forName("kafka.server.KafkaRaftServer$").getField("MODULE$").get(null);
        Method look = method("kafka.server.KafkaRaftServer$", "initializeLogDirs", -1);
        if (look == null) {
            look = method("kafka.server.KafkaRaftServer", "initializeLogDirs", -1);
        }
        look.setAccessible(true);
        Object config = Class.forName("kafka.server.KafkaConfig$").getField("MODULE$").get(null);
        Method fromProps = method("kafka.server.KafkaConfig$", "fromProps", 1);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = in.readLine()) != null; ) {
            Properties p = new Properties();
            try (InputStream file = Files.newInputStream(Path.of(line))) {
                p.load(file);
            }
            Object parsed = fromProps.invoke(config, p);
            try {
                Object target = Modifier.isStatic(look.getModifiers()) ? null : server;
                if (look.getParameterCount() == 1) {
                    look.invoke(target, parsed);
                } else {
                    boolean slf4j = look.getParameterTypes()[1].getName().startsWith("org.slf4j");
                    look.invoke(target, parsed, slf4j ? LoggerFactory.getLogger("x") : null, "");
                }
                System.out.println("A");
            } catch (InvocationTargetException e) {
                System.out.println("R " + String.valueOf(e.getCause().getMessage()).replace("\n", " "));
            }
        }
    }

    static Method method(String type, String name, int parameters) throws Exception {
        for (Method m : Class.forName(type).getDeclaredMethods()) {
            if (m.getName().equals(name) && (parameters < 0 || m.getParameterCount() == parameters)) {
                return m;
            }
        }
        return null;
    }
}
