package io.sagaflow.testkit;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A participant for tests: it applies and compensates one kind of effect, keeps the keys that it is
 * given, and reports to an {@link EffectLedger}.
 *
 * <p>By default it has a <em>barrier</em>, as participants should: a repeated call changes nothing
 * and is answered alike, a compensation without an action changes nothing, and an action that comes
 * after its compensation is refused. {@link #tolerant} and {@link #bare} make lesser ones.
 *
 * <pre>{@code
 * EffectLedger ledger = new EffectLedger();
 * FakeParticipant payments = FakeParticipant.named("payment", ledger);
 *
 * .action(ctx -> new Payment(payments.act(ctx.idempotencyKey())))
 * .compensation(ctx -> payments.compensate(ctx.actionKey()))
 * }</pre>
 *
 * <p>Thread-safe; effects run while holding its lock.
 */
public final class FakeParticipant implements TestParticipant {

  private final String effect;
  private final EffectLedger ledger;
  private final Script actions = new Script();
  private final Script compensations = new Script();
  private final Map<String, State> states = new HashMap<>();
  private final Map<String, Object> answers = new HashMap<>();
  private final List<String> calls = new ArrayList<>();
  private Guard guard = Guard.BARRIER;
  private int applied;

  private enum Guard {
    BARRIER,
    TOLERANT,
    BARE
  }

  private enum State {
    APPLIED,
    /** Compensated, or asked to compensate before any action came. */
    CLOSED
  }

  private FakeParticipant(String effect, EffectLedger ledger) {
    this.effect = requireNonNull(effect, "effect");
    this.ledger = requireNonNull(ledger, "ledger");
  }

  /**
   * Creates a participant with a barrier.
   *
   * @param effect what it applies, for example "payment"; its answers begin with it
   * @param ledger what it reports to
   * @return the participant
   */
  public static FakeParticipant named(String effect, EffectLedger ledger) {
    return new FakeParticipant(effect, ledger);
  }

  /**
   * Makes it tolerant only: it is idempotent, and a compensation without an effect changes nothing;
   * but it forgets a key that was compensated, so that a late action takes effect.
   *
   * @return this participant
   */
  public FakeParticipant tolerant() {
    guard = Guard.TOLERANT;
    return this;
  }

  /**
   * Makes it do whatever it is asked, each time, whatever the key.
   *
   * @return this participant
   */
  public FakeParticipant bare() {
    guard = Guard.BARE;
    return this;
  }

  /**
   * Says how the next actions go; after them, all succeed. {@link #reset} begins again with the
   * first.
   *
   * @param behaviours one for each action
   * @return this participant
   */
  public FakeParticipant nextActions(Behaviour... behaviours) {
    actions.add(behaviours);
    return this;
  }

  /**
   * Says how the next compensations go, as {@link #nextActions} does.
   *
   * @param behaviours one for each compensation
   * @return this participant
   */
  public FakeParticipant nextCompensations(Behaviour... behaviours) {
    compensations.add(behaviours);
    return this;
  }

  /**
   * Applies the effect.
   *
   * @param key the action's idempotency key
   * @return names what was applied; the same for the same key
   * @throws IllegalStateException if the key was compensated before, and there is a barrier
   * @throws Exception what the script says
   */
  public String act(String key) throws Exception {
    return act(key, () -> effect + "-" + (applied + 1));
  }

  /**
   * Applies an effect of yours, at most once for each key unless {@linkplain #bare bare}.
   *
   * @param key the action's idempotency key
   * @param change does it; if it throws, nothing was applied
   * @param <R> the type of the answer
   * @return what the change returned, also for a repeated call
   * @throws IllegalStateException if the key was compensated before, and there is a barrier
   * @throws Exception what the change throws, or what the script says
   */
  public <R> R act(String key, Callable<R> change) throws Exception {
    requireNonNull(key, "key");
    Behaviour behaviour = begin("act", key, actions);
    behaviour.beforeEffect();
    R answer = apply(key, change);
    behaviour.afterEffect();
    return answer;
  }

  /**
   * Compensates the effect.
   *
   * @param actionKey the key of the action
   * @throws Exception what the script says
   */
  public void compensate(String actionKey) throws Exception {
    compensate(actionKey, () -> {});
  }

  /**
   * Compensates an effect of yours, if there is one and unless that has been done; always if
   * {@linkplain #bare bare}.
   *
   * @param actionKey the key of the action
   * @param change undoes it; may be a lambda without a result
   * @throws Exception what the change throws, or what the script says
   */
  public void compensate(String actionKey, Undo change) throws Exception {
    requireNonNull(actionKey, "actionKey");
    Behaviour behaviour = begin("compensate", actionKey, compensations);
    behaviour.beforeEffect();
    undo(actionKey, change);
    behaviour.afterEffect();
  }

  /** What undoes an effect. */
  @FunctionalInterface
  public interface Undo {

    /**
     * Undoes it.
     *
     * @throws Exception if it can't; then it counts as not undone
     */
    void run() throws Exception;
  }

  /**
   * Returns the calls, whatever came of them.
   *
   * @return "act" or "compensate", with the key, in order
   */
  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  @Override
  public synchronized void reset() {
    states.clear();
    answers.clear();
    calls.clear();
    actions.rewind();
    compensations.rewind();
    applied = 0;
  }

  private synchronized Behaviour begin(String call, String key, Script script) {
    calls.add(call + " " + key);
    return script.next();
  }

  private <R> R apply(String key, Callable<R> change) throws Exception {
    R answer;
    synchronized (this) {
      State state = guard == Guard.BARE ? null : states.get(key);
      if (state == State.APPLIED) {
        return answerOf(key);
      }
      if (state == State.CLOSED) {
        throw new IllegalStateException("Too late: " + effect + " was compensated under this key");
      }
      answer = change.call();
      applied++;
      states.put(key, State.APPLIED);
      answers.put(key, answer);
    }
    ledger.applied(effect, key);
    return answer;
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // what the first call answered
  private <R> R answerOf(String key) {
    return (R) requireNonNull(answers.get(key));
  }

  private void undo(String key, Undo change) throws Exception {
    @Nullable State before;
    synchronized (this) {
      before = guard == Guard.BARE ? State.APPLIED : states.get(key);
      if (before == State.APPLIED) {
        change.run();
      }
      if (guard == Guard.TOLERANT) {
        states.remove(key);
      } else {
        states.put(key, State.CLOSED);
      }
    }
    if (before == State.APPLIED) {
      ledger.compensated(effect, key);
    } else if (before == null) {
      ledger.nothingToCompensate(effect, key);
    }
  }

  /** Behaviours for one call after the other. */
  private static final class Script {

    private final List<Behaviour> behaviours = new ArrayList<>();
    private int played;

    void add(Behaviour... more) {
      behaviours.addAll(List.of(more));
    }

    Behaviour next() {
      return played < behaviours.size() ? behaviours.get(played++) : Behaviour.obliging();
    }

    void rewind() {
      played = 0;
    }
  }
}
