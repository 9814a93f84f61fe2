import java.io.*;
import java.net.InetAddress;
import java.security.KeyStore;
import javax.net.ssl.*;

/** One TLS handshake on the loopback interface, both sides with the stores that were given. */
class Handshake {
    /** handshake KEYTYPE KEYSTORE PASSWORD KEYPASSWORD TRUSTTYPE TRUSTSTORE PASSWORD */
    static void run(String[] f) throws Exception {
        KeyStore keys = Stores.load(f[1], Stores.text(f[2]), Stores.password(f[3]));
        KeyStore trust = Stores.load(f[5], Stores.text(f[6]), Stores.password(f[7]));
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManagerFactory kmf = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        kmf.init(keys, Stores.password(f[4].equals("-") ? f[3] : f[4]));
        TrustManagerFactory tmf = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        tmf.init(trust);
        context.init(kmf.getKeyManagers(), tmf.getTrustManagers(), null);
        try (Echo echo = new Echo(context, true)) {
            try (SSLSocket s = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), echo.port())) {
                Echo.ask(s);
                Stores.say("handshake", s.getSession().getProtocol(), "" + s.getSession().getPeerCertificates().length);
            } finally {
                echo.failure();
            }
            if (echo.failure() != null) {
                throw new IOException(echo.failure());
            }
        }
    }
}
