import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * Reads lines of tab-separated fields: key store, its type, its password, the key's password, trust store, its type, its
 * password (empty: none), host name, and for mutual TLS the client's key store (empty: none), PKCS12, with its password; both
 * sides trust the same then. Answers each with "ok" and the length of the chain served, or with the failure.
 */
public class Handshake {
    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        ExecutorService pool = Executors.newSingleThreadExecutor();
        for (String line; (line = in.readLine()) != null; ) {
            String[] f = line.split("\t", -1);
            try {
                System.out.println("ok " + handshake(pool, f));
            } catch (Exception e) {
                System.out.println("failed " + String.valueOf(e).replace('\n', ' '));
            }
        }
        pool.shutdown();
    }

    static KeyStore load(String path, String type, String password) throws Exception {
        KeyStore s = KeyStore.getInstance(type);
        try (FileInputStream in = new FileInputStream(path)) {
            s.load(in, password.isEmpty() ? null : password.toCharArray());
        }
        return s;
    }

    static int handshake(ExecutorService pool, String[] f) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(load(f[0], f[1], f[2]), f[3].toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(load(f[4], f[5], f[6]));
        boolean mutual = f.length > 8;
        KeyManagerFactory clientKeys = KeyManagerFactory.getInstance("PKIX");
        if (mutual && !f[8].isEmpty()) {
            clientKeys.init(load(f[8], "PKCS12", f[9]), f[9].toCharArray());
        }
        SSLContext server = SSLContext.getInstance("TLS");
        server.init(keys.getKeyManagers(), mutual ? trust.getTrustManagers() : null, null);
        SSLContext client = SSLContext.getInstance("TLS");
        client.init(mutual && !f[8].isEmpty() ? clientKeys.getKeyManagers() : null, trust.getTrustManagers(), null);
        try (SSLServerSocket listener = (SSLServerSocket) server.getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listener.setSoTimeout(20_000);
            listener.setNeedClientAuth(mutual);
            Future<?> served = pool.submit(() -> {
                try (SSLSocket s = (SSLSocket) listener.accept()) {
                    s.setSoTimeout(20_000);
                    s.getOutputStream().write(s.getInputStream().read());
                }
                return null;
            });
            java.net.Socket plain = new java.net.Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort());
            int length;
            try (SSLSocket s = (SSLSocket) client.getSocketFactory().createSocket(plain, f[7], listener.getLocalPort(), true)) {
                s.setSoTimeout(20_000);
                SSLParameters p = s.getSSLParameters();
                p.setEndpointIdentificationAlgorithm("HTTPS");
                s.setSSLParameters(p);
                s.startHandshake();
                s.getOutputStream().write(42);
                if (s.getInputStream().read() != 42) {
                    throw new Exception("the server answers something else");
                }
                length = s.getSession().getPeerCertificates().length;
            }
            served.get(); // each side's close waits for the other's
            return length;
        }
    }
}
