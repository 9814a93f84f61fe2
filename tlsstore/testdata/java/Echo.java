import java.io.IOException;
import java.net.InetAddress;
import javax.net.ssl.*;

/** A server on the loopback interface that takes one connection and gives back one byte. */
class Echo implements AutoCloseable {
    private final SSLServerSocket listener;
    private final Thread server;
    private Throwable failure;

    Echo(SSLContext context, boolean needClientAuth) throws IOException {
        listener = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress());
        listener.setNeedClientAuth(needClientAuth);
        listener.setSoTimeout(10_000);
        server = new Thread(() -> {
            try (SSLSocket s = (SSLSocket) listener.accept()) {
                s.setSoTimeout(10_000);
                s.getOutputStream().write(s.getInputStream().read());
            } catch (Throwable e) {
                failure = e;
            }
        });
        server.start();
    }

    int port() { return listener.getLocalPort(); }

    /** Sends a byte from the client's side and waits for it. */
    static void ask(SSLSocket s) throws IOException {
        s.setSoTimeout(10_000);
        s.getOutputStream().write(42);
        if (s.getInputStream().read() != 42) {
            throw new IOException("no answer");
        }
    }

    /** Waits for the server's side and returns what went wrong there, or null. */
    Throwable failure() throws InterruptedException {
        server.join();
        return failure;
    }

    public void close() throws IOException { listener.close(); }
}
