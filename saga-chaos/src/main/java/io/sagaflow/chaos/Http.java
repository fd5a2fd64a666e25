package io.sagaflow.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;

/** Short forms of the JDK's HTTP. */
final class Http {

  private static final int BACKLOG = 200;
  private static final int THREADS = 48;

  private final HttpClient client;

  Http() {
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
  }

  /** An answer. */
  record Answer(int status, String text) {

    boolean isGood() {
      return status == 200;
    }
  }

  /** Answers a request. */
  @FunctionalInterface
  interface Handler {

    Answer answer(HttpExchange exchange, Map<String, String> query) throws Exception;
  }

  /** Serves on a free port until the JVM ends. */
  static HttpServer serve(Map<String, Handler> handlers) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    handlers.forEach((path, handler) -> server.createContext(path, it -> handle(it, handler)));
    server.setExecutor(Executors.newFixedThreadPool(THREADS, Http::daemon));
    server.start();
    return server;
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "http");
    thread.setDaemon(true);
    return thread;
  }

  private static void handle(HttpExchange exchange, Handler handler) throws IOException {
    try (exchange) {
      Answer answer;
      try {
        answer = handler.answer(exchange, query(exchange.getRequestURI()));
      } catch (Exception e) {
        answer = new Answer(500, e.toString());
      }
      byte[] body = answer.text().getBytes(UTF_8);
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  private static Map<String, String> query(URI uri) {
    Map<String, String> values = new HashMap<>();
    String query = uri.getQuery();
    if (query != null) {
      for (String part : query.split("&", -1)) {
        int equals = part.indexOf('=');
        values.put(part.substring(0, equals), part.substring(equals + 1));
      }
    }
    return values;
  }

  /** Posts to a server on this machine. */
  Answer post(int port, String path, Map<String, String> headers, Duration timeout)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(timeout)
            .POST(HttpRequest.BodyPublishers.noBody());
    headers.forEach(request::header);
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), response.body());
  }

  static String encode(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }
}
