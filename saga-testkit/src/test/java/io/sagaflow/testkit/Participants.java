package io.sagaflow.testkit;

import io.sagaflow.ActionContext;
import io.sagaflow.CompensationContext;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaId;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepContext;
import io.sagaflow.StepRejectedException;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StoredSaga;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * Participants that fail, refuse, dawdle and hang by chance, each behind a barrier: what was
 * compensated takes no effect any more, and what took effect doesn't take it twice. They keep books
 * of their own, and watch that a call begins only when the journal says so.
 */
final class Participants {

  static final List<String> STEPS = List.of("hold", "charge", "ship", "commit", "thank");

  final List<String> violations = new ArrayList<>();
  private final VirtualTime time;
  private final SagaStore store;
  private final SplittableRandom random;
  private final Map<SagaId, Set<String>> effects = new HashMap<>();
  private final Set<String> tombstones = new HashSet<>();
  private final Map<String, String> keys = new HashMap<>();
  private final Map<SagaId, Integer> charges = new HashMap<>();
  private boolean healed;

  Participants(VirtualTime time, SagaStore store, long seed) {
    this.time = time;
    this.store = store;
    this.random = new SplittableRandom(seed);
  }

  /** From now on everything succeeds at once. */
  void heal() {
    healed = true;
  }

  Set<String> effects(SagaId saga) {
    return effects.computeIfAbsent(saga, id -> new TreeSet<>());
  }

  SagaDefinition<String> definition() {
    RetryPolicy few = RetryPolicy.exponential(Duration.ofMillis(200), Duration.ofSeconds(2));
    return SagaDefinition.named("order", String.class)
        .deadline(Duration.ofSeconds(90))
        .step("hold")
        .action(this::act)
        .compensation(this::undo)
        .timeout(Duration.ofSeconds(4))
        .retry(few.maxAttempts(5))
        .compensationRetry(few.maxAttempts(4))
        .step("charge")
        .action(this::act)
        .compensation(this::undo)
        .timeout(Duration.ofSeconds(4))
        .atMostOnce()
        .compensationRetry(few.maxAttempts(4))
        .step("ship")
        .action(this::act)
        .compensation(this::undo)
        .timeout(Duration.ofSeconds(4))
        .retry(few.maxAttempts(3))
        .compensationRetry(few.maxAttempts(4))
        .step("commit")
        .action(this::act)
        .pivot()
        .timeout(Duration.ofSeconds(4))
        .retry(few)
        .step("thank")
        .action(this::act)
        .timeout(Duration.ofSeconds(4))
        .retry(few.maxAttempts(6))
        .build();
  }

  private void act(ActionContext<String> context) throws Exception {
    note(context, SagaStatus.RUNNING, "");
    if (context.step().equals("charge")) {
      int calls = charges.merge(context.sagaId(), 1, Integer::sum);
      check(calls == 1, context, "is called " + calls + " times");
    }
    mishap(context.step().equals("thank") ? 0 : 0.06);
    if (!tombstones.contains(context.idempotencyKey())) {
      effects(context.sagaId()).add(context.step());
    }
    mishap(0);
  }

  private void undo(CompensationContext<String, Void> context) throws Exception {
    note(context, SagaStatus.COMPENSATING, ":compensation");
    mishap(0);
    tombstones.add(context.actionKey());
    effects(context.sagaId()).remove(context.step());
    mishap(0);
  }

  private void mishap(double refusals) throws Exception {
    double roll = healed ? 1 : random.nextDouble();
    if (roll < refusals) {
      throw new StepRejectedException("refused");
    } else if (roll < 0.14) {
      throw new IllegalStateException("connection reset");
    } else if (roll < 0.28) {
      time.sleep(Duration.ofMillis(random.nextInt(6_000)));
    } else if (roll < 0.30) {
      time.hang();
    }
  }

  /** Checks what must hold whenever a call begins. */
  private void note(StepContext<String> context, SagaStatus status, String suffix) {
    String call = context.sagaId() + context.step() + suffix;
    String key = keys.computeIfAbsent(call, same -> context.idempotencyKey());
    check(key.equals(context.idempotencyKey()), context, "has another key than before");
    StoredSaga saga = store.load(context.sagaId()).orElseThrow();
    check(saga.status() == status, context, "begins in a saga that is " + saga.status());
    long completed =
        saga.journal().stream().filter(row -> row.kind().equals("STEP_COMPLETED")).count();
    if (status == SagaStatus.RUNNING) {
      check(completed == STEPS.indexOf(context.step()), context, "begins out of turn");
    }
  }

  private void check(boolean holds, StepContext<String> context, String what) {
    if (!holds) {
      violations.add(context.step() + " of " + context.sagaId() + " " + what);
    }
  }
}
