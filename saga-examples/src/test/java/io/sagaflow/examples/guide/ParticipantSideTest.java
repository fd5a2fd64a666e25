package io.sagaflow.examples.guide;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sagaflow.ParticipantCall;
import io.sagaflow.ParticipantCall.Direction;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaId;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import io.sagaflow.StepRejectedException;
import io.sagaflow.jdbc.Arrival;
import io.sagaflow.jdbc.ParticipantBarrier;
import io.sagaflow.store.InMemorySagaStore;
import io.sagaflow.testsupport.TestPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The guide's sample of a participant that is another service, called over HTTP. */
class ParticipantSideTest {

  private static final StepKey<String> CHARGE = StepKey.of("charge", String.class);

  private final DataSource dataSource = TestPostgres.freshDatabase().dataSource();
  private final ParticipantBarrier barrier = ParticipantBarrier.create(dataSource);
  private final AtomicInteger answersToLose = new AtomicInteger();
  private final List<Arrival.Kind> arrivals = new CopyOnWriteArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private HttpServer service;

  @BeforeEach
  void startTheService() throws Exception {
    barrier.createTable();
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE payment (id text PRIMARY KEY, amount bigint NOT NULL)");
    }
    service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext("/charge", this::handle);
    service.start();
  }

  @AfterEach
  void stopTheService() {
    service.stop(0);
  }

  // The coordinator's side

  private final SagaDefinition<Long> pay =
      SagaDefinition.named("pay", Long.class)
          .step(CHARGE)
          .action(ctx -> post(ParticipantCall.action(ctx), ctx.input()))
          .compensation(ctx -> post(ParticipantCall.compensation(ctx), ctx.input()))
          .retry(RetryPolicy.brief())
          .step("approve")
          .action(ctx -> approve(ctx.input()))
          .pivot()
          .build();

  private String post(ParticipantCall call, long amountInCents) throws Exception {
    URI address = URI.create("http://localhost:" + service.getAddress().getPort() + "/charge");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address).POST(BodyPublishers.ofString("" + amountInCents));
    call.headers().forEach(request::header);
    HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("the payment service says " + response.statusCode());
    }
    return response.body();
  }

  private static void approve(long amountInCents) {
    if (amountInCents > 1_000) {
      throw new StepRejectedException("too much");
    }
  }

  // The participant's side

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      long amountInCents =
          Long.parseLong(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      Arrival arrival = arrive(exchange, amountInCents);
      arrivals.add(arrival.kind());
      if (answersToLose.getAndDecrement() > 0) {
        return; // done, and nobody is told
      }
      boolean tooLate = arrival.kind() == Arrival.Kind.SUPPRESSED;
      byte[] body = arrival.result().orElse("nothing").getBytes(UTF_8);
      exchange.sendResponseHeaders(tooLate ? 409 : 200, body.length);
      exchange.getResponseBody().write(body);
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private Arrival arrive(HttpExchange exchange, long amountInCents) throws SQLException {
    ParticipantCall call = ParticipantCall.fromHeaders(exchange.getRequestHeaders()::getFirst);
    return switch (call.direction()) {
      case ACTION -> barrier.pass(call, (connection, none) -> charge(connection, amountInCents));
      case COMPENSATION -> barrier.pass(call, (connection, id) -> refund(connection, id));
    };
  }

  private static String charge(Connection connection, long amountInCents) throws SQLException {
    String id = "p-" + UUID.randomUUID();
    try (PreparedStatement statement =
        connection.prepareStatement("INSERT INTO payment VALUES (?, ?)")) {
      statement.setString(1, id);
      statement.setLong(2, amountInCents);
      statement.executeUpdate();
    }
    return id; // kept for a duplicate, and for the compensation
  }

  private static String refund(Connection connection, Optional<String> id) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("UPDATE payment SET amount = 0 WHERE id = ?")) {
      statement.setString(1, id.orElseThrow());
      statement.executeUpdate();
    }
    return "refunded";
  }

  private List<Long> payments() throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT amount FROM payment")) {
      List<Long> amounts = new CopyOnWriteArrayList<>();
      while (rows.next()) {
        amounts.add(rows.getLong(1));
      }
      return amounts;
    }
  }

  private SagaOutcome run(long amountInCents) {
    try (SagaCoordinator coordinator =
        SagaCoordinator.builder().store(new InMemorySagaStore()).register(pay).start()) {
      return coordinator.start(pay, "order-42", amountInCents).await(ofSeconds(30));
    }
  }

  @Test
  void givenAnAnswerThatIsLost_whenTheCallIsRepeated_thenItIsChargedOnce() throws Exception {
    answersToLose.set(1);

    SagaOutcome outcome = run(500);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(outcome.result(CHARGE)).isPresent();
    assertThat(payments()).containsExactly(500L);
    assertThat(arrivals).startsWith(Arrival.Kind.DONE).contains(Arrival.Kind.DUPLICATE);
  }

  @Test
  void givenALaterRejection_whenTheSagaTurnsBack_thenTheChargeIsRefundedByItsId() throws Exception {
    SagaOutcome outcome = run(1_001);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(payments()).containsExactly(0L);
    assertThat(arrivals).containsExactly(Arrival.Kind.DONE, Arrival.Kind.DONE);
  }

  @Test
  void givenACompensationThatOvertakesItsAction_whenTheActionArrives_thenItIsTurnedAway()
      throws Exception {
    ParticipantCall action = call(Direction.ACTION);
    post(call(Direction.COMPENSATION), 500);

    assertThat(statusOf(action)).isEqualTo("the payment service says 409");
    assertThat(payments()).isEmpty();
    assertThat(arrivals).containsExactly(Arrival.Kind.NOTHING_TO_UNDO, Arrival.Kind.SUPPRESSED);
  }

  @Test
  void givenOldCalls_whenPurged_thenYoungOnesAreKept() throws Exception {
    post(call(Direction.ACTION), 500);

    while (barrier.purge(Duration.ofDays(365), 1_000) == 1_000) {}

    post(call(Direction.ACTION), 500);
    assertThat(payments()).containsExactly(500L);
  }

  private final SagaId saga = new SagaId(UUID.randomUUID());

  private ParticipantCall call(Direction direction) {
    return new ParticipantCall(saga, "charge", direction, saga + ":charge:" + direction);
  }

  private String statusOf(ParticipantCall call) throws Exception {
    try {
      return post(call, 500);
    } catch (IOException e) {
      return e.getMessage();
    }
  }
}
