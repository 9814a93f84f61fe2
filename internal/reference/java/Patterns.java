import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.*;

/** Says of each line, a pattern in base64, whether Pattern.compile takes it: "ok", or why not. */
public final class Patterns {
    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        PrintStream out = new PrintStream(new BufferedOutputStream(System.out), false, "UTF-8");
        for (String line; (line = in.readLine()) != null; ) {
            String pattern = new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8);
            try {
                Pattern.compile(pattern);
                out.println("ok");
            } catch (PatternSyntaxException e) {
                out.println(e.getDescription().replace('\n', ' '));
            } catch (RuntimeException e) {
                out.println(e.getClass().getName());
            }
        }
        out.flush();
    }
}
