package io.sagaflow.chaos;

import com.sun.net.httpserver.HttpExchange;
import io.sagaflow.ParticipantCall;
import io.sagaflow.jdbc.Arrival;
import io.sagaflow.jdbc.ParticipantBarrier;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Does what it is asked behind a barrier, and enters it in the ledger; now and then it misbehaves.
 */
final class ParticipantServer {

  private static final Http.Answer GOOD = new Http.Answer(200, "");
  private static final int SILENCE_MILLIS = 2_500;
  static final int LATEST_MILLIS = 4_000;
  private static final int CARRIERS = 8;

  private static final String NOTE =
      """
      INSERT INTO chaos_call (saga_id, step, direction, idempotency_key, began_at, caller, fault)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """;

  private final DataSource dataSource;
  private final ParticipantBarrier barrier;
  private final SplittableRandom random; // guarded by this
  private final ScheduledExecutorService carriers = Executors.newScheduledThreadPool(CARRIERS);
  private volatile double share;

  ParticipantServer(DataSource dataSource, ParticipantBarrier barrier, long seed) {
    this.dataSource = dataSource;
    this.barrier = barrier;
    this.random = new SplittableRandom(seed);
  }

  /** Sets how many of the calls go wrong. */
  Http.Answer misbehave(Map<String, String> query) {
    share = Double.parseDouble(query.getOrDefault("share", "0"));
    return GOOD;
  }

  Http.Answer call(HttpExchange exchange, Map<String, String> query) throws Exception {
    ParticipantCall call = ParticipantCall.fromHeaders(exchange.getRequestHeaders()::getFirst);
    Misbehaviour misbehaviour = roll();
    note(call, exchange, misbehaviour);
    if (Boolean.parseBoolean(query.get("reject"))) {
      return new Http.Answer(Participants.REJECTED, "declined");
    }
    return answer(call, misbehaviour);
  }

  private synchronized Misbehaviour roll() {
    if (random.nextDouble() >= share) {
      return Misbehaviour.NONE;
    }
    List<Misbehaviour> all = List.of(Misbehaviour.values());
    return all.get(1 + random.nextInt(all.size() - 1));
  }

  private synchronized int upTo(int millis) {
    return random.nextInt(millis);
  }

  private void note(ParticipantCall call, HttpExchange exchange, Misbehaviour misbehaviour)
      throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      Sql.update(
          connection,
          NOTE,
          call.sagaId().value(),
          call.step(),
          call.direction().toString(),
          call.idempotencyKey(),
          OffsetDateTime.parse(exchange.getRequestHeaders().getFirst(Participants.BEGAN_HEADER)),
          exchange.getRequestHeaders().getFirst(Participants.CALLER_HEADER),
          misbehaviour.name());
    }
  }

  private Http.Answer answer(ParticipantCall call, Misbehaviour misbehaviour) throws Exception {
    return switch (misbehaviour) {
      case NONE -> pass(call);
      case TIMES_OUT -> {
        Await.pause(SILENCE_MILLIS);
        yield upTo(2) == 0 ? pass(call) : new Http.Answer(503, "too busy");
      }
      case LOSES_THE_ANSWER -> {
        pass(call);
        yield new Http.Answer(500, "the answer got lost");
      }
      case DUPLICATES -> {
        CompletableFuture<Http.Answer> twin =
            CompletableFuture.supplyAsync(() -> unchecked(() -> pass(call)), carriers);
        pass(call);
        yield twin.join();
      }
      case REORDERS -> {
        ScheduledFuture<Http.Answer> unused =
            carriers.schedule(() -> pass(call), upTo(LATEST_MILLIS), TimeUnit.MILLISECONDS);
        yield new Http.Answer(503, "under way");
      }
      case REFUSES -> new Http.Answer(503, "not now");
    };
  }

  private static <T> T unchecked(Callable<T> work) {
    try {
      return work.call();
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }

  private Http.Answer pass(ParticipantCall call) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try {
        Http.Answer answer = pass(connection, call);
        connection.commit();
        return answer;
      } finally {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    }
  }

  private Http.Answer pass(Connection connection, ParticipantCall call) throws SQLException {
    boolean action = call.direction() == ParticipantCall.Direction.ACTION;
    Arrival arrival =
        barrier.<RuntimeException>pass(
            connection,
            call,
            (transaction, earlier) -> {
              enter(transaction, call, action ? "DONE" : "UNDONE");
              return "done";
            });
    if (arrival.kind() == Arrival.Kind.NOTHING_TO_UNDO) {
      enter(connection, call, "NOTHING_TO_UNDO");
    }
    return arrival.kind() == Arrival.Kind.SUPPRESSED ? new Http.Answer(409, "too late") : GOOD;
  }

  private static void enter(Connection connection, ParticipantCall call, String kind)
      throws SQLException {
    Ledger.enter(connection, call.sagaId().value(), call.step(), kind);
  }
}
