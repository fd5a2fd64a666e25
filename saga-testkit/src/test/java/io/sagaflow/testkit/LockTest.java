package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.LockClaim;
import io.sagaflow.LockKeys;
import io.sagaflow.RecordKind;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepContext;
import io.sagaflow.StepRejectedException;
import io.sagaflow.store.SagaLocks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Semantic locks, in virtual time: the input is what is locked. */
class LockTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Shop shop = new Shop();
  private final List<String> done = new ArrayList<>();
  private final Set<String> locked = new HashSet<>();

  /** Takes a second, and finds what it has locked untouched by others. */
  private void use(StepContext<String> context) throws InterruptedException {
    for (String account : accounts(context.input())) {
      assertThat(locked.add(account)).as("%s is used by one saga at a time", account).isTrue();
    }
    try {
      shop.time.sleep(SECOND);
    } finally {
      locked.removeAll(accounts(context.input()));
    }
    done.add(context.businessKey());
  }

  private static List<String> accounts(String input) {
    return List.of(input.split(",", -1));
  }

  private static <I> LockKeys<I> input() {
    return ctx -> accounts(ctx.input().toString());
  }

  private final SagaDefinition<String> transfer =
      SagaDefinition.named("transfer", String.class)
          .locking(input())
          .step("use")
          .action(this::use)
          .compensation(this::use)
          .step("settle")
          .action(ctx -> shop.time.sleep(SECOND))
          .compensation(ctx -> shop.time.sleep(SECOND))
          .build();

  private SagaCoordinator node(String name, SagaDefinition<?>... definitions) {
    return shop.time.start(shop.builder(name).register(definitions)).coordinator();
  }

  private static void assertEnd(SagaStatus end, SagaHandle... sagas) {
    assertThat(sagas).allSatisfy(saga -> assertThat(saga.await(SOON).status()).isEqualTo(end));
  }

  @Test
  void givenSagasThatWantTheSameLock_whenTheyRun_thenOneAfterTheOtherAsTheyCame() {
    SagaCoordinator node = node("node-1", transfer);
    List<SagaHandle> sagas = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      sagas.add(node.start(transfer, "key-" + i, "account:42"));
      shop.time.settle();
    }

    assertEnd(SagaStatus.COMPLETED, sagas.toArray(SagaHandle[]::new));

    assertThat(done).containsExactly("key-0", "key-1", "key-2", "key-3", "key-4");
  }

  @Test
  void givenSagasThatWantOtherLocks_whenTheyRun_thenSideBySide() {
    SagaCoordinator node = node("node-1", transfer);
    SagaHandle one = node.start(transfer, "one", "account:1");
    SagaHandle other = node.start(transfer, "other", "account:2");

    shop.time.advance(Duration.ofMillis(2_100));

    assertThat(List.of(one, other)).allMatch(saga -> saga.status() == SagaStatus.COMPLETED);
  }

  @Test
  void givenAWaitingSaga_whenAskedFor_thenItIsSeenWhoHoldsAndWhoWaits() {
    SagaCoordinator node = node("node-1", transfer);
    SagaHandle one = node.start(transfer, "one", "account:1,account:2");
    shop.time.settle();
    SagaHandle other = node.start(transfer, "other", "account:2");
    shop.time.settle();

    assertThat(node.lockQueue("account:2"))
        .extracting(LockClaim::saga)
        .containsExactly(one.id(), other.id());
    assertThat(node.locksOf(one.id())).hasSize(2).allMatch(LockClaim::held);
    assertThat(node.locksOf(other.id())).hasSize(1).noneMatch(LockClaim::held);
    assertEnd(SagaStatus.COMPLETED, one, other);
    assertThat(node.lockQueue("account:2")).isEmpty();
  }

  @Test
  void givenHolderOnAnotherNode_whenItEnds_thenTheWaitingSagaGoesOnSoon() {
    SagaCoordinator first = node("node-1", transfer);
    SagaCoordinator second = node("node-2", transfer);
    first.start(transfer, "one", "account:1");
    shop.time.settle();
    SagaHandle other = second.start(transfer, "other", "account:1");

    shop.time.advance(Duration.ofMillis(5_100)); // two seconds each, and a poll between

    assertThat(other.status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenLongWait_whenTheSagaIsParked_thenItIsWokenWhenItsTurnComes() {
    SagaDefinition<String> slow =
        SagaDefinition.named("slow", String.class)
            .locking(input())
            .step("use")
            .action(this::use)
            .readOnly()
            .sleep("night", Duration.ofHours(8))
            .build();
    SagaCoordinator node = node("node-1", transfer, slow);
    SagaHandle one = node.start(slow, "one", "account:1");
    shop.time.settle();
    SagaHandle other = node.start(transfer, "other", "account:1");

    shop.time.advance(Duration.ofHours(8).plus(Duration.ofSeconds(10)));

    assertThat(List.of(one, other)).allMatch(saga -> saga.status() == SagaStatus.COMPLETED);
  }

  @Test
  void givenWaitingSaga_whenItIsCancelled_thenNothingOfItRanAndTheNextOneComes() {
    SagaCoordinator node = node("node-1", transfer);
    SagaHandle one = node.start(transfer, "one", "account:1");
    shop.time.settle();
    SagaHandle other = node.start(transfer, "other", "account:1");
    shop.time.settle();
    SagaHandle last = node.start(transfer, "last", "account:1");
    shop.time.settle();

    node.cancel(other.id(), "ann", "not wanted any more");

    assertThat(other.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
    assertEnd(SagaStatus.COMPLETED, one, last);
    assertThat(done).containsExactly("one", "last");
    assertThat(other.history())
        .extracting(SagaEvent::kind)
        .doesNotContain(RecordKind.STEP_COMPENSATED, RecordKind.STEP_STARTED);
  }

  @Test
  void givenSagaThatTurnsBack_whenAnotherWaits_thenTheLockIsHeldUntilAllIsUndone() {
    SagaDefinition<String> failing =
        SagaDefinition.named("failing", String.class)
            .step("use")
            .action(this::use)
            .compensation(this::use)
            .locking(input())
            .step("fail")
            .action(
                ctx -> {
                  throw new StepRejectedException("no");
                })
            .readOnly()
            .build();
    SagaCoordinator node = node("node-1", transfer, failing);
    SagaHandle one = node.start(failing, "one", "account:1");
    shop.time.settle();
    SagaHandle other = node.start(transfer, "other", "account:1");

    assertEnd(SagaStatus.COMPLETED, other);

    assertThat(one.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(done).containsExactly("one", "one", "other");
  }

  @Test
  void givenTwoStepsThatLockInOppositeOrder_whenSagasMeet_thenOneGivesWayAndBothEnd() {
    SagaDefinition<String> pair =
        SagaDefinition.named("pair", String.class)
            .step("first")
            .action(ctx -> shop.time.sleep(SECOND))
            .compensation(ctx -> done.add("undone " + ctx.businessKey()))
            .locking(ctx -> List.of(accounts(ctx.input()).get(0)))
            .step("second")
            .action(ctx -> done.add("done " + ctx.businessKey()))
            .readOnly()
            .locking(ctx -> List.of(accounts(ctx.input()).get(1)))
            .build();
    SagaCoordinator node = node("node-1", pair);
    SagaHandle one = node.start(pair, "one", "a,b");
    SagaHandle other = node.start(pair, "other", "b,a");

    List<SagaOutcome> outcomes = List.of(one.await(SOON), other.await(SOON));

    assertThat(outcomes)
        .extracting(SagaOutcome::status)
        .containsExactlyInAnyOrder(SagaStatus.COMPLETED, SagaStatus.COMPENSATED);
    assertThat(outcomes)
        .filteredOn(outcome -> outcome.status() == SagaStatus.COMPENSATED)
        .allSatisfy(
            outcome -> assertThat(outcome.reason().orElseThrow()).contains("Deadlock", "[a]"));
    assertThat(done).hasSize(2);
  }

  @Test
  void givenHolderWhoseProcessIsKilled_whenAnotherNodeTakesOver_thenItHoldsItsLocksStill() {
    VirtualNode first = shop.time.start(shop.builder("node-1").register(transfer));
    first.coordinator().start(transfer, "one", "account:1");
    shop.time.settle();
    SagaCoordinator second = node("node-2", transfer);
    SagaHandle other = second.start(transfer, "other", "account:1");
    shop.time.settle();
    locked.clear(); // what the dead process would have done doesn't count
    first.kill();

    assertEnd(SagaStatus.COMPLETED, other);

    assertThat(done).endsWith("other");
    assertThat(second.find("transfer", "one").orElseThrow().status())
        .isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenChild_whenItWantsWhatItsParentHolds_thenItHasIt() {
    SagaDefinition<String> child =
        SagaDefinition.named("child", String.class)
            .locking(input())
            .step("use")
            .action(this::use)
            .compensation(this::use)
            .build();
    SagaDefinition<String> parent =
        SagaDefinition.named("parent", String.class)
            .locking(input())
            .child("child", child, ctx -> ctx.input())
            .build();
    SagaCoordinator node = node("node-1", parent);

    SagaHandle saga = node.start(parent, "key", "account:1");

    assertEnd(SagaStatus.COMPLETED, saga);
    assertThat(node.lockQueue("account:1")).isEmpty();
  }

  @Test
  void givenConditionThatDoesNotHold_whenTheStepIsSkipped_thenNothingIsLocked() {
    SagaDefinition<String> definition =
        SagaDefinition.named("skipping", String.class)
            .step("use")
            .action(this::use)
            .readOnly()
            .onlyIf(ctx -> false)
            .locking(input())
            .step("look")
            .action(ctx -> shop.time.sleep(SECOND))
            .readOnly()
            .build();
    SagaCoordinator node = node("node-1", definition);
    SagaHandle saga = node.start(definition, "key", "account:1");
    shop.time.settle();

    assertThat(node.lockQueue("account:1")).isEmpty();
    assertEnd(SagaStatus.COMPLETED, saga);
    assertThat(done).isEmpty();
  }

  @Test
  void givenKeysThatCantBe_whenTheStepIsReached_thenRejectedWithTheReason() {
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 101; i++) {
      many.add("key-" + i);
    }
    assertThat(reasonWith(ctx -> List.of(" "))).contains("lock key");
    assertThat(reasonWith(ctx -> many)).contains("101 keys", "at most 100");
    assertThat(
            reasonWith(
                ctx -> {
                  throw new IllegalStateException("no account");
                }))
        .contains("no account");
  }

  private String reasonWith(LockKeys<String> keys) {
    SagaDefinition<String> definition =
        SagaDefinition.named("bad", String.class)
            .step("use")
            .action(this::use)
            .readOnly()
            .retry(RetryPolicy.none())
            .locking(keys)
            .build();
    Shop other = new Shop();
    SagaCoordinator node =
        other.time.start(other.builder("node-1").register(definition)).coordinator();
    SagaOutcome outcome = node.start(definition, "key", "input").await(SOON);
    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    return outcome.reason().orElseThrow();
  }

  @Test
  void givenNoKeys_whenTheStepIsReached_thenItRunsWithoutALock() {
    SagaDefinition<String> definition =
        SagaDefinition.named("free", String.class)
            .locking(ctx -> Collections.emptySet())
            .step("use")
            .action(this::use)
            .readOnly()
            .build();

    assertEnd(SagaStatus.COMPLETED, node("node-1", definition).start(definition, "key", "input"));
  }

  @Test
  void givenPivotThatWaitsForItsLock_whenTheSagaIsCancelled_thenItTurnsBack() {
    SagaDefinition<String> paying =
        SagaDefinition.named("paying", String.class)
            .step("pay")
            .action(this::use)
            .locking(input())
            .pivot()
            .build();
    SagaCoordinator node = node("node-1", transfer, paying);
    node.start(transfer, "one", "account:1");
    shop.time.settle();
    SagaHandle other = node.start(paying, "other", "account:1");
    shop.time.settle();

    node.cancel(other.id(), "ann", "not wanted any more");

    assertThat(other.await(SOON).status()).isEqualTo(SagaStatus.COMPENSATED);
  }

  @Test
  void givenWaitingStep_whenAnOperatorMarksItDone_thenTheNextSagaNeedNotWaitForThisOnesEnd() {
    SagaDefinition<String> slow =
        SagaDefinition.named("slow", String.class)
            .step("use")
            .action(this::use)
            .readOnly()
            .locking(input())
            .sleep("night", Duration.ofHours(8))
            .build();
    SagaCoordinator node = node("node-1", transfer, slow);
    node.start(transfer, "one", "account:1");
    shop.time.settle();
    SagaHandle marked = node.start(slow, "marked", "account:1");
    shop.time.settle();
    SagaHandle last = node.start(transfer, "last", "account:1");
    shop.time.settle();

    node.operator("ann", "done by hand").markDone(marked.id(), "use");
    shop.time.advance(Duration.ofSeconds(10));

    assertThat(last.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(marked.status()).isEqualTo(SagaStatus.RUNNING);
    assertThat(done).containsExactly("one", "last");
  }

  @Test
  void givenStoreWithoutLocks_whenADefinitionNeedsThem_thenRefusedWhenItStarts() {
    ForwardingStore without =
        new ForwardingStore(shop.store) {
          @Override
          public Optional<SagaLocks> locks() {
            return Optional.empty();
          }
        };

    assertThatThrownBy(() -> shop.time.start(shop.builder("node-1", without).register(transfer)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("transfer")
        .hasMessageContaining("keeps no locks");
    SagaCoordinator node = shop.time.start(shop.builder("node-1", without)).coordinator();
    assertThatThrownBy(() -> node.lockQueue("a")).isInstanceOf(UnsupportedOperationException.class);
  }
}
