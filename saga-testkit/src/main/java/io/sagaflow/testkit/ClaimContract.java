package io.sagaflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaId;
import io.sagaflow.store.ClaimedSaga;
import io.sagaflow.store.CommandKind;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.NewCommand;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.Release;
import io.sagaflow.store.StoredCommand;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How free sagas that are due are claimed, each by one node. */
abstract class ClaimContract extends StoreContract {

  private static final int MANY = 300;
  private static final int FEW = 20;

  @Test
  void givenSagaThatWaits_whenClaimedBeforeItsTime_thenItIsLeft() {
    SagaId id = started(ORDERS, "order-42");
    get(store.append(node, release(id, Release.until(NOW.plusSeconds(60)))));

    assertThat(store.claim(node, ALL, NOW, 10)).isEmpty();
    assertThat(store.claim(node, ALL, NOW.plusSeconds(60), 10)).hasSize(1);
  }

  @Test
  void givenSagaReleasedUntilCommand_whenClaimed_thenOnlyAfterACommand() {
    SagaId id = started(ORDERS, "order-42");
    get(store.append(node, release(id, Release.untilCommand())));
    assertThat(store.claim(node, ALL, NOW, 10)).isEmpty();

    store.post(id, NewCommand.of(CommandKind.RETRY, "ann", "the bank is back"));
    ClaimedSaga claimed = only(store.claim(node, ALL, NOW, 10));

    StoredCommand command = only(claimed.commands());
    assertThat(command.kind()).isEqualTo("RETRY");
    assertThat(command.by()).isEqualTo("ann");
    assertThat(command.reason()).isEqualTo("the bank is back");
  }

  @Test
  void givenSagasOfSeveralDefinitions_whenClaimed_thenOnlyOfTheGivenOnes() {
    released(REFUNDS, "refund", NOW);
    released(new DefinitionRef("place-order", 2), "newer", NOW);
    SagaId mine = released(ORDERS, "mine", NOW);

    List<ClaimedSaga> claimed = store.claim(node, Set.of(ORDERS), NOW, 10);

    assertThat(only(claimed).saga().header().id()).isEqualTo(mine);
    assertThat(store.claim(node, Set.of(), NOW, 10)).isEmpty();
  }

  @Test
  void givenMoreDueSagasThanTheLimit_whenClaimed_thenTheOldestFirst() {
    SagaId third = released(ORDERS, "third", NOW.minusSeconds(1));
    SagaId first = released(ORDERS, "first", NOW.minusSeconds(3));
    SagaId second = released(ORDERS, "second", NOW.minusSeconds(2));

    List<ClaimedSaga> claimed = store.claim(node, ALL, NOW, 2);

    assertThat(claimed)
        .extracting(each -> each.saga().header().id())
        .containsExactly(first, second);
    assertThat(only(store.claim(node, ALL, NOW, 2)).saga().header().id()).isEqualTo(third);
  }

  @Test
  void givenTwoNodes_whenTheyClaimAtOnce_thenEachSagaIsClaimedOnce() {
    Set<SagaId> due = new HashSet<>();
    IntStream.range(0, 60).forEach(i -> due.add(released(ORDERS, "order-" + i, NOW)));
    NodeId other = store.join("node-2");
    CountDownLatch go = new CountDownLatch(1);

    CompletableFuture<List<SagaId>> one = claimAll(node, go);
    CompletableFuture<List<SagaId>> two = claimAll(other, go);
    go.countDown();

    List<SagaId> claimed = new ArrayList<>(one.join());
    claimed.addAll(two.join());
    assertThat(claimed).doesNotHaveDuplicates().hasSameElementsAs(due);
  }

  @Test
  void givenManySagasOfADeadNode_whenTwoNodesClaim_thenEachGetsItsShareAndNoMore() {
    Set<SagaId> all = manyOrphans();
    node = store.join("node-2");
    NodeId other = store.join("node-3");

    List<SagaId> first = ids(store.claim(node, ALL, NOW, MANY));
    List<SagaId> again = ids(store.claim(node, ALL, NOW.plusMillis(499), MANY));
    List<SagaId> second = ids(store.claim(other, ALL, NOW, MANY));

    assertThat(first).hasSizeBetween(MANY / 3, MANY * 2 / 3);
    assertThat(again).isEmpty();
    first.addAll(second);
    assertThat(first).doesNotHaveDuplicates().hasSameElementsAs(all);
  }

  @Test
  void givenManySagasOfADeadNode_whenOthersDontTakeTheirs_thenTheyAreClaimedInTheEnd() {
    Set<SagaId> all = manyOrphans();
    node = store.join("node-2");
    NodeId other = store.join("node-3");
    List<SagaId> claimed = ids(store.claim(node, ALL, NOW, MANY));

    claimed.addAll(ids(store.claim(node, ALL, NOW.plusMillis(250), MANY)));
    assertThat(store.claim(other, Set.of(REFUNDS), NOW, MANY)).isEmpty();
    int share = claimed.size();
    List<SagaId> leftOver;
    do {
      leftOver = ids(store.claim(node, ALL, NOW.plusMillis(500), FEW)); // no more than it has room
      claimed.addAll(leftOver);
    } while (leftOver.size() == FEW);

    assertThat(share).isLessThan(MANY);
    assertThat(claimed).doesNotHaveDuplicates().hasSameElementsAs(all);
  }

  @Test
  void givenFewSagasOfADeadNode_whenClaimed_thenAllAtOnce() {
    IntStream.range(0, FEW).forEach(i -> started(ORDERS, "order-" + i));
    store.evict(node);
    store.releaseOrphans(MANY);
    node = store.join("node-2");
    store.join("node-3");

    assertThat(store.claim(node, ALL, NOW, MANY)).hasSize(FEW);
  }

  @Test
  void givenManySagasOfADeadNode_whenOthersAreDueAsWell_thenTheseArentDivided() {
    manyOrphans();
    node = store.join("node-2");
    store.join("node-3");
    Set<SagaId> due = new HashSet<>();
    IntStream.range(0, MANY).forEach(i -> due.add(released(ORDERS, "due-" + i, NOW)));

    assertThat(ids(store.claim(node, ALL, NOW, 2 * MANY))).containsAll(due);
  }

  private Set<SagaId> manyOrphans() {
    Set<SagaId> all = new HashSet<>();
    IntStream.range(0, MANY).forEach(i -> all.add(started(ORDERS, "order-" + i)));
    store.evict(node);
    assertThat(store.releaseOrphans(2 * MANY)).isEqualTo(MANY);
    return all;
  }

  private static List<SagaId> ids(List<ClaimedSaga> claimed) {
    List<SagaId> ids = new ArrayList<>();
    claimed.forEach(each -> ids.add(each.saga().header().id()));
    return ids;
  }

  private CompletableFuture<List<SagaId>> claimAll(NodeId claimant, CountDownLatch go) {
    return CompletableFuture.supplyAsync(
        () -> {
          awaitUninterruptibly(go);
          List<SagaId> all = new ArrayList<>();
          List<ClaimedSaga> some;
          do {
            some = store.claim(claimant, ALL, NOW, 7);
            some.forEach(each -> all.add(each.saga().header().id()));
          } while (!some.isEmpty());
          return all;
        },
        task -> new Thread(task).start());
  }
}
