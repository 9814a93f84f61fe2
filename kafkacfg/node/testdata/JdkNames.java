import java.lang.reflect.Field;
import java.security.Provider;
import java.security.Security;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** Prints the names that Java's own providers know: one a line, with what it is. */
public final class JdkNames {
    public static void main(String[] args) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, null, null);
        SSLEngine engine = context.createSSLEngine();
        for (String p : engine.getSupportedProtocols()) System.out.println("protocol " + p);
        for (String p : engine.getEnabledProtocols()) System.out.println("usable-protocol " + p);
        for (String s : engine.getSupportedCipherSuites()) System.out.println("usable-suite " + s);
        Class<?> suites = Class.forName("sun.security.ssl.CipherSuite");
        Field protocols = suites.getDeclaredField("supportedProtocols");
        Field name = suites.getDeclaredField("name");
        Field aliases = suites.getDeclaredField("aliases");
        for (Field f : new Field[] {protocols, name, aliases}) f.setAccessible(true);
        for (Object s : suites.getEnumConstants()) {
            if (((Collection<?>) protocols.get(s)).isEmpty()) continue;
            System.out.println("suite " + name.get(s));
            for (Object a : (Collection<?>) aliases.get(s)) System.out.println("suite " + a);
        }
        for (Provider p : Security.getProviders()) {
            System.out.println("provider " + p.getName());
            for (Provider.Service s : p.getServices()) {
                System.out.println(s.getType() + " " + s.getAlgorithm());
            }
        }
    }
}
