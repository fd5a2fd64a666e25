package io.sagaflow.benchmarks;

import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.SagaPurge.PurgeOrder;
import io.sagaflow.store.SagaSlice;
import io.sagaflow.store.SagaStore;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code queries}. */
@Command(
    name = "queries",
    description = {
      "Measures what a coordinator answers about the sagas of a store that holds many: each query by",
      "itself, the median and the 99th percentile of its answers. One saga was really run, the others",
      "are copies of its rows, of which every 40th is made compensated, every 2,000th stuck, and",
      "every 100th parked."
    })
final class QueriesCommand extends BenchmarkCommand {

  private static final String SCHEMA = "bench_history";
  private static final int STEPS = 3;
  private static final int RECORDS = STEPS + 2;
  private static final Duration LONG = Duration.ofMinutes(1);

  /** In the order of the copies' numbers, which their keys end in. */
  private static final String VARY =
      """
      UPDATE ${schema}.saga_instance i
      SET status = s.status, ended_at = CASE WHEN s.status = 'COMPENSATED' THEN ended_at END,
          step = CASE WHEN s.status <> 'COMPENSATED' THEN 'step-2' END,
          wake_at = CASE WHEN s.status = 'RUNNING' THEN timestamptz '2100-01-01' END
      FROM (SELECT id, CASE WHEN number % 40 = 7 THEN 'COMPENSATED' WHEN number % 2000 = 11 THEN 'STUCK'
                            WHEN number % 100 = 13 THEN 'RUNNING' END AS status
            FROM (SELECT id, split_part(business_key, '-', 2)::int AS number
                  FROM ${schema}.saga_instance) n) s
      WHERE s.id = i.id AND s.status IS NOT NULL
      """;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "10000000",
      description = "Journal rows; five are a saga's. Default ${DEFAULT-VALUE}")
  private int rows;

  @Option(
      names = "--times",
      paramLabel = "N",
      defaultValue = "200",
      description = "How often each query is asked; default ${DEFAULT-VALUE}")
  private int times;

  QueriesCommand(Console console) {
    super(console);
  }

  @Override
  void check() {
    NotUsableException.unlessInRange("--rows", rows, 100 * RECORDS, 1_000_000_000);
    NotUsableException.unlessInRange("--times", times, 2, 1_000_000);
  }

  @Override
  Report measure(Server server) throws Exception {
    SagaDefinition<Parcel> definition = ParcelSaga.ofSteps(STEPS, Participant.IDLE);
    fill(server, definition);
    Report report = new Report("queries").parameter("rows", rows).parameter("times", times);
    try (Node node = open(server, definition)) {
      Questions questions = Questions.to(node.coordinator(), definition.name());
      for (Map.Entry<String, Runnable> each : questions.all().entrySet()) {
        ask(report, each.getKey(), each.getValue());
      }
      try (SagaStore store = new Node.Place(SCHEMA, null).store(node.pool())) {
        ask(report, "purge_batch_of_500", () -> purge(store));
      }
    }
    return report;
  }

  private static Node open(Server server, SagaDefinition<Parcel> definition) {
    return Node.open(server, new Node.Place(SCHEMA, null), builder -> builder.register(definition));
  }

  private void fill(Server server, SagaDefinition<Parcel> definition) throws Exception {
    try (Node node = open(server, definition);
        Connection connection = server.dataSource().getConnection()) {
      Parcel parcel = new Parcel("copied-0", 1, false, "x".repeat(100));
      SagaHandle one = node.coordinator().start(definition, parcel.orderId(), parcel);
      one.await(LONG);
      CopiedSagas.Series rest = new CopiedSagas.Series("copied", rows / RECORDS - 1);
      new CopiedSagas(connection, SCHEMA).copy(one.id().value(), rest, progress("copies"));
      Sql.execute(connection, VARY.replace("${schema}", SCHEMA));
      server.settle(SCHEMA);
    }
  }

  private void ask(Report report, String name, Runnable question) {
    double[] millis = new double[times];
    for (int i = 0; i < times; i++) {
      long begun = System.nanoTime();
      question.run();
      millis[i] = (System.nanoTime() - begun) / 1e6;
    }
    Arrays.sort(millis);
    report.figure(name + "_p50_ms", millis[times / 2]);
    report.figure(name + "_p99_ms", millis[(int) (times * 0.99)]);
    console.err().printf("%-32s %.2f ms%n", name, millis[times / 2]);
  }

  /** Each time the next ones. */
  private static void purge(SagaStore store) {
    SagaSlice slice = new SagaSlice(Optional.empty(), Optional.empty(), false, 500);
    EnumSet<SagaStatus> ends = EnumSet.of(SagaStatus.COMPLETED, SagaStatus.COMPENSATED);
    store.purge().purge(new PurgeOrder(ends, Instant.now().plus(LONG), slice));
  }
}
