package io.sagaflow.jdbc.conformance;

import io.sagaflow.SagaStoreException;
import io.sagaflow.testkit.database.CommitWatcher;
import io.sagaflow.testkit.database.DatabaseClient;
import io.sagaflow.testkit.database.Exchange;
import io.sagaflow.testkit.database.Fate;
import io.sagaflow.testkit.database.Fate.Outcome;
import io.sagaflow.testkit.database.Guard;
import io.sagaflow.testkit.database.Pace;
import io.sagaflow.testkit.database.SimulatedDatabase;
import io.sagaflow.testkit.database.SteppedPace;
import io.sagaflow.testkit.database.Wait;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/** The simulated database. What is in doubt stays so until a step decides it. */
final class SimulatedWorld implements World {

  /** Long enough for the lane to repeat what broke, a few times. */
  private static final Duration A_WHILE = Duration.ofMillis(400);

  private static final ThreadLocal<Fate> FATE_OF_CALL = new ThreadLocal<>();

  final int lanes;
  final Names names = new Names();
  private final SteppedPace pace = new SteppedPace();
  private final NavigableMap<Integer, Runnable> inDoubt = new TreeMap<>();
  final SimulatedDatabase database;
  private final List<DatabaseClient> clients = new ArrayList<>();
  private final List<Deque<Fate>> fates = new ArrayList<>();
  private final List<String> ended = new ArrayList<>();
  private final NavigableSet<Integer> open = new TreeSet<>();

  SimulatedWorld(int lanes, Set<Guard> missing) {
    this.lanes = lanes;
    database = new SimulatedDatabase(new DoubtfulPace(), CommitWatcher.NONE, missing);
    for (int i = 0; i < CLIENTS; i++) {
      int client = i;
      fates.add(new ArrayDeque<>());
      clients.add(database.connect(exchange -> fate(client, exchange), pace.process(), lanes));
    }
  }

  /** Holds back the ends of what is in doubt: a delay of days names the step that decides it. */
  private final class DoubtfulPace implements Pace {
    @Override
    public void later(Duration delay, Runnable event) {
      if (delay.toDays() > 0) {
        inDoubt.put((int) delay.toDays(), event);
      } else {
        pace.later(delay, event);
      }
    }

    @Override
    public boolean await(BooleanSupplier condition, Duration atMost) {
      return pace.await(condition, atMost);
    }
  }

  private Fate fate(int client, Exchange exchange) {
    if (exchange == Exchange.BATCH) {
      Fate next = fates.get(client).poll();
      return next == null ? Fate.ANSWERED : next;
    }
    Fate next = FATE_OF_CALL.get();
    FATE_OF_CALL.remove();
    return next == null ? Fate.ANSWERED : next;
  }

  private static Fate fate(Step step) {
    return new Fate(step.outcome(), Duration.ZERO, Duration.ZERO, Duration.ofDays(step.number()));
  }

  /** The steps that can be decided. */
  NavigableSet<Integer> inDoubt() {
    return new TreeSet<>(inDoubt.keySet());
  }

  /** The steps that go on. */
  NavigableSet<Integer> open() {
    return new TreeSet<>(open);
  }

  @Override
  public Observation take(Step step) {
    ended.clear();
    begin(step);
    pace.advance(A_WHILE);
    ended.sort(String::compareTo);
    List<String> waits = database.waits().stream().map(this::tell).sorted().toList();
    return new Observation(List.copyOf(ended), List.copyOf(open), waits);
  }

  private void begin(Step step) {
    DatabaseClient client = clients.get(step.client());
    if (step.action() instanceof Action.Decide decide) {
      Runnable end = inDoubt.remove(decide.step());
      if (end != null) {
        end.run();
      }
    } else if (step.action() instanceof Action.Ask ask) {
      open.add(step.number());
      pace.call(() -> end(step, ask(step, ask, client)));
    } else if (step.action() instanceof Action.Write write) {
      open.add(step.number());
      if (step.outcome() != Outcome.ANSWERED) {
        fates.get(step.client()).add(fate(step));
      }
      write
          .write(client, names)
          .whenComplete((result, failure) -> end(step, failure == null ? result : tell(failure)));
    }
  }

  private String ask(Step step, Action.Ask ask, DatabaseClient client) {
    FATE_OF_CALL.set(fate(step));
    try {
      return ask.ask(client, names);
    } catch (SagaStoreException e) {
      return tell(e);
    }
  }

  private boolean end(Step step, String result) {
    ended.add(step.number() + " " + result);
    return open.remove(step.number());
  }

  static String tell(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof java.util.concurrent.CompletionException && cause != null
        ? cause.getClass().getSimpleName()
        : failure.getClass().getSimpleName();
  }

  int number(DatabaseClient client) {
    return clients.indexOf(client);
  }

  private String tell(Wait wait) {
    List<Integer> blockers =
        wait.blockers().stream().map(this::number).sorted().distinct().toList();
    return "client " + number(wait.client()) + " " + wait.exchange() + " for " + blockers;
  }

  @Override
  public void close() {
    clients.forEach(DatabaseClient::close);
  }
}
