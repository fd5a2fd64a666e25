package io.sagaflow.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code baseline}. */
@Command(
    name = "baseline",
    description = {
      "Runs the same sagas in the engine and as a competent developer writes them by hand, with",
      "plain JDBC and a commit for each transition, in turn; the figures are medians of the rounds.",
      "ratio: engine over hand-written, sagas a second. latency_ratio: the same of the p50."
    })
final class Baseline extends BenchmarkCommand {

  private static final int[] POOLS = {4, 8, 16, 32, 64, 128};

  @Mixin private LoadOptions load = new LoadOptions();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Rounds of each; default ${DEFAULT-VALUE}")
  private int rounds;

  @Option(
      names = "--pool",
      paramLabel = "N",
      description = {
        "Connections of the hand-written saga's pool.",
        "Default: the fastest of several, tried before the rounds for as long as the warm-up"
      })
  private @Nullable Integer pool;

  Baseline(Console console) {
    super(console);
  }

  @Override
  void check() {
    load.check();
    NotUsableException.unlessInRange("--rounds", rounds, 1, 1_000);
    if (pool != null) {
      NotUsableException.unlessInRange("--pool", pool, 1, 250);
    }
  }

  @Override
  Report measure(Server server) throws Exception {
    Parcels parcels = new Parcels(Mode.HAPPY, load.payload);
    int connections = pool == null ? fastestPool(server, parcels) : pool;
    EngineLoad.Sagas sagas = EngineLoad.Sagas.HAPPY_ON_ONE_NODE;
    List<LoadResult> engines = new ArrayList<>();
    List<LoadResult> byHand = new ArrayList<>();
    try (EngineLoad engine = EngineLoad.open(server, "bench_engine", load, sagas);
        HandWrittenLoad hand = HandWrittenLoad.open(server, load, connections, parcels)) {
      engine.warmUp(load.warmUpTime(), progress("warm-up engine"));
      hand.warmUp(progress("warm-up hand-written"));
      for (int i = 1; i <= rounds; i++) {
        engines.add(engine.measure(load.time(), progress("engine " + i)).load());
        byHand.add(hand.measure(load.time(), progress("hand-written " + i)));
      }
    }
    return report(connections, engines, byHand);
  }

  /** Makes the hand-written sagas as fast as they can be here: the comparison is to be fair. */
  private int fastestPool(Server server, Parcels parcels) throws Exception {
    List<Integer> pools =
        IntStream.of(POOLS).filter(pool -> pool <= load.inFlight).boxed().toList();
    if (pools.size() < 2) {
      return load.inFlight; // few in flight: one connection for each
    }
    tryPool(server, parcels, pools.get(0)); // the first one would pay for the cold start
    int fastest = pools.get(0);
    double best = 0;
    for (int connections : pools) {
      double reached = tryPool(server, parcels, connections);
      fastest = reached > best ? connections : fastest;
      best = Math.max(best, reached);
    }
    return fastest;
  }

  private double tryPool(Server server, Parcels parcels, int connections) throws Exception {
    try (HandWrittenLoad hand = HandWrittenLoad.open(server, load, connections, parcels)) {
      ClosedLoop.Progress progress = progress("pool of " + connections);
      return hand.measure(load.calibrationTime(), progress).perSecond();
    }
  }

  private Report report(int connections, List<LoadResult> engines, List<LoadResult> byHand) {
    Comparison engine = Comparison.of(engines);
    Comparison hand = Comparison.of(byHand);
    Report report = new Report("baseline").parameter("rounds", rounds);
    load.tell(report);
    return report
        .parameter("hand_written_pool", connections)
        .table(Comparison.table("engine", engines, "hand-written", byHand))
        .figure("sagas_per_s", engine.perSecond())
        .figure("hand_written_sagas_per_s", hand.perSecond())
        .figure("ratio", engine.perSecond() / hand.perSecond())
        .figure("p50_ms", engine.p50Millis())
        .figure("hand_written_p50_ms", hand.p50Millis())
        .figure("latency_ratio", engine.p50Millis() / hand.p50Millis())
        .figure("p99_ms", engine.p99Millis())
        .figure("hand_written_p99_ms", hand.p99Millis())
        .figure("commits_per_saga", engine.commits())
        .figure("hand_written_commits_per_saga", hand.commits())
        .figure("wal_bytes_per_saga", engine.walBytes())
        .figure("hand_written_wal_bytes_per_saga", hand.walBytes());
  }
}
