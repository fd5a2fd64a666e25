package io.sagaflow.examples;

import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaListener;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A coordinator in a process of its own, to be killed. It carries on whatever sagas it finds, and
 * places orders if it is given any. What it tells its parent, it prints: lines that begin with
 * {@code @}. It ends when its standard input does, so it doesn't outlive its parent.
 */
@Command(name = "worker", hidden = true, description = "A coordinator process of the demo.")
final class Worker implements Callable<Integer> {

  /** Followed by a number: how many records have become durable. */
  static final String RECORDS = "@records ";

  /** Every order that was given has ended. */
  static final String DONE = "@done ";

  /** The environment variable that holds the database's url. */
  static final String URL = "SAGA_EXAMPLES_URL";

  private static final int RECORDS_A_LINE = 10;
  private static final int CLIENTS = 32;

  @Option(names = "--node", required = true)
  private String node = "";

  @Option(names = "--lease-millis")
  private long leaseMillis = 10_000;

  @Option(names = "--place")
  private List<String> orders = new ArrayList<>();

  @Option(names = "--batch")
  private String batch = "";

  @Option(names = "--batch-size")
  private int batchSize;

  @Option(names = "--seed")
  private long seed;

  @Option(names = "--unreliable")
  private boolean unreliable;

  @Option(names = "--stop-at")
  private String stopAt = "";

  private final PrintStream parent;

  Worker(PrintStream parent) {
    this.parent = parent;
  }

  @Override
  public Integer call() throws Exception {
    Checkpoint checkpoint = new Checkpoint(stopAt, parent);
    Network network = unreliable ? new UnreliableNetwork(seed) : Network.RELIABLE;
    ShopNode.Setup setup =
        new ShopNode.Setup(
            url(),
            node,
            Duration.ofMillis(leaseMillis),
            checkpoint.behind(network),
            listener(checkpoint));
    try (ShopNode shop = ShopNode.start(setup)) {
      List<SagaHandle> sagas = place(shop);
      if (!sagas.isEmpty()) {
        parent.println(DONE + ends(sagas));
      }
      awaitEndOfInput();
    }
    return 0;
  }

  private static String url() {
    String url = System.getenv(URL);
    if (url == null) {
      throw new IllegalArgumentException("The environment has no " + URL);
    }
    return url;
  }

  private SagaListener listener(Checkpoint checkpoint) {
    AtomicInteger records = new AtomicInteger();
    return event -> {
      int count = records.incrementAndGet();
      if (count % RECORDS_A_LINE == 0) {
        parent.println(RECORDS + count);
      }
      checkpoint.reached(point(event));
    };
  }

  private static String point(SagaEvent event) {
    return event.kind() + event.step().map(step -> " " + step).orElse("");
  }

  private List<SagaHandle> place(ShopNode shop) throws InterruptedException, ExecutionException {
    List<Order> all = new ArrayList<>(orders.stream().map(Order::parse).toList());
    all.addAll(new Batch(batch, batchSize, seed).orders());
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Callable<SagaHandle>> calls = new ArrayList<>();
      all.forEach(order -> calls.add(() -> shop.place(order)));
      new Batch(batch, batchSize, seed)
          .deliveries()
          .forEach(delivery -> calls.add(() -> shop.deliver(delivery)));
      Collections.shuffle(calls, new Random(seed));
      List<SagaHandle> sagas = new ArrayList<>();
      for (Future<SagaHandle> placed : clients.invokeAll(calls)) {
        sagas.add(placed.get());
      }
      return sagas;
    } finally {
      clients.shutdownNow();
    }
  }

  /** Counts how they ended, as in "760 completed, 240 compensated". */
  private static String ends(List<SagaHandle> sagas)
      throws InterruptedException, ExecutionException {
    Map<SagaStatus, Integer> ends = new EnumMap<>(SagaStatus.class);
    for (SagaHandle saga : sagas) {
      SagaOutcome outcome = saga.completion().toCompletableFuture().get();
      ends.merge(outcome.status(), 1, Integer::sum);
    }
    return ends.entrySet().stream()
        .map(end -> end.getValue() + " " + end.getKey().name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  private static void awaitEndOfInput() throws IOException {
    while (System.in.read() >= 0) {
      // the parent says nothing, and then goes or lets us go
    }
  }
}
