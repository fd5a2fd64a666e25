package io.sagaflow.testkit;

import static java.util.Objects.requireNonNull;

import io.sagaflow.JacksonPayloadCodec;
import io.sagaflow.PayloadCodec;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaOutcome;
import io.sagaflow.StepKey;
import io.sagaflow.testkit.ExplorerOptions.Bounds;
import io.sagaflow.testkit.ExplorerOptions.Surroundings;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.function.ThrowingConsumer;

/**
 * Runs a saga of yours with every fault that it may meet, in virtual time, and says what is wrong
 * with its actions and compensations.
 *
 * <pre>{@code
 * SagaExplorer.of(placeOrder)
 *     .input(order)
 *     .participants(orders, stock, payments) // reset before each run
 *     .ledger(ledger) // to which they report what they did
 *     .invariant("stock is whole", outcome -> assertThat(stock.total()).isEqualTo(10))
 *     .explore();
 * }</pre>
 *
 * <p>It first runs the saga without a fault, to learn its points: each journal write and each call.
 * Then it runs it again for each {@link FaultKind fault} of each call, once and, where a saga may
 * give up, each time; for a crash at each point, resumed by another process under the same node
 * name or another; for each of the faults with a crash at each point of that run; and for pairs of
 * crashes. A saga of six steps takes some thousand runs and a few seconds; they grow with the
 * square of the number of steps.
 *
 * <p>Of each run it checks that the saga ended and isn't stuck; that {@code COMPLETED} means that
 * each effect stands as it does without a fault, and {@code COMPENSATED} that none stands; that no
 * effect was applied or compensated twice, compensated without having been applied, applied under
 * two keys, or applied after its compensation; that the calls came in order, each under one key;
 * and your invariants. What effects there were it takes from an {@link EffectLedger}; without one,
 * your invariants have to say.
 *
 * <p>The saga runs as you defined it, but that pauses between attempts have no jitter, and a call
 * is tried at most six times. Deterministic, if your code is. Mutable, for one thread.
 *
 * @param <I> the saga's input
 */
public final class SagaExplorer<I> {

  private final SagaDefinition<I> definition;
  private final List<TestParticipant> participants = new ArrayList<>();
  private final List<Invariant> invariants = new ArrayList<>();
  private @Nullable I input;
  private @Nullable PayloadCodec codec;
  private @Nullable VirtualTime time;
  private EffectLedger ledger = new EffectLedger();
  private final List<ExploredSignal<?>> signals = new ArrayList<>();
  private String businessKey = "explored";
  private Bounds bounds = Bounds.DEFAULTS;

  private SagaExplorer(SagaDefinition<I> definition) {
    this.definition = requireNonNull(definition, "definition");
  }

  /**
   * Begins.
   *
   * @param definition the saga's definition, over participants that can be reset
   * @param <I> the type of the saga's input
   * @return an explorer, to be told the input at least
   */
  public static <I> SagaExplorer<I> of(SagaDefinition<I> definition) {
    return new SagaExplorer<>(definition);
  }

  /**
   * Sets the saga's input.
   *
   * @param input the input
   * @return this explorer
   */
  public SagaExplorer<I> input(I input) {
    this.input = requireNonNull(input, "input");
    return this;
  }

  /**
   * Sets the key under which the saga is started; by default "explored".
   *
   * @param key the business key
   * @return this explorer
   */
  public SagaExplorer<I> businessKey(String key) {
    this.businessKey = requireNonNull(key, "key");
    return this;
  }

  /**
   * Adds a signal that the saga waits for. It is sent in each run, right after the start, and once
   * more under the same id after each crash.
   *
   * @param key the signal
   * @param value its value
   * @param <T> the type of its value
   * @return this explorer
   */
  public <T> SagaExplorer<I> signal(StepKey<T> key, T value) {
    signals.add(new ExploredSignal<>(requireNonNull(key, "key"), requireNonNull(value, "value")));
    return this;
  }

