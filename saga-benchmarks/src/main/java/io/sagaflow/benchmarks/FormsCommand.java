package io.sagaflow.benchmarks;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code forms}. */
@Command(
    name = "forms",
    description = {
      "Compares ways to write a batch of journal rows under a fence, on one connection: arrays that",
      "are unnested, multi-row VALUES, COPY; and payloads as bytea, text or jsonb. Each in turn, for",
      "several rounds; the figures are medians of the rounds."
    })
final class FormsCommand extends BenchmarkCommand {

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "130",
      description = "Rows of a batch; default ${DEFAULT-VALUE}")
  private int rows;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "7",
      description = "Rounds of each; default ${DEFAULT-VALUE}")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "1",
      description =
          "How long a round takes, after one that isn't counted; default ${DEFAULT-VALUE}")
  private int seconds;

  FormsCommand(Console console) {
    super(console);
  }

  @Override
  void check() {
    NotUsableException.unlessInRange("--rows", rows, 1, 5_000);
    NotUsableException.unlessInRange("--rounds", rounds, 1, 1_000);
    NotUsableException.unlessInRange("--seconds", seconds, 1, 3_600);
  }

  @Override
  Report measure(Server server) throws Exception {
    Map<RowForm, List<Double>> micros = new EnumMap<>(RowForm.class);
    try (Connection connection = server.dataSource().getConnection()) {
      create(connection);
      for (int round = 0; round <= rounds; round++) {
        console.err().println("forms: round " + round + " of " + rounds);
        for (RowForm form : RowForm.values()) {
          double each = microsOfABatch(form, connection);
          if (round > 0) {
            micros.computeIfAbsent(form, any -> new ArrayList<>()).add(each);
          }
        }
      }
    }
    return report(micros);
  }

  private static void create(Connection connection) throws SQLException {
    Sql.execute(connection, "DROP SCHEMA IF EXISTS bench_forms CASCADE");
    Sql.execute(connection, "CREATE SCHEMA bench_forms");
    Sql.execute(connection, "CREATE TABLE bench_forms.fence (id bigint PRIMARY KEY)");
    Sql.execute(connection, "INSERT INTO bench_forms.fence VALUES (1)");
    for (RowForm form : RowForm.values()) {
      form.create(connection);
    }
  }

  private double microsOfABatch(RowForm form, Connection connection)
      throws SQLException, IOException {
    long begin = System.nanoTime();
    long batches = 0;
    do {
      form.write(connection, rows);
      batches++;
    } while (System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(seconds));
    return (System.nanoTime() - begin) / 1e3 / batches;
  }

  private Report report(Map<RowForm, List<Double>> micros) {
    Report report =
        new Report("forms")
            .parameter("rows", rows)
            .parameter("rounds", rounds)
            .parameter("round_seconds", seconds);
    micros.forEach(
        (form, each) ->
            report.figure(
                form.name().toLowerCase(Locale.ROOT) + "_us_per_batch", Figures.median(each)));
    return report;
  }
}
