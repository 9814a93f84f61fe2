import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.cert.Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;

/** Writes stores in Bouncy Castle's formats: Bouncy DIR PASSWORD PKCS8 CERT,CERT ROOT; names the files that it wrote. */
public class Bouncy {
    public static void main(String[] a) throws Exception {
        Security.addProvider((Provider) Class.forName("org.bouncycastle.jce.provider.BouncyCastleProvider").getDeclaredConstructor().newInstance());
        HexFormat hex = HexFormat.of();
        CertificateFactory cf = CertificateFactory.getInstance("X.509");
        String[] der = a[3].split(",");
        Certificate[] chain = new Certificate[der.length];
        for (int i = 0; i < der.length; i++) {
            chain[i] = cf.generateCertificate(new ByteArrayInputStream(hex.parseHex(der[i])));
        }
        Certificate root = cf.generateCertificate(new ByteArrayInputStream(hex.parseHex(a[4])));
        PrivateKey key = KeyFactory.getInstance(chain[0].getPublicKey().getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(hex.parseHex(a[2])));
        for (String type : new String[]{"PKCS12", "PKCS12-DEF", "PKCS12-3DES-40RC2", "PKCS12-3DES-3DES", "PKCS12-AES256-AES128", "PKCS12-AES256-AES128-GCM",
                "PKCS12-DEF-3DES-3DES", "PKCS12-PBMAC1", "BKS", "BKS-V1", "UBER", "BCFKS"}) {
            try {
                KeyStore ks = KeyStore.getInstance(type, "BC");
                ks.load(null, null);
                ks.setKeyEntry("kafka1", key, a[1].toCharArray(), chain);
                try {
                    ks.setCertificateEntry("root", root);
                } catch (Exception e) {
                    System.err.println(type + ": " + e);
                }
                try (OutputStream out = Files.newOutputStream(Path.of(a[0], type))) {
                    ks.store(out, a[1].toCharArray());
                }
                System.out.println(type);
            } catch (GeneralSecurityException e) {
                System.err.println(type + ": " + e);
            }
        }
    }
}
