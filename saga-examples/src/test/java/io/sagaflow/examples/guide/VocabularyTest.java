package io.sagaflow.examples.guide;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.Probe;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaTimeline;
import io.sagaflow.StepKey;
import io.sagaflow.StepRejectedException;
import io.sagaflow.store.InMemorySagaStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The guide's samples of parallel blocks, conditions and probes, run. */
class VocabularyTest {

  private static final StepKey<String> FLIGHT = StepKey.of("book-flight", String.class);
  private static final StepKey<String> HOTEL = StepKey.of("book-hotel", String.class);

  record Trip(String id, String city, boolean insured) {}

  /** Participants that note their calls. */
  static final class Agency {
    final List<String> calls = new CopyOnWriteArrayList<>();
    volatile boolean soldOut;

    String book(String what, String key) {
      if (soldOut && what.equals("hotel")) {
        throw new StepRejectedException("sold out");
      }
      calls.add("book " + what);
      return what + "-1";
    }

    void cancel(String what, String actionKey) {
      calls.add("cancel " + what);
    }

    void insure(String key) {
      calls.add("insure");
    }
  }

  /** A bank that takes the money and breaks the connection. */
  static final class Bank {
    final List<String> calls = new CopyOnWriteArrayList<>();

    String charge(String key) {
      calls.add("charge");
      throw new IllegalStateException("connection reset");
    }

    Status status(String key) {
      calls.add("status");
      return Status.BOOKED;
    }

    void refund(String key) {
      calls.add("refund");
    }
  }

  enum Status {
    BOOKED,
    UNKNOWN_KEY,
    PENDING
  }

  private final Agency agency = new Agency();
  private final Bank bank = new Bank();

  private SagaDefinition<Trip> bookTrip() {
    return SagaDefinition.named("book-trip", Trip.class)
        .parallel(
            branch ->
                branch
                    .step(FLIGHT)
                    .action(ctx -> agency.book("flight", ctx.idempotencyKey()))
                    .compensation(ctx -> agency.cancel("flight", ctx.actionKey())),
            branch ->
                branch
                    .step(HOTEL)
                    .action(ctx -> agency.book("hotel", ctx.idempotencyKey()))
                    .compensation(ctx -> agency.cancel("hotel", ctx.actionKey()))
                    .step("insure")
                    .action(ctx -> agency.insure(ctx.idempotencyKey()))
                    .compensation(ctx -> agency.cancel("insurance", ctx.actionKey()))
                    .onlyIf(ctx -> ctx.input().insured()))
        .step("send-itinerary") // when both branches are done
        .action(ctx -> agency.calls.add(ctx.result(FLIGHT) + " and " + ctx.result(HOTEL)))
        .pivot()
        .build();
  }

  private SagaDefinition<String> charge() {
    return SagaDefinition.named("charge", String.class)
        .step("charge", String.class)
        .action(ctx -> bank.charge(ctx.idempotencyKey()))
        .compensation(ctx -> bank.refund(ctx.actionKey()))
        .atMostOnce()
        .probe(
            ctx ->
                switch (bank.status(ctx.idempotencyKey())) {
                  case BOOKED -> Probe.done("the bank's receipt");
                  case UNKNOWN_KEY -> Probe.notDone();
                  case PENDING -> Probe.stillUnknown();
                })
        .build();
  }

  private static <I> SagaOutcome run(SagaDefinition<I> definition, I input) {
    try (SagaCoordinator coordinator =
        SagaCoordinator.builder().store(new InMemorySagaStore()).register(definition).start()) {
      return coordinator.start(definition, "key", input).await(ofSeconds(30));
    }
  }

  @Test
  void givenTwoBranches_whenRun_thenWhatFollowsSeesTheResultsOfBoth() {
    SagaOutcome outcome = run(bookTrip(), new Trip("t-1", "Porto", false));

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(agency.calls)
        .containsExactlyInAnyOrder("book flight", "book hotel", "flight-1 and hotel-1")
        .endsWith("flight-1 and hotel-1");
  }

  @Test
  void givenAConditionThatHolds_whenRun_thenTheStepRuns() {
    run(bookTrip(), new Trip("t-2", "Porto", true));

    assertThat(agency.calls).contains("insure");
  }

  @Test
  void givenABranchThatIsRejected_whenRun_thenTheOtherIsCompensated() {
    agency.soldOut = true;

    SagaOutcome outcome = run(bookTrip(), new Trip("t-3", "Porto", true));

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(agency.calls).containsExactly("book flight", "cancel flight");
  }

  @Test
  void givenASagaAndItsDefinition_whenDrawn_thenTheyAreDiagrams() {
    SagaDefinition<Trip> bookTrip = bookTrip();
    try (SagaCoordinator coordinator =
        SagaCoordinator.builder().store(new InMemorySagaStore()).register(bookTrip).start()) {
      SagaHandle saga = coordinator.start(bookTrip, "t-4", new Trip("t-4", "Porto", false));
      saga.await(ofSeconds(30));

      String chart = bookTrip.toMermaid(); // a flow chart
      String timeline = new SagaTimeline(saga.history()).toMermaid(); // a sequence diagram

      assertThat(chart).startsWith("flowchart TD").contains("undone by");
      assertThat(timeline).startsWith("sequenceDiagram").contains("STEP_SKIPPED");
    }
  }

  @Test
  void givenAnUnknownOutcome_whenProbed_thenTheSagaGoesOn() {
    SagaOutcome outcome = run(charge(), "input");

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(bank.calls).containsExactly("charge", "status");
  }
}