  /**
   * Adds participants.
   *
   * @param added reset before each run, in this order
   * @return this explorer
   */
  public SagaExplorer<I> participants(TestParticipant... added) {
    participants.addAll(List.of(added));
    return this;
  }

  /**
   * Sets the ledger to which the participants report. It is reset before each run.
   *
   * @param ledger the ledger
   * @return this explorer
   */
  public SagaExplorer<I> ledger(EffectLedger ledger) {
    this.ledger = requireNonNull(ledger, "ledger");
    return this;
  }

  /**
   * Sets the world in which the saga runs, for participants that take time in it or tell its time;
   * by default one of its own. Time goes on from one run to the next.
   *
   * @param time the world
   * @return this explorer
   */
  public SagaExplorer<I> time(VirtualTime time) {
    this.time = requireNonNull(time, "time");
    return this;
  }

  /**
   * Sets how inputs and results are written; by default as JSON, by Jackson.
   *
   * @param codec the codec
   * @return this explorer
   */
  public SagaExplorer<I> codec(PayloadCodec codec) {
    this.codec = requireNonNull(codec, "codec");
    return this;
  }

  /**
   * Adds something that must hold at the end of each run.
   *
   * @param name what, as a sentence: "stock is whole"
   * @param check throws if it doesn't hold
   * @return this explorer
   */
  public SagaExplorer<I> invariant(String name, Executable check) {
    requireNonNull(check, "check");
    return invariant(name, outcome -> check.execute());
  }

  /**
   * Adds something that must hold at the end of each run.
   *
   * @param name what, as a sentence: "who has the goods has paid"
   * @param check gets to know how the saga ended, and throws if it doesn't hold
   * @return this explorer
   */
  public SagaExplorer<I> invariant(String name, ThrowingConsumer<SagaOutcome> check) {
    invariants.add(new Invariant(requireNonNull(name, "name"), requireNonNull(check, "check")));
    return this;
  }

  /**
   * Leaves faults out that your participants don't claim to bear: {@link FaultKind#LATE_DUPLICATE}
   * and {@link FaultKind#LATE_REQUEST} for those without a barrier.
   *
   * @param kinds the faults
   * @return this explorer
   */
  public SagaExplorer<I> without(FaultKind... kinds) {
    Set<FaultKind> all = EnumSet.noneOf(FaultKind.class);
    all.addAll(bounds.without());
    all.addAll(List.of(kinds));
    bounds = bounds.without(all);
    return this;
  }

  /**
   * Bounds how many pairs of crash points are tried; by default 500, evenly spread over all.
   *
   * @param most 0 or more
   * @return this explorer
   */
  public SagaExplorer<I> pairs(int most) {
    bounds = bounds.pairs(most);
    return this;
  }

  /**
   * Accepts that the saga is stuck at the end: where retries are so few that a single fault uses
   * them up.
   *
   * @return this explorer
   */
  public SagaExplorer<I> allowingStuck() {
    bounds = bounds.allowingStuck();
    return this;
  }

  /**
   * Judges one run only, the one of that name.
   *
   * @param run the name, as a failure tells it
   * @return this explorer
   */
  public SagaExplorer<I> only(String run) {
    bounds = bounds.only(requireNonNull(run, "run"));
    return this;
  }

  /**
   * Explores.
   *
   * @return what was done
   * @throws AssertionError if something is wrong: with a sentence for each thing, the simplest run
   *     that shows it, and how to run that one alone
   * @throws IllegalStateException if no input was given
   * @throws IllegalArgumentException if there is no run of the name that {@link #only} was given
   */
  public Exploration explore() {
    if (input == null) {
      throw new IllegalStateException("An exploration needs the saga's input: call input(...)");
    }
    Surroundings surroundings =
        new Surroundings(
            participants,
            ledger,
            time == null ? new VirtualTime() : time,
            codec == null ? JacksonPayloadCodec.withDefaults() : codec);
    return new Expedition<>(
            new ExplorerOptions<>(
                definition,
                input,
                businessKey,
                signals,
                surroundings,
                List.copyOf(invariants),
                bounds))
        .explore();
  }
}
