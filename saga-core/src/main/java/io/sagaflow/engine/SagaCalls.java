package io.sagaflow.engine;

import io.sagaflow.StepDefinition;
import io.sagaflow.machine.Call;
import io.sagaflow.machine.Direction;
import io.sagaflow.machine.Outcome;
import io.sagaflow.machine.Underway;
import io.sagaflow.store.Fact;
import io.sagaflow.store.Fact.SagaStuck;
import io.sagaflow.store.SagaAppend;
import io.sagaflow.store.SagaHeader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of one saga: those that run, one a step at most, and those that have ended and whose
 * outcome isn't durable. Its actor's alone, and so for one at a time.
 *
 * <p>What makes the saga stuck is held back until nothing runs any more: a call that ends must find
 * a journal that takes its outcome.
 */
final class SagaCalls<I> {

  private static final Logger LOG = LoggerFactory.getLogger(SagaCalls.class);

  private final Owner owner;
  private final SagaActor<I> actor;
  private final Map<Integer, Attempt> running = new HashMap<>(4);

  /** Every call that has begun and isn't settled. */
  private final List<Call> open = new ArrayList<>(2);

  /** The steps whose call waits for something outside, and when it looks again. */
  private final Map<Integer, Instant> resting = new HashMap<>(0);

  private final Set<Integer> lookAgain = new HashSet<>(0);

  /** Those that were given up, and may run still. */
  private final Set<Attempt> leaked = new HashSet<>(0);

  private final List<Ended> ended = new ArrayList<>(2);
  private final List<Held> held = new ArrayList<>(0);

  /** The calls whose outcome is in the batch that is being appended. */
  private final List<Call> judged = new ArrayList<>(2);

  /** The transaction in which the batch is being appended, if it is a transactional call's. */
  private @Nullable TransactionalCall writing;

  SagaCalls(Owner owner, SagaActor<I> actor) {
    this.owner = owner;
    this.actor = actor;
  }

  /** A call that has succeeded in a transaction has that, which waits to be committed. */
  private record Ended(Call call, Outcome outcome, @Nullable TransactionalCall transaction) {

    void refuse() {
      if (transaction != null) {
        transaction.refuse();
      }
    }
  }

  private record Held(@Nullable Call call, SagaStuck fact) {}

  /** Begins a call, unless the lease is in doubt. */
  boolean tryStart(Call call, SagaView<I> view) {
    if (!owner.tryStartCall(actor)) {
      return false;
    }
    open.add(call);
    StepDefinition<I, ?> step = view.definition().step(call.step());
    Attempt attempt =
        new Attempt(
            call,
            body(call.direction(), step, view),
            mdc(view.header(), step, call),
            new Attempt.Timing(
                Calls.timeout(step, call.direction()), owner.options().interruptGrace()),
            owner.environment(),
            actor);
    running.put(call.step(), attempt);
    LOG.debug(
        "Saga {}: {} of step {}, attempt {}",
        view.header(),
        call.direction(),
        step,
        call.attempt());
    attempt.start(owner.gates().of(view.header().definition(), step, call.direction()));
    return true;
  }

  private <R> Attempt.Body body(Direction direction, StepDefinition<I, R> step, SagaView<I> view) {
    return Calls.isTransactional(step, direction)
        ? new TransactionalCall(
            owner, (attempt, transaction) -> Calls.runIn(transaction, attempt, view, step))
        : attempt -> Calls.run(attempt, owner, view, step);
  }

  /** Whether none runs. */
  boolean isQuiet() {
    return running.isEmpty();
  }

  /** Whether the batch that is being made is that of a transaction. */
  boolean isInTransaction() {
    return writing != null;
  }

  /** Whether there is more to be judged behind the batch that is being made. */
  boolean isMoreToJudge() {
    return !ended.isEmpty() || !held.isEmpty();
  }

  /** Whether nothing may begin until all have ended, since the saga will be stuck then. */
  boolean isDraining() {
    return isHolding() && !isQuiet();
  }

  /** Whether the saga will be stuck when all have ended. */
  boolean isHolding() {
    return !held.isEmpty();
  }

  Underway underway() {
    return new Underway(running.keySet(), resting);
  }

  /** Notes that a call has ended without an outcome, since it waits for something outside. */
  void rest(Call call, Instant until) {
    if (!lookAgain.remove(call.step())) {
      resting.put(call.step(), until);
    }
    settle(call);
  }

  /** What was waited for may be there; a call that is just looking may have missed it. */
  void wakeAll() {
    resting.clear();
    lookAgain.addAll(running.keySet());
  }

  /** What rested belongs to what the saga no longer does. */
  void forgetRests() {
    resting.clear();
    lookAgain.clear();
  }

  /**
   * The steps of which a call runs, or has come to what makes the saga stuck when all have ended.
   */
  Set<Integer> busySteps() {
    if (held.isEmpty()) {
      return running.keySet();
    }
    Set<Integer> busy = new HashSet<>(running.keySet());
    held.stream()
        .filter(stuck -> stuck.call() != null)
        .forEach(stuck -> busy.add(stuck.call().step()));
    return busy;
  }

