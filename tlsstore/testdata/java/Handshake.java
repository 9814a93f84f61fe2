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
        try (SSLServerSocket listener = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listener.setNeedClientAuth(true);
            listener.setSoTimeout(10_000);
            Throwable[] failure = new Throwable[1];
            Thread server = new Thread(() -> {
                try (SSLSocket s = (SSLSocket) listener.accept()) {
                    s.setSoTimeout(10_000);
                    s.getOutputStream().write(s.getInputStream().read());
                } catch (Throwable e) {
                    failure[0] = e;
                }
            });
            server.start();
            try (SSLSocket s = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), listener.getLocalPort())) {
                s.setSoTimeout(10_000);
                s.getOutputStream().write(42);
                if (s.getInputStream().read() != 42) {
                    throw new IOException("no answer");
                }
                Stores.say("handshake", s.getSession().getProtocol(), "" + s.getSession().getPeerCertificates().length);
            } finally {
                server.join();
            }
            if (failure[0] != null) {
                throw new IOException(failure[0]);
            }
        }
    }
}
