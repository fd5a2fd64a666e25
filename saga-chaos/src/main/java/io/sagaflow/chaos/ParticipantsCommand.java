package io.sagaflow.chaos;

import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.jdbc.ParticipantBarrier;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** All participants in a process of their own, which no fault of the suite's kills. */
@Command(name = "participants", hidden = true, description = "The participants' process.")
final class ParticipantsCommand implements Callable<Integer> {

  private static final int CONNECTIONS = 12;

  @Option(names = "--url", required = true)
  private String url = "";

  @Option(names = "--seed", required = true)
  private long seed;

  private final PrintStream parent;

  ParticipantsCommand(PrintStream parent) {
    this.parent = parent;
  }

  @Override
  public Integer call() throws Exception {
    try (HikariDataSource pool = new HikariDataSource()) {
      pool.setJdbcUrl(url);
      pool.setMaximumPoolSize(CONNECTIONS);
      ParticipantBarrier barrier = ParticipantBarrier.create(pool);
      barrier.createTable();
      try (Connection connection = pool.getConnection()) {
        Ledger.createForParticipants(connection);
      }
      serve(new ParticipantServer(pool, barrier, seed));
    }
    return 0;
  }

  private void serve(ParticipantServer participants) throws IOException {
    HttpServer server =
        Http.serve(
            Map.of(
                "/call",
                participants::call,
                "/misbehave",
                (it, query) -> participants.misbehave(query)));
    parent.println(Child.READY + server.getAddress().getPort());
    Main.awaitEndOfInput();
  }
}
