package io.sagaflow.testkit;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A book of what participants really did: each effect that was applied, and each that was
 * compensated, with the key under which the participant was asked. It is independent of the
 * journal, and so shows where the two differ.
 *
 * <p>A {@link FakeParticipant} keeps it by itself. A fake of your own reports with {@link #applied}
 * and {@link #compensated}, each right after its change, and only when it changes something: a
 * repeated call that changes nothing isn't reported. A compensation that finds nothing to undo may
 * say so with {@link #nothingToCompensate}, so that an action that comes later is noticed.
 *
 * <p>Thread-safe.
 */
public final class EffectLedger implements TestParticipant {

  private final List<Entry> entries = new ArrayList<>();
  private @Nullable Callee caller;
  private Runnable afterEffect = () -> {};

  /** What is entered. */
  public enum Kind {
    /** An action changed something. */
    APPLIED,
    /** A compensation changed something. */
    COMPENSATED,
    /** A compensation found nothing to undo. */
    NOTHING_TO_COMPENSATE
  }

  /**
   * One thing that a participant did.
   *
   * @param kind what
   * @param effect the effect's name, the same for the action and its compensation
   * @param key the action's key as the participant got it, also for the compensation
   * @param step the step on whose call it happened, where {@link SagaExplorer} made the call
   */
  public record Entry(Kind kind, String effect, String key, Optional<String> step) {}

  /** Creates an empty ledger. */
  public EffectLedger() {}

  /**
   * Enters that an action changed something.
   *
   * @param effect names the effect, for example "payment"
   * @param key the key under which the participant was asked
   */
  public void applied(String effect, String key) {
    enter(Kind.APPLIED, effect, key);
  }

  /**
   * Enters that a compensation changed something.
   *
   * @param effect the effect's name, the action's
   * @param actionKey the key of the action that was compensated
   */
  public void compensated(String effect, String actionKey) {
    enter(Kind.COMPENSATED, effect, actionKey);
  }

  /**
   * Enters that a compensation found nothing to undo, and changed nothing.
   *
   * @param effect the effect's name, the action's
   * @param actionKey the key of the action that was to be compensated
   */
  public void nothingToCompensate(String effect, String actionKey) {
    enter(Kind.NOTHING_TO_COMPENSATE, effect, actionKey);
  }

  /**
   * Returns everything that was entered.
   *
   * @return the entries in their order
   */
  public synchronized List<Entry> entries() {
    return List.copyOf(entries);
  }

  /**
   * Returns what stands: how often each effect was applied, less how often it was compensated.
   *
   * @return effects whose number isn't zero, by name
   */
  public synchronized Map<String, Integer> net() {
    Map<String, Integer> net = new TreeMap<>();
    for (Entry entry : entries) {
      net.merge(entry.effect(), change(entry.kind()), Integer::sum);
    }
    net.values().removeIf(sum -> sum == 0);
    return net;
  }

  /**
   * Returns what no sound participant does: effects applied twice, compensated twice, compensated
   * without having been applied, or applied after their compensation.
   *
   * @return a sentence for each, in the order in which they happened; empty if all is well
   */
  public List<String> anomalies() {
    return Anomaly.in(entries()).stream().map(Anomaly::sentence).toList();
  }

  @Override
  public synchronized void reset() {
    entries.clear();
  }

  static int change(Kind kind) {
    return switch (kind) {
      case APPLIED -> 1;
      case COMPENSATED -> -1;
      case NOTHING_TO_COMPENSATE -> 0;
    };
  }

  synchronized Entry last() {
    return entries.get(entries.size() - 1);
  }

  /** What is entered from now on happens on a call; tells of each entry that changed something. */
  synchronized void enterCall(Callee callee, Runnable onEffect) {
    caller = callee;
    afterEffect = onEffect;
  }

  synchronized void leaveCall() {
    caller = null;
    afterEffect = () -> {};
  }

  private void enter(Kind kind, String effect, String key) {
    requireNonNull(effect, "effect");
    requireNonNull(key, "key");
    Runnable told;
    synchronized (this) {
      Optional<String> step = Optional.ofNullable(caller).map(Callee::step);
      entries.add(new Entry(kind, effect, key, step));
      told = afterEffect;
    }
    told.run(); // not under the lock: it may end the process
  }
}