  /** The first call that has begun and ended, and isn't settled. */
  Optional<Call> firstOpen() {
    return open.stream().filter(call -> !running.containsKey(call.step())).findFirst();
  }

  void interrupt(String why) {
    List.copyOf(running.values()).forEach(attempt -> attempt.interrupt(why));
  }

  /** Keeps calls from beginning that haven't yet: before the journal says why they mustn't. */
  void withdraw(String why) {
    List.copyOf(running.values()).forEach(attempt -> attempt.withdraw(why));
  }

  /**
   * Notes that an attempt runs no more.
   *
   * @return whether it was still counted; not if it had been given up as leaked
   */
  boolean end(Attempt attempt) {
    return running.remove(attempt.call().step(), attempt);
  }

  void keep(Attempt attempt, Outcome outcome) {
    TransactionalCall transaction = outcome.isFailure() ? null : attempt.transaction();
    ended.add(new Ended(attempt.call(), outcome, transaction));
  }

  void hold(@Nullable Call call, SagaStuck fact) {
    held.add(new Held(call, fact));
    withdraw("The saga will be stuck");
  }

  /** Gives an attempt up, which goes on in spite of its interrupt. */
  void leak(Attempt attempt, SagaStuck fact) {
    leaked.add(attempt);
    hold(attempt.call(), fact);
  }

  /**
   * Takes an attempt back that was given up, and has ended while the saga isn't stuck yet.
   *
   * @return whether its outcome counts
   */
  boolean takeBack(Attempt attempt) {
    boolean inTime = held.removeIf(stuck -> attempt.call().equals(stuck.call()));
    return inTime && leaked.remove(attempt);
  }

  /**
   * Notes that an attempt has ended that was given up.
   *
   * @return whether it was the last of them
   */
  boolean endLeaked(Attempt attempt) {
    return leaked.remove(attempt) && leaked.isEmpty();
  }

  /** Forgets outcomes: the journal refuses them, and the calls stay open. */
  void dropOutcomes() {
    ended.forEach(Ended::refuse);
    if (writing != null) {
      writing.refuse(); // too late if it has been told what to append
      writing = null;
    }
    ended.clear();
    judged.clear();
  }

  /**
   * Adds what the ended calls mean to a batch, in their order. One that waits for its transaction
   * has a batch of its own, which is written in that, and may be rolled back.
   */
  void judgeInto(Batch batch) {
    Ended waiting = firstInTransaction();
    if (waiting != null) {
      batch.add(batch.judge(waiting.call(), waiting.outcome(), 0));
      judged.add(waiting.call());
      ended.remove(waiting);
      writing = waiting.transaction();
      return;
    }
    for (Ended end : ended) {
      Fact fact = batch.judge(end.call(), end.outcome(), roll(end.outcome()));
      if (fact instanceof SagaStuck stuck) {
        hold(end.call(), stuck);
      } else {
        batch.add(fact);
        judged.add(end.call());
      }
    }
    ended.clear();
    if (isQuiet()) {
      addHeld(batch);
    }
  }

  private @Nullable Ended firstInTransaction() {
    for (Ended end : ended) {
      if (end.transaction() != null) {
        return end;
      }
    }
    return null;
  }

  private void addHeld(Batch batch) {
    for (Held stuck : held) {
      batch.add(stuck.fact());
      if (stuck.call() != null) {
        judged.add(stuck.call());
      }
    }
    held.clear();
  }

  private double roll(Outcome outcome) {
    return outcome.isFailure() ? owner.environment().random().nextDouble() : 0;
  }

  /** Appends the batch, in the transaction of the call that is judged in it, if it has one. */
  CompletionStage<Void> write(SagaAppend append) {
    return writing == null ? owner.append(append) : writing.write(append);
  }

  /** The transaction of the batch was rolled back: the call has failed, and had no effect. */
  void rolledBack(String why) {
    writing = null;
    for (Call call : judged) {
      ended.add(new Ended(call, Outcome.failed(Outcome.Kind.FAILED, why), null));
    }
    judged.clear();
  }

  /** The batch is durable. */
  void settleJudged() {
    writing = null;
    judged.forEach(this::settle);
    judged.clear();
  }

  void settle(Call call) {
    if (open.remove(call)) {
      owner.callSettled(actor);
    }
  }

  /** Whoever has the saga now knows that calls may be open. */
  void settleAll() {
    List.copyOf(open).forEach(this::settle);
  }

  /** Nothing more comes of a call here: whoever has the saga next has to know. */
  void abandon(Call call) {
    if (open.remove(call)) {
      owner.callAbandoned(actor);
    }
  }

  void abandonAll() {
    List.copyOf(open).forEach(this::abandon);
  }

  private static Map<String, String> mdc(SagaHeader header, StepDefinition<?, ?> step, Call call) {
    return Map.of(
        "saga.id", header.id().toString(),
        "saga.definition", header.definition().toString(),
        "saga.step", step.name(),
        "saga.attempt", Integer.toString(call.attempt()));
  }
}
