import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.URIParameter;
import java.util.HexFormat;
import javax.security.auth.login.Configuration;

/** Reads "value HEX" or "file HEX" lines and prints whether Kafka's or Java's reader accepts the text. */
public class Jaas {
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
                if (part[0].equals("value")) {
                    make.newInstance("KafkaServer", text);
                } else {
                    Files.writeString(file, text);
                    Configuration.getInstance("JavaLoginConfig", new URIParameter(file.toUri()));
                }
                System.out.println("ok");
            } catch (Exception e) {
                System.out.println("error");
            }
        }
        Files.delete(file);
    }
}
