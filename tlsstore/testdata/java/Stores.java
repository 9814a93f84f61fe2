import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.cert.Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.*;

/**
 * Answers questions about key stores, one a line on standard input, fields separated by tabs. An answer is some lines and then one
 * that says "END". Passwords, aliases and paths are hex of UTF-8; "-" is none.
 */
public class Stores {
    static final HexFormat HEX = HexFormat.of();
    static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);

    public static void main(String[] args) throws Exception {
        System.setOut(System.err);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null; ) {
            String[] f = line.split("\t", -1);
            try {
                switch (f[0]) {
                    case "dump" -> dump(f);
                    case "write" -> write(f);
                    case "lower" -> say(hex(text(f[1]).toLowerCase(Locale.ENGLISH)));
                    case "security" -> Security.setProperty(f[1], f[2]);
                    case "provider" -> Security.addProvider((Provider) Class.forName(f[1]).getDeclaredConstructor().newInstance());
                    case "types" -> types(f[1]);
                    case "handshake" -> Handshake.run(f);
                    default -> say("ERROR", "unknown command");
                }
            } catch (Throwable e) {
                say("ERROR", hex(e.getClass().getName() + ": " + e.getMessage()));
            }
            say("END");
            OUT.flush();
        }
    }

    static void say(String... fields) {
        OUT.println(String.join("\t", fields));
    }

    static String hex(String s) {
        return s == null ? "-" : HEX.formatHex(s.getBytes(StandardCharsets.UTF_8));
    }

    static String text(String hex) {
        return hex.equals("-") ? null : new String(HEX.parseHex(hex), StandardCharsets.UTF_8);
    }

    static char[] password(String hex) {
        String s = text(hex);
        return s == null ? null : s.toCharArray();
    }

    /** The kinds of stores that a provider has. */
    static void types(String provider) {
        for (Provider.Service s : Security.getProvider(provider).getServices()) {
            if (s.getType().equals("KeyStore")) {
                say("type", s.getAlgorithm());
            }
        }
    }

    /** TYPE or TYPE:PROVIDER, and whatever follows. */
    static KeyStore instance(String type) throws Exception {
        String[] parts = type.split(":");
        return parts.length == 1 ? KeyStore.getInstance(type) : KeyStore.getInstance(parts[0], parts[1]);
    }

    static KeyStore load(String type, String path, char[] password) throws Exception {
        KeyStore ks = instance(type);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(Path.of(path)))) {
            ks.load(in, password);
        }
        return ks;
    }

    /** dump TYPE PATH PASSWORD KEYPASSWORD */
    static void dump(String[] f) throws Exception {
        char[] password = password(f[3]);
        char[] keyPassword = f[4].equals("-") ? password : password(f[4]);
        KeyStore ks = load(f[1], text(f[2]), password);
        for (String alias : Collections.list(ks.aliases())) {
            String kind = ks.isCertificateEntry(alias) ? "certificate" : "key";
            Certificate[] chain = kind.equals("key") ? ks.getCertificateChain(alias) : new Certificate[]{ks.getCertificate(alias)};
            List<String> sums = new ArrayList<>();
            for (Certificate c : chain == null ? new Certificate[0] : chain) {
                sums.add(c == null ? "null" : HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(c.getEncoded())));
            }
            String key = "-";
            if (kind.equals("key")) {
                try {
                    Key k = ks.getKey(alias, keyPassword);
                    if (k instanceof PrivateKey p) {
                        key = sums.isEmpty() ? "alone" : signs(p, chain[0].getPublicKey());
                    } else {
                        kind = "secret";
                        key = HEX.formatHex(k.getEncoded());
                    }
                } catch (Throwable e) {
                    key = "!" + e.getClass().getSimpleName();
                    if (ks.entryInstanceOf(alias, KeyStore.SecretKeyEntry.class)) {
                        kind = "secret";
                    }
                }
            }
            Date created = ks.getCreationDate(alias);
            say("entry", hex(alias), kind, created == null ? "-" : "" + created.getTime(), String.join(",", sums), key);
        }
    }

    /** Says whether a signature of the key is good under the public key. */
    static String signs(PrivateKey key, PublicKey pub) throws Exception {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC", "ECDSA" -> "SHA256withECDSA";
            case "DSA" -> "SHA256withDSA";
            case "RSASSA-PSS" -> "SHA256withRSA";
            default -> key.getAlgorithm();
        };
        byte[] message = "kcfg".getBytes(StandardCharsets.US_ASCII);
        Signature s = Signature.getInstance(algorithm);
        s.initSign(key);
        s.update(message);
        byte[] signature = s.sign();
        try {
            Signature v = Signature.getInstance(algorithm);
            v.initVerify(pub);
            v.update(message);
            return v.verify(signature) ? "signs" : "foreign";
        } catch (GeneralSecurityException e) {
            return "foreign";
        }
    }

    /** write TYPE[:PROVIDER[:DER]] PATH PASSWORD then for each entry: key ALIAS KEYPASSWORD PKCS8 CERT,CERT | cert ALIAS CERT | secret ALIAS ALGORITHM BYTES */
    static void write(String[] f) throws Exception {
        KeyStore ks = instance(f[1]);
        ks.load(null, null);
        char[] password = password(f[3]);
        CertificateFactory cf = CertificateFactory.getInstance("X.509");
        for (int i = 4; i < f.length; ) {
            switch (f[i]) {
                case "key" -> {
                    String[] der = f[i + 4].split(",");
                    Certificate[] chain = new Certificate[der.length];
                    for (int n = 0; n < der.length; n++) {
                        chain[n] = cf.generateCertificate(new ByteArrayInputStream(HEX.parseHex(der[n])));
                    }
                    PrivateKey key = privateKey(HEX.parseHex(f[i + 3]), chain[0].getPublicKey().getAlgorithm());
                    ks.setKeyEntry(text(f[i + 1]), key, password(f[i + 2]), chain);
                    i += 5;
                }
                case "cert" -> {
                    ks.setCertificateEntry(text(f[i + 1]), cf.generateCertificate(new ByteArrayInputStream(HEX.parseHex(f[i + 2]))));
                    i += 3;
                }
                case "secret" -> {
                    ks.setKeyEntry(text(f[i + 1]), new javax.crypto.spec.SecretKeySpec(HEX.parseHex(f[i + 3]), f[i + 2]), password, null);
                    i += 4;
                }
                default -> throw new IllegalArgumentException(f[i]);
            }
        }
        try (OutputStream out = Files.newOutputStream(Path.of(text(f[2])))) {
            if (f[1].endsWith(":DER")) { // Bouncy Castle writes BER unless it is told
                ks.store((KeyStore.LoadStoreParameter) Class.forName("org.bouncycastle.jcajce.PKCS12StoreParameter")
                    .getConstructor(OutputStream.class, char[].class, boolean.class).newInstance(out, password, true));
            } else {
                ks.store(out, password);
            }
        }
        say("written");
    }

    static PrivateKey privateKey(byte[] pkcs8, String algorithm) throws Exception {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }
}
