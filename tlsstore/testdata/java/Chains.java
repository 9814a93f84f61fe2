import java.io.*;
import java.net.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.*;
import javax.net.ssl.*;

/**
 * Asks Java about chains, in two ways: its CertPathValidator, and a handshake in which the other side checks the chain and, of a
 * server, the host name. Each line of the file: server or client, the host, the directory with key, anchor, and the chain as 0, 1
 * and so on. The first line is a server with which clients connect. Each line of output: two verdicts, with a tab between them.
 */
public class Chains {
    static final char[] PASSWORD = "change-me".toCharArray();

    static X509Certificate certificate(Path path) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(Files.readAllBytes(path)));
    }

    static X509Certificate[] chain(Path dir) throws Exception {
        List<X509Certificate> all = new ArrayList<>();
        for (int i = 0; Files.exists(dir.resolve("" + i)); i++)
            all.add(certificate(dir.resolve("" + i)));
        return all.toArray(new X509Certificate[0]);
    }

    static KeyManager[] keys(Path dir) throws Exception {
        X509Certificate[] chain = chain(dir);
        KeyStore s = KeyStore.getInstance("JKS");
        s.load(null, null);
        PrivateKey key = KeyFactory.getInstance(chain[0].getPublicKey().getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(dir.resolve("key"))));
        s.setKeyEntry("k", key, PASSWORD, chain);
        KeyManagerFactory f = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        f.init(s, PASSWORD);
        return f.getKeyManagers();
    }

    static TrustManager[] trust(Path dir) throws Exception {
        KeyStore s = KeyStore.getInstance("JKS");
        s.load(null, null);
        s.setCertificateEntry("root", certificate(dir.resolve("anchor")));
        TrustManagerFactory f = TrustManagerFactory.getInstance("PKIX");
        f.init(s);
        return f.getTrustManagers();
    }

    static void path(Path dir) throws Exception {
        X509Certificate anchor = certificate(dir.resolve("anchor"));
        List<X509Certificate> path = new ArrayList<>();
        for (X509Certificate c : chain(dir)) {
            if (c.getSubjectX500Principal().equals(anchor.getSubjectX500Principal()) && c.getPublicKey().equals(anchor.getPublicKey()))
                break;
            path.add(c);
        }
        PKIXParameters p = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
        p.setRevocationEnabled(false);
        CertPathValidator.getInstance("PKIX").validate(CertificateFactory.getInstance("X.509").generateCertPath(path), p);
    }

    static SSLContext context(KeyManager[] keys, TrustManager[] trust) throws Exception {
        SSLContext c = SSLContext.getInstance("TLS");
        c.init(keys, trust, null);
        return c;
    }

    static void handshake(boolean client, String host, Path dir, Path good) throws Exception {
        SSLContext serving = client ? context(keys(good), trust(dir)) : context(keys(dir), null);
        SSLContext connecting = client ? context(keys(dir), trust(good)) : context(null, trust(dir));
        try (Echo echo = new Echo(serving, client)) {
            Throwable ours = null;
            try (SSLSocket s = (SSLSocket) connecting.getSocketFactory().createSocket(new Socket(InetAddress.getLoopbackAddress(), echo.port()), host, echo.port(), true)) {
                if (!client) {
                    SSLParameters p = s.getSSLParameters();
                    p.setEndpointIdentificationAlgorithm("HTTPS");
                    s.setSSLParameters(p);
                }
                Echo.ask(s);
            } catch (Throwable e) {
                ours = e;
            }
            Throwable theirs = echo.failure();
            Throwable e = client ? theirs : ours;
            if (e != null) throw new Exception(e);
            if (ours != null) throw new Exception(ours);
        }
    }

    interface Question { void ask() throws Exception; }

    static String verdict(Question q) {
        try {
            q.ask();
            return "ok";
        } catch (Throwable e) {
            while (e.getCause() != null) e = e.getCause();
            return "refused: " + String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
        }
    }

    public static void main(String[] args) throws Exception {
        Path good = null;
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            String[] words = line.split(" ");
            Path dir = Path.of(words[2]);
            if (good == null) good = dir;
            Path server = good;
            System.out.println(verdict(() -> path(dir)) + "\t" + verdict(() -> handshake(words[0].equals("client"), words[1], dir, server)));
        }
    }
}
