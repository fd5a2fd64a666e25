package io.sagaflow.chaos;

import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.jdbc.PostgresSagaStore;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A coordinator in a process of its own, to be killed, stopped and cut off. */
@Command(name = "node", hidden = true, description = "A coordinator's process.")
final class NodeCommand implements Callable<Integer> {

  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration SHORT = Duration.ofSeconds(1);

  /** Long enough for a call that is only short of processor time to notice its interrupt. */
  private static final Duration GRACE = Duration.ofSeconds(8);

  private static final Duration STORE_TIMEOUT = Duration.ofSeconds(5);
  private static final int IN_MEMORY = 80;

  @Option(names = "--name", required = true)
  private String name = "";

  @Option(names = "--url", required = true)
  private String url = "";

  @Option(names = "--participants", required = true)
  private int participants;

  @Option(names = "--lease-millis", required = true)
  private long leaseMillis;

  @Option(names = "--nap-millis", required = true)
  private long napMillis;

  @Option(names = "--pool", required = true)
  private int connections;

  @Option(names = "--without", split = ",")
  private List<String> without = new ArrayList<>();

  private final PrintStream parent;

  NodeCommand(PrintStream parent) {
    this.parent = parent;
  }

  @Override
  public Integer call() throws Exception {
    JumpingClock clock = new JumpingClock();
    List<SagaDefinition<Job>> definitions = definitions();
    try (HikariDataSource pool = pool();
        SagaCoordinator coordinator = coordinator(pool, definitions, clock)) {
      Runtime.getRuntime().addShutdownHook(new Thread(coordinator::close, "on-sigterm"));
      NodeServer node = new NodeServer(coordinator, definitions, clock);
      HttpServer server =
          Http.serve(
              Map.of(
                  "/start", (it, query) -> node.start(query),
                  "/signal", (it, query) -> node.signal(query),
                  "/clock", (it, query) -> node.jump(query)));
      parent.println(Child.READY + server.getAddress().getPort());
      Main.awaitEndOfInput();
    }
    return 0;
  }

  private HikariDataSource pool() {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(url + "&socketTimeout=40");
    pool.setMaximumPoolSize(connections);
    pool.setConnectionTimeout(STORE_TIMEOUT.toMillis());
    pool.setInitializationFailTimeout(-1);
    return pool;
  }

  private SagaCoordinator coordinator(
      HikariDataSource pool, List<SagaDefinition<Job>> definitions, JumpingClock clock) {
    return SagaCoordinator.builder()
        .store(store(pool))
        .register(definitions.toArray(SagaDefinition<?>[]::new))
        .nodeName(name)
        .leaseDuration(Duration.ofMillis(leaseMillis))
        .pollInterval(POLL)
        .parkAfter(SHORT)
        .interruptGrace(GRACE)
        .drainTimeout(SHORT)
        .storeTimeout(STORE_TIMEOUT)
        .maxSagasInMemory(IN_MEMORY)
        .startIn(clock.environmentOf(name));
  }

  /** A pool of one or two is too small by the manual; it has to be safe all the same. */
  private PostgresSagaStore store(HikariDataSource pool) {
    PostgresSagaStore.Builder store = PostgresSagaStore.builder().dataSource(pool).migrate(false);
    if (connections <= 2) {
      store.lanes(1).transactions(1);
    }
    return store.build();
  }

  private List<SagaDefinition<Job>> definitions() {
    Participants callees = new Participants(new Http(), participants, name);
    return new Definitions(callees, Duration.ofMillis(napMillis))
        .all().stream().filter(definition -> !without.contains(definition.toString())).toList();
  }
}
