import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Properties;

/** Loads files that come in as length and bytes; answers with every entry in order, or -1 where loading throws. */
public class Load {
    public static void main(String[] args) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in, 1 << 16));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out, 1 << 16));
        for (int n = in.readInt(); n >= 0; n = in.readInt()) {
            byte[] file = new byte[n];
            in.readFully(file);
            Recorder p = new Recorder();
            try {
                p.load(new ByteArrayInputStream(file));
                out.writeInt(p.count);
                p.bytes.writeTo(out);
            } catch (IllegalArgumentException e) {
                out.writeInt(-1);
            }
        }
        out.flush();
    }

    static class Recorder extends Properties {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final DataOutputStream entries = new DataOutputStream(bytes);
        int count;

        @Override
        public synchronized Object put(Object key, Object value) {
            count++;
            write((String) key);
            write((String) value);
            return super.put(key, value);
        }

        private void write(String s) {
            try {
                entries.writeInt(s.length());
                for (int i = 0; i < s.length(); i++) {
                    entries.writeChar(s.charAt(i));
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
