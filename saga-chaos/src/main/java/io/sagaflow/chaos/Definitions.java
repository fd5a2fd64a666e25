package io.sagaflow.chaos;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.sagaflow.ActionContext;
import io.sagaflow.ParticipantCall;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaDefinitionBuilder;
import io.sagaflow.StepKey;
import io.sagaflow.StepOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** The sagas of the suite: each has something of its own. */
final class Definitions {

  /** The signal for which deliveries wait. */
  static final StepKey<String> CUSTOMER_IS_READY = StepKey.of("customer-is-ready", String.class);

  private static final RetryPolicy SHORT =
      RetryPolicy.exponential(ofMillis(50), ofMillis(500)).maxAttempts(4);
  private static final RetryPolicy ENDLESS = RetryPolicy.exponential(ofMillis(100), ofSeconds(1));
  private static final Duration TIMEOUT = ofMillis(1_500);
  private static final Duration SHORT_TIMEOUT = ofMillis(500);
  private static final Duration SIGNAL_TIMEOUT = ofSeconds(3);

  private final Participants participants;
  private final Duration nap;

  Definitions(Participants participants, Duration nap) {
    this.participants = participants;
    this.nap = nap;
  }

  /** All of them. */
  List<SagaDefinition<Job>> all() {
    return List.of(order(1), order(2), trip(), delivery(), transfer(), nap(), loop());
  }

  /** A pivot with a tail that is retried; the second version has one more step. */
  private SagaDefinition<Job> order(int version) {
    SagaDefinitionBuilder<Job> order = SagaDefinition.named("order", Job.class).version(version);
    undoable(order.step("create-order").action(this::call));
    undoable(order.step("reserve-stock").action(this::call));
    undoable(
        order
            .step("charge-payment")
            .action(
                ctx -> {
                  if (ctx.input().is(Fate.ERROR)) {
                    throw new StackOverflowError("poison");
                  }
                  callUnlessRejected(ctx);
                }));
    forward(order.step("confirm-order").action(this::call)).pivot();
    forward(order.step("send-receipt").action(this::call));
    if (version == 2) {
      forward(order.step("ask-for-review").action(this::call));
    }
    return order.build();
  }

  /** A parallel block, a condition, and a step that must not be called twice. */
  private SagaDefinition<Job> trip() {
    SagaDefinitionBuilder<Job> trip = SagaDefinition.named("trip", Job.class);
    undoable(trip.step("open-trip").action(this::call));
    trip.parallel(
        branch -> undoable(branch.step("book-flight").action(this::call)),
        branch -> once(branch.step("book-hotel").action(this::call)));
    undoable(
        trip.step("insure")
            .action(this::call)
            .onlyIf(ctx -> ctx.input().key().hashCode() % 2 == 0));
    compensated(trip.step("issue-ticket").action(this::callUnlessRejected)).atMostOnce();
    return trip.build();
  }

  /** A signal that may not come in time. */
  private SagaDefinition<Job> delivery() {
    SagaDefinitionBuilder<Job> delivery = SagaDefinition.named("delivery", Job.class);
    once(delivery.step("pack").action(this::call));
    delivery.awaitSignal(CUSTOMER_IS_READY, SIGNAL_TIMEOUT);
    undoable(delivery.step("hand-over").action(this::call));
    return delivery.build();
  }

  /** A transactional step, which has to be done exactly once without any barrier. */
  private SagaDefinition<Job> transfer() {
    SagaDefinitionBuilder<Job> transfer = SagaDefinition.named("transfer", Job.class);
    transfer
        .step("book")
        .transactional(
            (ctx, connection) -> Ledger.enter(connection, ctx.sagaId().value(), ctx.step(), "DONE"))
        .transactionalCompensation(
            (ctx, connection) -> unbook(connection, ctx.sagaId().value(), ctx.step()))
        .retry(SHORT)
        .compensationRetry(ENDLESS);
    once(transfer.step("tell-bank").action(this::callUnlessRejected));
    return transfer.build();
  }

  private static void unbook(Connection connection, Object saga, String step) throws SQLException {
    long booked =
        Sql.number(
            connection,
            "SELECT count(*) FROM chaos_ledger WHERE saga_id = ? AND step = ?",
            saga,
            step);
    Ledger.enter(connection, saga, step, booked > 0 ? "UNDONE" : "NOTHING_TO_UNDO");
  }

  /** Is parked for a while. */
  private SagaDefinition<Job> nap() {
    SagaDefinitionBuilder<Job> sleeper = SagaDefinition.named("nap", Job.class);
    sleeper.sleep("sleep", nap);
    undoable(sleeper.step("wake").action(this::call));
    return sleeper.build();
  }

  /** Its second action never returns. */
  private SagaDefinition<Job> loop() {
    SagaDefinitionBuilder<Job> loop = SagaDefinition.named("loop", Job.class);
    undoable(loop.step("begin").action(this::call));
    loop.step("spin")
        .action(ctx -> spin())
        .withoutCompensation("it has no effect")
        .timeout(SHORT_TIMEOUT)
        .retry(SHORT);
    return loop.build();
  }

  /** Ignores every interrupt, and lets the other threads have the processor. */
  private static void spin() {
    while (true) {
      try {
        Await.pause(Duration.ofDays(1).toMillis());
      } catch (InterruptedException e) {
        // that is the poison
      }
    }
  }

  private <R, B extends StepOptions<Job, R, B>> B undoable(B step) {
    return compensated(step).retry(SHORT);
  }

  /** Isn't tried again: whenever its participant misbehaves, its outcome is unknown. */
  private <R, B extends StepOptions<Job, R, B>> B once(B step) {
    return compensated(step).retry(RetryPolicy.none());
  }

  private <R, B extends StepOptions<Job, R, B>> B compensated(B step) {
    return step.compensation(ctx -> participants.call(ParticipantCall.compensation(ctx), false))
        .compensationRetry(ENDLESS)
        .timeout(TIMEOUT);
  }

  private static <R, B extends StepOptions<Job, R, B>> B forward(B step) {
    return step.retry(ENDLESS).timeout(TIMEOUT);
  }

  private void call(ActionContext<Job> context) throws Exception {
    participants.call(ParticipantCall.action(context), false);
  }

  private void callUnlessRejected(ActionContext<Job> context) throws Exception {
    participants.call(ParticipantCall.action(context), context.input().is(Fate.REJECTED));
  }
}
