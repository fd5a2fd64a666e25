package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaDefinitionBuilder;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepContext;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.NewCommand;
import io.sagaflow.testkit.Shop.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The branches of a parallel block on the way forward. */
class ParallelTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Trip trip = new Trip();
  private final Shop shop = trip.shop;

  @Test
  void givenBlock_whenItsTurnComes_thenItsBranchesRunSideBySide() {
    trip.slow(SECOND.multipliedBy(3), "hotel");
    trip.slow(SECOND.multipliedBy(2), "flight");
    SagaHandle saga = trip.start(trip.node("node-1"));
    assertThat(trip.calls()).containsExactly("create", "hotel", "flight");

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);

    assertThat(trip.passed()).isEqualTo(SECOND.multipliedBy(3));
    assertThat(trip.calls())
        .containsExactly("create", "hotel", "flight", "breakfast", "pay", "tickets", "receipt");
  }

  @Test
  void givenBranchOfTwoSteps_whenItsFirstIsDone_thenTheSecondDoesNotWaitForTheOtherBranch() {
    trip.slow(SECOND.multipliedBy(3), "flight");

    trip.start(trip.node("node-1"));

    assertThat(trip.calls()).containsExactly("create", "hotel", "flight", "breakfast");
  }

  @Test
  void givenOneBranchThatIsDone_whenTheOtherRuns_thenWhatFollowsWaits() {
    trip.slow(SECOND.multipliedBy(3), "breakfast");
    trip.start(trip.node("node-1"));

    trip.advance(SECOND.multipliedBy(3).minusMillis(1));
    assertThat(trip.calls()).doesNotContain("pay");
    trip.advance(Duration.ofMillis(1));

    assertThat(trip.calls()).contains("pay");
  }

  @Test
  void givenNestedBlocks_whenRun_thenEachJoinWaitsForItsOwnBranches() {
    SagaDefinitionBuilder<Order> builder = SagaDefinition.named("nested", Order.class);
    builder.parallel(
        branch -> {
          trip.add(branch, "a");
          branch.parallel(inner -> trip.add(inner, "b"), inner -> trip.add(inner, "c"));
          trip.add(branch, "d");
        },
        branch -> trip.add(branch, "e"));
    SagaDefinition<Order> nested = trip.add(builder, "f").build();
    trip.slow(SECOND.multipliedBy(4), "b");
    trip.slow(SECOND.multipliedBy(2), "c");
    trip.slow(SECOND.multipliedBy(3), "e");
    trip.slow(SECOND, "d");

    VirtualNode node = shop.time.start(shop.builder("node-1").register(nested));
    SagaHandle saga = trip.start(node, nested);
    assertThat(trip.calls()).containsExactly("a", "e", "b", "c");

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(trip.calls()).endsWith("d", "f");
    assertThat(trip.passed()).isEqualTo(SECOND.multipliedBy(5));
  }

  @Test
  void givenResultsOfTwoBranches_whenTheyAreJoined_thenWhatFollowsReadsBoth() {
    List<String> read = new ArrayList<>();
    shop.on("pay", ctx -> read.addAll(List.of(ctx.result(Trip.HOTEL), ctx.result(Trip.FLIGHT))));

    SagaHandle saga = trip.start(trip.node("node-1"));

    assertThat(read).containsExactly("hotel of 42", "flight of 42");
    assertThat(saga.await(SOON).result(Trip.FLIGHT)).hasValue("flight of 42");
  }

  @Test
  void givenSiblingThatRuns_whenItsResultIsLookedFor_thenThereIsNone() {
    List<Optional<String>> read = new ArrayList<>();
    trip.slow(SECOND, "flight");
    shop.on("breakfast", ctx -> read.add(ctx.findResult(Trip.FLIGHT)));

    trip.start(trip.node("node-1"));

    assertThat(read).containsExactly(Optional.empty());
  }

  @Test
  void givenBranchThatIsRetried_whenTheOtherRuns_thenTheyDoNotWaitForEachOther() {
    trip.slow(SECOND.multipliedBy(25), "hotel");
    shop.on("flight", Shop.failing(2, new IllegalStateException("not yet")));

    SagaHandle saga = trip.start(trip.node("node-1"));
    trip.advance(Trip.PAUSE);
    assertThat(trip.calls()).containsExactly("create", "hotel", "flight", "flight");

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(trip.calls()).startsWith("create", "hotel", "flight", "flight", "flight");
    assertThat(trip.passed()).isEqualTo(SECOND.multipliedBy(25));
  }

  @Test
  void givenOutcomesThatArriveDuringAnAppend_whenItEnds_thenNoneIsLostAndNothingCalledTwice() {
    OutageStore store = new OutageStore(shop.store);
    VirtualNode node = shop.time.start(trip.builder("node-1", store));
    shop.on("hotel", ctx -> store.stallWrites());
    trip.slow(SECOND, "flight");
    SagaHandle saga = trip.start(node);
    trip.advance(SECOND); // the flight is booked while the hotel isn't durable

    store.comeBack();

    assertThat(saga.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(trip.calls()).doesNotHaveDuplicates().hasSize(7);
    assertThat(Shop.kinds(saga))
        .containsSubsequence("STEP_COMPLETED hotel", "STEP_COMPLETED flight", "STEP_COMPLETED pay");
  }

  @Test
  void givenCallsOfTwoBranches_whenTheyEndAtOnce_thenEachHasAKeyOfItsOwn() {
    trip.start(trip.node("node-1"));

    assertThat(shop.keys).doesNotHaveDuplicates().hasSize(7);
  }

  @Test
  void givenAllBranchesThatWaitLong_whenNothingRuns_thenTheSagaIsParkedUntilTheFirstIsDue() {
    SagaDefinition<Order> patient = patient();
    VirtualNode node = shop.time.start(shop.builder("node-1").register(patient));
    shop.on("short", Shop.failing(1, new IllegalStateException("not yet")));
    shop.on("long", Shop.failing(1, new IllegalStateException("not yet")));
    SagaHandle saga = trip.start(node, patient);
    assertThat(isOwned(saga)).isFalse();

    trip.advance(Duration.ofMinutes(11));
    assertThat(trip.calls()).containsExactly("short", "long", "short");
    assertThat(isOwned(saga)).isFalse();

    assertThat(saga.await(SOON.multipliedBy(2)).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(trip.calls()).containsExactly("short", "long", "short", "long");
    assertThat(Shop.kinds(saga)).doesNotContain("SAGA_RESUMED");
  }

  @Test
  void givenBranchThatWaitsLong_whenAnotherRuns_thenTheSagaIsNotParked() {
    SagaDefinition<Order> patient = patient();
    VirtualNode node = shop.time.start(shop.builder("node-1").register(patient));
    trip.slow(Duration.ofMinutes(15), "short");
    shop.on("long", Shop.failing(1, new IllegalStateException("not yet")));

    SagaHandle saga = trip.start(node, patient);

    assertThat(isOwned(saga)).isTrue();
  }

  private SagaDefinition<Order> patient() {
    SagaDefinitionBuilder<Order> builder = SagaDefinition.named("patient", Order.class);
    return builder
        .parallel(
            branch -> trip.add(branch, "short").retry(RetryPolicy.fixed(Duration.ofMinutes(10))),
            branch -> trip.add(branch, "long").retry(RetryPolicy.fixed(Duration.ofMinutes(20))))
        .build();
  }

  private boolean isOwned(SagaHandle saga) {
    shop.store.post(saga.id(), NewCommand.of(CommandKind.RETRY, "probe", "who has it?"));
    return shop.store.commands(shop.idOf("node-1"), 10).stream()
        .anyMatch(command -> command.sagaId().equals(saga.id()));
  }

  @Test
  void givenAtMostOnceStepsSideBySide_whenTheyBegin_thenBothAreAnnouncedBefore() {
    SagaDefinitionBuilder<Order> builder = SagaDefinition.named("once", Order.class);
    SagaDefinition<Order> once =
        builder
            .parallel(
                branch -> trip.add(branch, "a").atMostOnce(),
                branch -> trip.add(branch, "b").atMostOnce())
            .build();
    VirtualNode node = shop.time.start(shop.builder("node-1").register(once));
    List<Integer> announced = new ArrayList<>();
    shop.on("a", ctx -> announced.add(announcements(ctx)));
    shop.on("b", ctx -> announced.add(announcements(ctx)));

    SagaHandle saga = trip.start(node, once);

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(announced).containsExactly(2, 2);
  }

  private int announcements(StepContext<Order> context) {
    return (int)
        shop.store.load(context.sagaId()).orElseThrow().journal().stream()
            .filter(row -> row.kind().equals("STEP_STARTED"))
            .count();
  }
}
