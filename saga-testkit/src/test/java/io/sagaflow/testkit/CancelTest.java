package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.ORDER;
import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RecordKind;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepRejectedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CancelTest {

  private static final Duration POLL = Duration.ofMillis(500);

  private final Shop shop = new Shop();
  private final VirtualNode node = shop.node("node-1");

  private static List<String> refusals(SagaHandle saga) {
    return saga.history().stream()
        .filter(event -> event.kind() == RecordKind.COMMAND_REFUSED)
        .map(event -> event.detail().orElse(""))
        .toList();
  }

  @Test
  void givenRunningAction_whenCancelled_thenInterruptedAtOnceAndCompensatedAsUnknown() {
    Instant[] interruptedAt = {Instant.MAX};
    shop.after(
        "reserve",
        ctx -> {
          try {
            shop.time.hang();
          } catch (InterruptedException e) {
            interruptedAt[0] = shop.time.now();
            throw e;
          }
        });
    SagaHandle saga = shop.start(node);
    shop.time.advance(Duration.ofSeconds(10));

    saga.cancel("ann", "ordered twice");
    Instant cancelledAt = shop.time.now();
    SagaOutcome outcome = saga.await(SOON);

    assertThat(interruptedAt[0]).isEqualTo(cancelledAt);
    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(outcome.reason()).contains("Cancelled by ann: ordered twice");
    assertThat(shop.calls).containsExactly("create", "reserve", "~reserve", "~create");
    assertThat(shop.effects).isEmpty();
  }

  @Test
  void givenActionThatEndsInSpiteOfItsInterrupt_whenCancelled_thenItsResultIsCompensated() {
    shop.on(
        "reserve",
        ctx -> {
          try {
            shop.time.hang();
          } catch (InterruptedException e) {
            // done all the same
          }
        });
    SagaHandle saga = shop.start(node);
    shop.time.settle();

    saga.cancel("ann", "ordered twice");

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(Shop.kinds(saga))
        .containsSubsequence(
            "STEP_COMPLETED reserve", "SAGA_TURNED_BACK", "STEP_COMPENSATED reserve");
    assertThat(shop.calls) // by the journal, charge may have begun
        .containsExactly("create", "reserve", "~charge", "~reserve", "~create");
  }

  @Test
  void givenActionThatFailsAndIsToBeRetried_whenCancelled_thenNoFurtherAttempt() {
    SagaDefinition<Shop.Order> patient =
        shop.define("patient", RetryPolicy.fixed(Duration.ofSeconds(30)));
    VirtualNode its = shop.time.start(shop.builder("node-2").register(patient));
    shop.on(
        "reserve",
        ctx -> {
          throw new IllegalStateException("not yet");
        });
    SagaHandle saga = its.coordinator().start(patient, "key", ORDER);
    shop.time.advance(Duration.ofSeconds(10));

    saga.cancel("ann", "ordered twice");
    shop.time.settle();

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(shop.calls).containsExactly("create", "reserve", "~reserve", "~create");
  }

  @Test
  void givenCancelBeforeTheFirstCall_whenTheSagaBegins_thenNoActionRuns() {
    SagaHandle saga = shop.start(node);

    saga.cancel("ann", "ordered twice"); // no time was given to the saga yet
    SagaOutcome outcome = saga.await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(shop.calls).doesNotContain("reserve", "charge", "confirm", "receipt");
    assertThat(shop.effects).isEmpty();
  }

  @Test
  void givenRunningPivot_whenCancelled_thenRefusedInTheJournalAndTheSagaCompletes() {
    shop.on("confirm", ctx -> shop.time.sleep(Duration.ofSeconds(5)));
    SagaHandle saga = shop.start(node);
    shop.time.settle();

    saga.cancel("ann", "ordered twice");

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(refusals(saga)).containsExactly("Too late to cancel: the pivot may have begun.");
    assertThat(shop.calls).containsExactly("create", "reserve", "charge", "confirm", "receipt");
  }

  @Test
  void givenPivotThatWaitsForItsRetry_whenCancelled_thenRefusedAndTheRetryComes() {
    shop.on("confirm", Shop.failing(1, new IllegalStateException("reset")));
    SagaHandle saga = shop.start(node);
    shop.time.settle();

    saga.cancel("ann", "ordered twice");
    shop.time.settle();

    assertThat(refusals(saga)).hasSize(1);
    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenEndedSaga_whenCancelled_thenNothingIsWritten() {
    SagaHandle saga = shop.start(node);
    saga.await(SOON);
    List<SagaEvent> before = saga.history();

    saga.cancel("ann", "ordered twice");
    shop.time.advance(SOON);

    assertThat(saga.history()).isEqualTo(before);
  }

  @Test
  void givenCompensatingSaga_whenCancelled_thenRefusedAndTheCompensationIsNotInterrupted() {
    shop.on(
        "charge",
        ctx -> {
          throw new StepRejectedException("no");
        });
    shop.on("~reserve", ctx -> shop.time.sleep(Duration.ofSeconds(5)));
    SagaHandle saga = shop.start(node);
    shop.time.settle();

    saga.cancel("ann", "ordered twice");

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(refusals(saga)).containsExactly("A saga that is COMPENSATING can't be cancelled.");
    assertThat(shop.calls).containsExactly("create", "reserve", "charge", "~reserve", "~create");
  }

  @Test
  void givenStuckSaga_whenCancelled_thenRefusedAndStillStuck() {
    shop.on(
        "receipt",
        ctx -> {
          throw new StepRejectedException("no such address");
        });
    SagaHandle saga = shop.start(node);
    saga.await(SOON);

    saga.cancel("ann", "ordered twice");
    shop.time.advance(POLL);

    assertThat(saga.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(refusals(saga)).containsExactly("A saga that is STUCK can't be cancelled.");
    shop.time.advance(SOON);
    assertThat(refusals(saga)).as("answered once").hasSize(1);
  }

  @Test
  void givenTwoCancels_whenTheFirstTurnsTheSaga_thenTheSecondIsRefused() {
    shop.on("reserve", ctx -> shop.time.hang());
    SagaHandle saga = shop.start(node);
    shop.time.settle();

    saga.cancel("ann", "ordered twice");
    saga.cancel("bob", "so do I");

    assertThat(saga.await(SOON).reason()).contains("Cancelled by ann: ordered twice");
    assertThat(refusals(saga)).hasSize(1);
  }

  @Test
  void givenSagaOfAnotherNode_whenCancelled_thenItsOwnerTakesItUpAtItsNextPoll() {
    VirtualNode node2 = shop.node("node-2");
    shop.on("reserve", ctx -> shop.time.hang());
    shop.start(node);
    shop.time.advance(Duration.ofMillis(100));

    shop.find(node2).cancel("ann", "ordered twice");
    shop.time.advance(POLL);

    assertThat(shop.find(node2).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(Shop.kinds(shop.find(node2))).doesNotContain("SAGA_RESUMED");
  }

  @Test
  void givenCancelWhileItsOwnerIsDead_whenAnotherTakesOver_thenNoFurtherActionRuns() {
    VirtualNode node2 = shop.node("node-2");
    shop.on("reserve", ctx -> shop.time.hang());
    shop.start(node);
    shop.time.settle();
    node.kill();

    shop.find(node2).cancel("ann", "ordered twice");
    SagaOutcome outcome = shop.find(node2).await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(shop.calls).containsExactly("create", "reserve", "~reserve", "~create");
  }
}
