package io.sagaflow.machine;

import io.sagaflow.SagaStatus;
import io.sagaflow.store.Fact;
import io.sagaflow.store.JournalRecord;
import io.sagaflow.store.NewCommand;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything about sagas, and nothing about the world: pure functions from a journal to a state,
 * and from a state to what comes next. Live execution and recovery are the same code, since
 * recovery is a fold followed by {@link #decide}. Immutable and thread-safe.
 *
 * <p>The split of a pure state machine from the shell that drives it is Kafka's KRaft and
 * Temporal's.
 */
public final class SagaMachine {

  private final Plan plan;
  private final String fingerprint;
  private final Fold fold;
  private final Decider decider;
  private final Judge judge;
  private final Commands commands;

  /**
   * Creates the machine of a definition.
   *
   * @param plan the definition as plain data
   */
  public SagaMachine(Plan plan) {
    this.plan = plan;
    this.fingerprint = plan.fingerprint();
    this.fold = new Fold(plan);
    this.decider = new Decider(plan);
    this.judge = new Judge(plan);
    this.commands = new Commands(plan);
  }

  /**
   * Returns the plan.
   *
   * @return the plan
   */
  public Plan plan() {
    return plan;
  }

  /**
   * Returns the plan's fingerprint, which every start journals and every recovery compares.
   *
   * @return see {@link Plan#fingerprint}
   */
  public String fingerprint() {
    return fingerprint;
  }

  /**
   * Folds a whole journal.
   *
   * @param journal its records, at least one
   * @return the state
   * @throws IllegalTransitionException if a record doesn't follow from those before it
   */
  public SagaState replay(List<JournalRecord> journal) {
    SagaState state = fold.begin(journal.get(0));
    for (JournalRecord record : journal.subList(1, journal.size())) {
      state = fold.apply(state, record);
    }
    return state;
  }

  /**
   * Folds one record.
   *
   * @param state the state before it
   * @param record the record
   * @return the state after it
   * @throws IllegalTransitionException if the record doesn't follow from the state
   */
  public SagaState apply(SagaState state, JournalRecord record) {
    return fold.apply(state, record);
  }

  /**
   * Decides what to do next.
   *
   * @param state the state
   * @param underway what runs and what rests
   * @param now the time
   * @return what to do; nothing that ends or turns the saga while calls are running
   */
  public Decision decide(SagaState state, Underway underway, Instant now) {
    return decider.decide(state, underway, now);
  }

  /**
   * Decides what to do next, with nothing resting.
   *
   * @param state the state
   * @param running the steps of which a call is running
   * @param now the time
   * @return what to do
   */
  public Decision decide(SagaState state, Set<Integer> running, Instant now) {
    return decide(state, new Underway(running, Map.of()), now);
  }

  /**
   * Says what an attempt's outcome means.
   *
   * @param state the state, in which it is still the turn of the call's step
   * @param call the call
   * @param outcome how it ended
   * @param now the time
   * @param roll a random number from 0 (inclusive) to 1 (exclusive), for the jitter of a retry
   * @return the fact to append
   */
  public Fact judge(SagaState state, Call call, Outcome outcome, Instant now, double roll) {
    return judge.judge(state, call, outcome, now, roll);
  }

  /**
   * Answers a command.
   *
   * @param state the state
   * @param command what is asked
   * @return the fact to append; a {@link Fact.CommandRefused} if the state doesn't admit the
   *     command; empty for a signal that is known already
   */
  public Optional<Fact> answer(SagaState state, NewCommand command) {
    return commands.answer(state, command);
  }

  /**
   * Returns whether an answer is journaled. A refusal changes nothing, and isn't once the journal
   * is as long as retries may make it: or whoever repeats a command could make it grow for ever.
   *
   * @param state the state
   * @param answer what {@link #answer} gave
   * @return whether it is to be appended
   */
  public boolean isJournaled(SagaState state, Fact answer) {
    return !(answer instanceof Fact.CommandRefused) || state.seq() < plan.recordLimit();
  }

  /**
   * Returns whether a command may be answered now.
   *
   * @param command what is asked
   * @param running the steps of which a call is running
   * @return whether the answer can't overlap with a call
   */
  public boolean mayAnswer(NewCommand command, Set<Integer> running) {
    return commands.mayAnswer(command, running);
  }

  /**
   * Returns whether a step has failed for good, so that the saga turns when its calls have ended.
   *
   * @param state the state
   * @return whether a step whose turn it is was rejected, or has an unknown outcome
   */
  public boolean hasFailed(SagaState state) {
    if (state.status() == SagaStatus.RUNNING) {
      for (int index : Frontier.forward(plan, state)) {
        if (Frontier.hasFailed(plan, state, index)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Returns whether running actions are to be interrupted, because the saga's deadline has passed.
   *
   * @param state the state
   * @param now the time
   * @return whether it has, and the point of no return can't have been passed
   */
  public boolean isOverdue(SagaState state, Instant now) {
    return state.isOverdue(now) && Frontier.mayTurnBack(plan, state);
  }
}
