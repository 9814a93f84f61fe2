import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.URIParameter;
import java.util.HexFormat;
import java.util.TreeMap;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;

/**
 * Reads "value HEX" or "file HEX" lines and prints what Kafka's or Java's reader makes of the text: "error", or "ok" and
 * the modules of each entry asked for.
 */
public class Jaas {
    static final String[] NAMES = {"KafkaServer", "C", "sasl_ssl.KafkaServer"};

    public static void main(String[] args) throws Exception {
        Class<?> type = Class.forName("org.apache.kafka.common.security.JaasConfig");
        Constructor<?> make = type.getDeclaredConstructor(String.class, String.class);
        make.setAccessible(true);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        Path file = Files.createTempFile("jaas", ".conf");
        for (String line; (line = in.readLine()) != null; ) {
            String[] part = line.split(" ", -1);
            String text = new String(HexFormat.of().parseHex(part[1]), StandardCharsets.UTF_8);
            try {
                Configuration c;
                if (part[0].equals("value")) {
                    c = (Configuration) make.newInstance("KafkaServer", text);
                } else {
                    Files.writeString(file, text);
                    c = Configuration.getInstance("JavaLoginConfig", new URIParameter(file.toUri()));
                }
                StringBuilder out = new StringBuilder("ok");
                for (String name : NAMES) {
                    AppConfigurationEntry[] entries = c.getAppConfigurationEntry(name);
                    if (entries == null || part[0].equals("value") && !name.equals(NAMES[0])) {
                        continue;
                    }
                    for (AppConfigurationEntry e : entries) {
                        out.append(' ').append(hex(name)).append('/').append(hex(e.getLoginModuleName())).append('/')
                            .append(e.getControlFlag().toString().replaceAll(".* ", ""));
                        TreeMap<String, Object> options = new TreeMap<>();
                        e.getOptions().forEach((k, v) -> options.put(k == null ? "" : k, v)); // Kafka takes a sign for a name
                        options.forEach((k, v) -> out.append('/').append(hex(k)).append('=').append(hex(v.toString())));
                    }
                }
                System.out.println(out);
            } catch (Exception e) {
                System.out.println("error");
            }
        }
        Files.delete(file);
    }

    static String hex(String s) {
        return HexFormat.of().formatHex(s.getBytes(StandardCharsets.UTF_8));
    }
}
