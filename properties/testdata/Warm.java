import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Properties;

/** Loads the file on its standard input again and again and prints the nanoseconds of one load, once the JVM is warm. */
public class Warm {
    public static void main(String[] args) throws IOException {
        byte[] file = System.in.readAllBytes();
        final int rounds = 20_000;
        long best = Long.MAX_VALUE;
        int sum = 0;
        for (int i = 0; i < 15; i++) {
            long start = System.nanoTime();
            for (int j = 0; j < rounds; j++) {
                Properties p = new Properties();
                p.load(new ByteArrayInputStream(file));
                sum += p.size();
            }
            best = Math.min(best, System.nanoTime() - start);
        }
        if (sum == 0) {
            throw new IllegalStateException("nothing was read");
        }
        System.out.println((double) best / rounds);
    }
}
