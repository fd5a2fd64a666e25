package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaDefinitionBuilder;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepContext;
import io.sagaflow.VoidStepBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** How many calls a coordinator makes at a time, in virtual time. */
class LimitTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Shop shop = new Shop();
  private final List<String> begun = new ArrayList<>();
  private final List<Instant> times = new ArrayList<>();
  private int running;
  private int most;

  private void work(StepContext<String> context) throws InterruptedException {
    begun.add(context.step() + " " + context.businessKey());
    times.add(shop.time.now());
    most = Math.max(most, ++running);
    try {
      shop.time.sleep(SECOND);
    } finally {
      running--;
    }
  }

  private SagaDefinition<String> oneStep(UnaryOperator<VoidStepBuilder<String>> limit) {
    return limit
        .apply(
            SagaDefinition.named("limited", String.class)
                .step("work")
                .action(this::work)
                .readOnly())
        .build();
  }

  private List<SagaHandle> start(int many, SagaDefinition<String> definition) {
    return start(many, definition, node(definition));
  }

  private SagaCoordinator node(SagaDefinition<String> definition) {
    return shop.time.start(shop.builder("node-1").register(definition)).coordinator();
  }

  private List<SagaHandle> start(
      int many, SagaDefinition<String> definition, SagaCoordinator coordinator) {
    List<SagaHandle> sagas = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      sagas.add(coordinator.start(definition, "key-" + i, "input"));
    }
    shop.time.settle();
    return sagas;
  }

  private static void assertCompleted(List<SagaHandle> sagas) {
    assertThat(sagas)
        .allSatisfy(saga -> assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED));
  }

  @Test
  void givenTwoAtATime_whenManySagasCome_thenTwoRunAndTheOthersFollowInTheirOrder() {
    List<SagaHandle> sagas = start(6, oneStep(step -> step.maxConcurrent(2)));

    assertCompleted(sagas);

    assertThat(most).isEqualTo(2);
    assertThat(begun)
        .containsExactly(
            "work key-0", "work key-1", "work key-2", "work key-3", "work key-4", "work key-5");
  }

  @Test
  void givenCallThatWaitsForLong_whenItBegins_thenItsTimeoutBeginsAsWell() {
    assertCompleted(
        start(6, oneStep(step -> step.maxConcurrent(1).timeout(Duration.ofMillis(1_500)))));
    assertThat(begun).hasSize(6);
  }

  @Test
  void givenARate_whenManySagasCome_thenNoWindowHasMore() {
    assertCompleted(start(8, oneStep(step -> step.rateLimit(3, Duration.ofSeconds(10)))));

    for (int i = 3; i < times.size(); i++) {
      assertThat(Duration.between(times.get(i - 3), times.get(i)))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(10));
    }
    assertThat(Duration.between(times.get(0), times.get(7))).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void givenAFullStep_whenSagasComeToAnother_thenThatIsNotHeldUp() {
    SagaDefinition<String> definition =
        SagaDefinition.named("limited", String.class)
            .parallel(
                slow -> slow.step("slow").action(this::work).readOnly().maxConcurrent(1),
                quick -> quick.step("quick").action(ctx -> begun.add("quick")).readOnly())
            .build();

    start(4, definition);

    assertThat(begun).containsExactlyInAnyOrder("slow key-0", "quick", "quick", "quick", "quick");
  }

  @Test
  void givenABoundOfTheDefinition_whenItsStepsRun_thenItHoldsForAllTogether() {
    assertCompleted(start(4, twoSteps(1).build()));

    assertThat(most).isEqualTo(1);
    assertThat(begun).hasSize(8);
  }

  private SagaDefinitionBuilder<String> twoSteps(int version) {
    SagaDefinitionBuilder<String> builder =
        SagaDefinition.named("limited", String.class).version(version).maxConcurrent(1);
    builder.step("one").action(this::work).readOnly();
    builder.step("two").action(this::work).readOnly();
    return builder;
  }

  @Test
  void givenTwoVersions_whenSagasOfBothRun_thenTheyShareTheBoundOfTheHigher() {
    SagaDefinition<String> old =
        SagaDefinition.named("limited", String.class)
            .maxConcurrent(5)
            .step("one")
            .action(this::work)
            .readOnly()
            .build();
    SagaDefinition<String> young = twoSteps(2).build();
    SagaCoordinator node =
        shop.time.start(shop.builder("node-1").register(old, young)).coordinator();
    List<SagaHandle> sagas = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      sagas.add(node.start(i % 2 == 0 ? old : young, "key-" + i, "input"));
    }

    assertCompleted(sagas);

    assertThat(most).isEqualTo(1);
  }

  @Test
  void givenSagaThatWaitsForItsTurn_whenItIsCancelled_thenItsActionIsNeverCalled() {
    SagaDefinition<String> definition = oneStep(step -> step.maxConcurrent(1));
    SagaCoordinator node = node(definition);
    List<SagaHandle> sagas = start(3, definition, node);

    node.cancel(sagas.get(1).id(), "ann", "not wanted any more");

    assertThat(sagas.get(1).await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertCompleted(List.of(sagas.get(0), sagas.get(2)));
    assertThat(begun).containsExactly("work key-0", "work key-2");
  }

  @Test
  void givenSagaThatWaitsForItsTurn_whenItsDeadlinePasses_thenItTurnsBackAtOnce() {
    SagaDefinition<String> definition =
        SagaDefinition.named("limited", String.class)
            .deadline(Duration.ofMillis(500))
            .step("work")
            .action(
                ctx -> {
                  begun.add(ctx.businessKey());
                  sleepStubbornly(Duration.ofSeconds(5));
                })
            .readOnly()
            .maxConcurrent(1)
            .build();
    List<SagaHandle> sagas = start(2, definition);

    shop.time.advance(SECOND);

    assertThat(sagas.get(1).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(begun).containsExactly("key-0");
  }

  @Test
  void givenLeakedCall_whenOthersWait_thenItKeepsItsPlaceUntilItsEndAndGivesItBackOnce() {
    SagaDefinition<String> definition =
        SagaDefinition.named("limited", String.class)
            .step("work")
            .action(
                ctx -> {
                  work(ctx);
                  if (ctx.businessKey().equals("key-0") && begun.size() == 1) {
                    running++;
                    sleepStubbornly(Duration.ofMinutes(3));
                    running--;
                  }
                })
            .readOnly()
            .timeout(Duration.ofSeconds(2))
            .retry(RetryPolicy.none())
            .maxConcurrent(1)
            .build();
    List<SagaHandle> sagas = start(4, definition);

    shop.time.advance(Duration.ofMinutes(2));
    assertThat(sagas.get(0).status()).isEqualTo(SagaStatus.STUCK);
    assertThat(begun).containsExactly("work key-0");
    shop.time.advance(Duration.ofMinutes(2));

    assertCompleted(sagas);
    assertThat(most).isEqualTo(1);
  }

  @Test
  void givenAsynchronousCalls_whenTheyAreUnderWay_thenTheyHoldTheirPlacesUntilTheirStagesEnd() {
    List<CompletableFuture<String>> pending = new ArrayList<>();
    SagaDefinition<String> definition =
        SagaDefinition.named("limited", String.class)
            .step("ask", String.class)
            .actionAsync(
                ctx -> {
                  pending.add(new CompletableFuture<>());
                  return pending.get(pending.size() - 1);
                })
            .readOnly()
            .maxConcurrent(2)
            .build();
    List<SagaHandle> sagas = start(5, definition);

    for (int i = 0; i < 5; i++) {
      assertThat(pending).hasSize(Math.min(5, i + 2));
      pending.get(i).complete("answer");
      shop.time.settle();
    }

    assertCompleted(sagas);
  }

  @Test
  void givenFailingCalls_whenTheyAreRetriedAndCompensated_thenTheBoundHoldsForAllOfThem() {
    SagaDefinition<String> definition =
        SagaDefinition.named("limited", String.class)
            .step("work")
            .action(
                ctx -> {
                  work(ctx);
                  throw new IllegalStateException("no");
                })
            .compensation(this::work)
            .retry(RetryPolicy.fixed(Duration.ofMillis(10)).maxAttempts(2))
            .maxConcurrent(2)
            .build();
    List<SagaHandle> sagas = start(5, definition);

    assertThat(sagas)
        .allSatisfy(
            saga -> assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED));
    assertThat(begun).hasSize(15);
    assertThat(most).isEqualTo(2);
  }

  @Test
  void givenCallsThatWait_whenTheCoordinatorCloses_thenItDoesNotWaitForTheirTurns() {
    SagaDefinition<String> definition = oneStep(step -> step.maxConcurrent(1));
    SagaCoordinator closing = node(definition);
    start(20, definition, closing);
    SagaCoordinator other =
        shop.time.start(shop.builder("node-2").register(definition)).coordinator();
    Instant begin = shop.time.now();

    closing.close();

    assertThat(Duration.between(begin, shop.time.now())).isLessThanOrEqualTo(SECOND);
    for (int i = 0; i < 20; i++) {
      SagaHandle saga = other.find("limited", "key-" + i).orElseThrow();
      assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    }
    assertThat(begun).hasSize(20);
  }

  private void sleepStubbornly(Duration duration) {
    Instant end = shop.time.now().plus(duration);
    while (shop.time.now().isBefore(end)) {
      try {
        shop.time.sleep(Duration.between(shop.time.now(), end));
      } catch (InterruptedException e) {
        shop.calls.add("ignored");
      }
    }
  }
}
