package io.sagaflow.examples.guide;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.RecordKind;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaDefinitionException;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import io.sagaflow.StepRejectedException;
import io.sagaflow.store.InMemorySagaStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The guide's samples, run. */
class GuideTest {

  record Trip(String tripId, String city) {}

  record Booking(String number) {}

  private static final StepKey<Booking> BOOK_HOTEL = StepKey.of("book-hotel", Booking.class);

  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final Hotels hotels = new Hotels();

  /** A participant. */
  final class Hotels {

    Booking book(String key, String city) throws IOException {
      calls.add("book " + city);
      if (city.equals("Atlantis")) {
        throw new StepRejectedException("no such city");
      }
      return new Booking("b-1");
    }

    void cancel(Optional<Booking> booking, String actionKey) {
      calls.add("cancel " + booking.map(Booking::number).orElse("whatever " + actionKey));
    }

    void ring(String key) {
      calls.add("ring");
    }
  }

  private final SagaDefinition<Trip> bookTrip =
      SagaDefinition.named("book-trip", Trip.class)
          .deadline(ofMinutes(10))
          .step(BOOK_HOTEL)
          .action(ctx -> hotels.book(ctx.idempotencyKey(), ctx.input().city()))
          .compensation(ctx -> hotels.cancel(ctx.ownResult(), ctx.actionKey()))
          .retry(RetryPolicy.exponential(ofMillis(100), ofSeconds(10)).maxAttempts(5))
          .retryOn(IOException.class)
          .timeout(ofSeconds(2))
          .compensationRetry(RetryPolicy.persistent())
          .step("ring-the-bell")
          .action(ctx -> hotels.ring(ctx.idempotencyKey()))
          .atMostOnce()
          .withoutCompensation("a bell that has rung can't be unrung")
          .build();

  @Test
  void givenOptions_whenRun_thenTheStepIsRetriedOnWhatIsNamed() {
    SagaOutcome outcome = run(bookTrip, new Trip("t-1", "Lisbon"));

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(outcome.result(BOOK_HOTEL)).contains(new Booking("b-1"));
    assertThat(calls).containsExactly("book Lisbon", "ring");
  }

  @Test
  void givenADefiniteRejection_whenRun_thenNothingIsCompensated() {
    SagaOutcome outcome = run(bookTrip, new Trip("t-2", "Atlantis"));

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(calls).containsExactly("book Atlantis");
  }

  private static SagaOutcome run(SagaDefinition<Trip> bookTrip, Trip trip) {
    try (SagaCoordinator coordinator =
        SagaCoordinator.builder().store(new InMemorySagaStore()).register(bookTrip).start()) {
      SagaHandle saga = coordinator.start(bookTrip, trip.tripId(), trip);
      SagaHandle same = coordinator.start(bookTrip, trip.tripId(), trip); // idempotent
      assertThat(same.id()).isEqualTo(saga.id());
      return saga.await(ofSeconds(30));
    }
  }

  @Test
  void givenFaults_whenBuilt_thenAllAreReported() {
    assertThatThrownBy(
            () ->
                SagaDefinition.named("book-trip", Trip.class)
                    .step("book hotel")
                    .action(ctx -> {})
                    .step("pay")
                    .action(ctx -> {})
                    .pivot()
                    .compensation(ctx -> {})
                    .build())
        .isInstanceOf(SagaDefinitionException.class)
        .hasMessageContainingAll("step 1", "the name must be", "it has no compensation", "step 2");
  }

  @Test
  void givenAListener_whenASagaRuns_thenItIsToldOfEachRecord() {
    List<RecordKind> kinds = new CopyOnWriteArrayList<>();
    try (SagaCoordinator coordinator =
        SagaCoordinator.builder()
            .store(new InMemorySagaStore())
            .register(bookTrip)
            .nodeName("booking-1")
            .leaseDuration(ofSeconds(10))
            .drainTimeout(ofSeconds(20))
            .listener(event -> kinds.add(event.kind()))
            .start()) {
      SagaHandle saga = coordinator.start(bookTrip, "t-3", new Trip("t-3", "Porto"));
      saga.cancel(
          "ann", "the guest is ill"); // the wish is durable; its history says if it came late
      saga.completion().thenAccept(outcome -> calls.add(outcome.status().name()));
      saga.await(ofSeconds(30));
    }

    assertThat(kinds).startsWith(RecordKind.SAGA_STARTED);
    assertThat(kinds.get(kinds.size() - 1))
        .isIn(RecordKind.SAGA_COMPLETED, RecordKind.SAGA_COMPENSATED);
  }
}
