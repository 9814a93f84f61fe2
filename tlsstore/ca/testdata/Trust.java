import java.io.ByteArrayInputStream;
import java.nio.file.*;
import java.security.KeyStore;
import java.security.cert.*;
import java.util.*;
import javax.net.ssl.*;

/**
 * Asks Java's own trust manager about chains. Each line of standard input: server or client, the file of the trust anchor,
 * the files of the chain. Each line of output: ok, or why not.
 */
public class Trust {
    public static void main(String[] args) throws Exception {
        CertificateFactory x509 = CertificateFactory.getInstance("X.509");
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            String[] words = line.split(" ");
            X509Certificate[] certs = new X509Certificate[words.length - 1];
            for (int i = 0; i < certs.length; i++)
                certs[i] = (X509Certificate) x509.generateCertificate(new ByteArrayInputStream(Files.readAllBytes(Path.of(words[i + 1]))));
            KeyStore anchors = KeyStore.getInstance("PKCS12");
            anchors.load(null, null);
            anchors.setCertificateEntry("root", certs[0]);
            TrustManagerFactory f = TrustManagerFactory.getInstance("PKIX");
            f.init(anchors);
            X509TrustManager m = (X509TrustManager) f.getTrustManagers()[0];
            X509Certificate[] chain = Arrays.copyOfRange(certs, 1, certs.length);
            try {
                if (words[0].equals("server")) m.checkServerTrusted(chain, "ECDHE_ECDSA");
                else m.checkClientTrusted(chain, "EC");
                System.out.println("ok");
            } catch (CertificateException e) {
                Throwable cause = e;
                while (cause.getCause() != null) cause = cause.getCause();
                System.out.println("refused: " + String.valueOf(cause.getMessage()).replace('\n', ' '));
            }
        }
    }
}
