import java.io.*;
import java.lang.reflect.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.function.*;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.network.*;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.security.authenticator.CredentialCache;
import org.apache.kafka.common.utils.*;

/**
 * Builds the channels of a broker's listeners with Kafka's own classes. Reads lines "LISTENERS HEX", LISTENERS being
 * name:protocol:inter separated by commas and HEX a properties file, and answers each with A or the exception.
 */
public final class ChannelJudge {
    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null; ) {
            String[] part = line.split(" ");
            String verdict = "A";
            try {
                Properties props = new Properties();
                props.load(new ByteArrayInputStream(HexFormat.of().parseHex(part[1])));
                AbstractConfig config = config(props);
                for (String l : part[0].split(",")) {
                    String[] f = l.split(":");
                    build(config, f[0], f[1], f[2].equals("true"));
                }
            } catch (Throwable t) {
                while (t instanceof InvocationTargetException) t = t.getCause();
                StringBuilder why = new StringBuilder("R:" + t.getClass().getSimpleName());
                for (int i = 0; t != null && i < 6; i++, t = t.getCause()) why.append(" / ").append(t.getMessage());
                verdict = why.toString().replace('\n', ' ');
            }
            out.println(verdict);
        }
        out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static AbstractConfig config(Properties props) throws Exception {
        Class<?> c = Class.forName("kafka.server.KafkaConfig$");
        Method m = c.getMethod("fromProps", Properties.class, boolean.class);
        return (AbstractConfig) m.invoke(c.getField("MODULE$").get(null), props, false);
    }

    private static void build(AbstractConfig config, String name, String protocol, boolean inter) throws Exception {
        Method m = null;
        for (Method x : ChannelBuilders.class.getMethods())
            if (x.getName().equals("serverChannelBuilder")) m = x;
        Object[] given = new Object[m.getParameterCount()];
        for (int i = 0; i < given.length; i++) {
            Class<?> t = m.getParameterTypes()[i];
            if (t == ListenerName.class) given[i] = ListenerName.normalised(name);
            else if (t == boolean.class) given[i] = inter;
            else if (t == SecurityProtocol.class) given[i] = SecurityProtocol.forName(protocol);
            else if (t == AbstractConfig.class) given[i] = config;
            else if (t == CredentialCache.class) given[i] = new CredentialCache();
            else if (t.getSimpleName().equals("DelegationTokenCache")) given[i] = t.getConstructor(Collection.class).newInstance(List.of());
            else if (t == Time.class) given[i] = Time.SYSTEM;
            else if (t.getSimpleName().equals("LogContext")) given[i] = t.getConstructor().newInstance();
            else if (t == Supplier.class) given[i] = (Supplier<Object>) () -> null;
            else if (t == Function.class) given[i] = (Function<Object, Object>) x -> null;
            else throw new IllegalStateException("what is " + t);
        }
        ((ChannelBuilder) m.invoke(null, given)).close();
    }
}
