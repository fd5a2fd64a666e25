package io.sagaflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepRejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the explorer does, and that it finds nothing wrong with a saga that is right. */
class SagaExplorerTest {

  private static final Exploration OF_THE_RIGHT_SAGA = new ExploredShop().explorer().explore();

  private final ExploredShop shop = new ExploredShop();

  @Test
  void givenARightSaga_whenExplored_thenEveryKindOfFaultWasMetAndBothEndsWereReached() {
    Exploration exploration = OF_THE_RIGHT_SAGA;

    assertThat(exploration.runsByFault()).containsOnlyKeys(FaultKind.values());
    assertThat(exploration.ends()).containsOnlyKeys(SagaStatus.COMPLETED, SagaStatus.COMPENSATED);
    assertThat(exploration.ends().values().stream().mapToInt(i -> i).sum())
        .isEqualTo(exploration.runs());
    assertThat(exploration.pairs()).isPositive();
    assertThat(exploration.pairsLeftOut()).isZero();
  }

  /** Start, two steps and the end are four writes; with three calls, 14 points before and after. */
  @Test
  void givenARightSaga_whenExplored_thenItCrashedBeforeAndAfterEachWriteAndCall() {
    assertThat(OF_THE_RIGHT_SAGA.crashPoints()).isEqualTo(2 * 4 + 2 * 3);
  }

  @Test
  void givenACallWithTwoEffects_whenExplored_thenItAlsoCrashedBetweenThem() {
    shop.charge =
        ctx -> shop.payments.act(ctx.idempotencyKey()) + shop.orders.act(ctx.idempotencyKey());
    shop.refund =
        ctx -> {
          shop.payments.compensate(ctx.actionKey());
          shop.orders.compensate(ctx.actionKey());
        };

    Exploration exploration = shop.explorer().explore();

    assertThat(exploration.crashPoints()).isEqualTo(2 * 4 + 2 * 3 + 1);
  }

  @Test
  void givenOneSaga_whenExploredTwice_thenTheExplorationsAreEqual() {
    Exploration again = shop.explorer().explore();

    assertThat(again).isEqualTo(OF_THE_RIGHT_SAGA).hasToString(OF_THE_RIGHT_SAGA.toString());
  }

  @Test
  void givenAMistake_whenExploredTwice_thenTheReportsAreEqual() {
    shop.payments.bare();
    ExploredShop other = new ExploredShop();
    other.payments.bare();

    Throwable first = catchThrowable(() -> shop.explorer().explore());
    Throwable second = catchThrowable(() -> other.explorer().explore());

    assertThat(first).isInstanceOf(AssertionError.class);
    assertThat(second).hasMessage(first.getMessage());
  }

  @Test
  void givenABoundOnPairs_whenExplored_thenTheRestIsCountedAsLeftOut() {
    Exploration all = OF_THE_RIGHT_SAGA;

    Exploration some = shop.explorer().pairs(7).explore();

    assertThat(some.pairs()).isEqualTo(7);
    assertThat(some.pairsLeftOut()).isEqualTo(all.pairs() - 7);
    assertThat(some.runs()).isEqualTo(all.runs() - all.pairs() + 7);
  }

  @Test
  void givenKindsLeftOut_whenExplored_thenTheyWereNotMet() {
    Exploration exploration =
        shop.explorer().without(FaultKind.CRASH, FaultKind.CANCEL_BEFORE_EFFECT).explore();

    assertThat(exploration.runsByFault())
        .doesNotContainKeys(FaultKind.CRASH, FaultKind.CANCEL_BEFORE_EFFECT)
        .containsKeys(FaultKind.REJECTION, FaultKind.DUPLICATE);
    assertThat(exploration.crashPoints()).isZero();
  }

  @Test
  void givenTheNameOfARun_whenExplored_thenOnlyThatIsJudgedAndTheSameIsFound() {
    shop.payments.bare();

    Throwable all = catchThrowable(() -> shop.explorer().explore());
    Throwable one = catchThrowable(() -> shop.explorer().only("call charge twice").explore());

    assertThat(one).hasMessageContaining("in 1 of 1 runs");
    assertThat(timeline(one)).isNotEmpty().isEqualTo(timeline(all));
  }

  private static String timeline(Throwable failure) {
    String[] parts = failure.getMessage().split("\n\n", -1);
    return parts.length > 2 ? parts[2] : "";
  }

  @Test
  void givenTheNameOfNoRun_whenExplored_thenItSaysSo() {
    SagaExplorer<String> explorer = shop.explorer().only("crash before lunch");

    assertThatThrownBy(explorer::explore)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no run 'crash before lunch'");
  }

  @Test
  void givenNoInput_whenExplored_thenItSaysSo() {
    SagaDefinition<String> definition =
        SagaDefinition.named("empty", String.class)
            .step("look")
            .action(ctx -> {})
            .readOnly()
            .build();

    assertThatThrownBy(() -> SagaExplorer.of(definition).explore())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("input");
  }

  @Test
  void givenParticipants_whenExplored_thenTheyAreResetBeforeEachRun() {
    AtomicInteger resets = new AtomicInteger();
    shop.participants.add(resets::incrementAndGet);

    Exploration exploration = shop.explorer().explore();

    assertThat(resets).hasValue(exploration.runs());
  }

  @Test
  void givenAParticipantThatCantBeReset_whenExplored_thenItIsAnErrorOfTheTest() {
    shop.participants.add(
        () -> {
          throw new java.io.IOException("the table is locked");
        });

    assertThatThrownBy(() -> shop.explorer().explore())
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("the table is locked");
  }

  @Test
  void givenAStepAtMostOnce_whenExplored_thenItIsNeverCalledTwice() {
    shop.payments.bare();
    SagaDefinition<String> definition = shop.untilCharge().atMostOnce().build();
    shop.refund =
        ctx -> {
          if (shop.ledger.net().containsKey("payment")) {
            shop.payments.compensate(ctx.actionKey());
          }
        };

    Exploration exploration = shop.explorer(definition).without(FaultKind.LATE_REQUEST).explore();

    assertThat(exploration.ends()).containsOnlyKeys(SagaStatus.COMPLETED, SagaStatus.COMPENSATED);
  }

  @Test
  void givenASagaThatIsRejectedWithoutAFault_whenExplored_thenItsCompensationIsExplored() {
    shop.charge =
        ctx -> {
          throw new StepRejectedException("no money");
        };

    Exploration exploration = shop.explorer().explore();

    assertThat(exploration.ends()).containsOnlyKeys(SagaStatus.COMPENSATED);
  }

  @Test
  void givenNoRetryAfterThePivot_whenStuckIsAllowed_thenNothingIsWrong() {
    SagaDefinition<String> definition =
        shop.untilCharge()
            .step("confirm")
            .action(ctx -> shop.orders.act(ctx.idempotencyKey()))
            .pivot()
            .retry(RetryPolicy.none())
            .build();

    Exploration exploration = shop.explorer(definition).allowingStuck().explore();

    assertThat(exploration.ends()).containsKey(SagaStatus.STUCK);
  }

  @Test
  void givenInvariants_whenExplored_thenTheyAreCheckedInEachRunWithItsOutcome() {
    List<SagaStatus> seen = new ArrayList<>();

    Exploration exploration =
        shop.explorer()
            .invariant("nothing", () -> {})
            .invariant("noted", outcome -> seen.add(outcome.status()))
            .explore();

    assertThat(seen).hasSize(exploration.runs());
    assertThat(seen).contains(SagaStatus.COMPLETED, SagaStatus.COMPENSATED);
  }
}
