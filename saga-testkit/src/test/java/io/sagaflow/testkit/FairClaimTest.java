package io.sagaflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDefinition;
import io.sagaflow.StepContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets the sagas of a node that is gone, in virtual time. */
class FairClaimTest {

  private static final int SAGAS = 300;
  private static final Duration AFTER_DEATH = Duration.ofSeconds(12); // the lease and two seconds
  private static final Duration AFTER_CLOSE = Duration.ofSeconds(2);

  private final Shop shop = new Shop();
  private final Map<VirtualNode, Integer> resumed = new HashMap<>();
  private boolean quick;
  private final SagaDefinition<String> wait =
      SagaDefinition.named("wait", String.class)
          .step("wait")
          .action(this::await)
          .readOnly()
          .build();

  private void await(StepContext<String> context) throws InterruptedException {
    resumed.merge(shop.time.nodeOfCaller(), 1, Integer::sum);
    if (!quick) {
      shop.time.hang();
    }
  }

  private VirtualNode node(String name, UnaryOperator<SagaCoordinatorBuilder> options) {
    return shop.time.start(options.apply(shop.builder(name)));
  }

  private VirtualNode waiting(String name) {
    return node(name, builder -> builder.register(wait).drainTimeout(Duration.ZERO));
  }

  private VirtualNode nodeWithSagas() {
    VirtualNode node = waiting("node-1");
    for (int i = 0; i < SAGAS; i++) {
      node.coordinator().start(wait, "key-" + i, "input");
    }
    shop.time.settle();
    assertThat(resumed).containsExactly(Map.entry(node, SAGAS));
    resumed.clear();
    return node;
  }

  private int all() {
    return resumed.values().stream().mapToInt(Integer::intValue).sum();
  }

  private void awaitAll(Duration within) {
    shop.time.advanceUntil(() -> all() == SAGAS, within);
  }

  private void assertShare(VirtualNode node, int share) {
    assertThat(resumed.get(node)).isBetween(share * 4 / 5, share * 6 / 5);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 250, 499})
  void givenThreeNodes_whenOneDies_thenTheOthersGetHalfEach(int apart) {
    VirtualNode dying = nodeWithSagas();
    VirtualNode second = waiting("node-2");
    shop.time.advance(Duration.ofMillis(apart));
    VirtualNode third = waiting("node-3");

    dying.kill();
    awaitAll(AFTER_DEATH);

    assertShare(second, SAGAS / 2);
    assertShare(third, SAGAS / 2);
  }

  /** A node whose sagas end at once has room again, and still leaves the others theirs. */
  @Test
  void givenSagasThatAreSoonDone_whenTheirNodeDies_thenTheOthersGetHalfEach() {
    VirtualNode dying = nodeWithSagas();
    VirtualNode second = waiting("node-2");
    VirtualNode third = waiting("node-3");
    quick = true;

    dying.kill();
    awaitAll(AFTER_DEATH);

    assertShare(second, SAGAS / 2);
    assertShare(third, SAGAS / 2);
  }

  @Test
  void givenFourNodes_whenOneDies_thenTheOthersGetAThirdEach() {
    VirtualNode dying = nodeWithSagas();
    VirtualNode second = waiting("node-2");
    VirtualNode third = waiting("node-3");
    VirtualNode fourth = waiting("node-4");

    dying.kill();
    awaitAll(AFTER_DEATH);

    assertShare(second, SAGAS / 3);
    assertShare(third, SAGAS / 3);
    assertShare(fourth, SAGAS / 3);
  }

  @Test
  void givenThreeNodes_whenOneIsClosed_thenTheOthersGetHalfEach() {
    VirtualNode closing = nodeWithSagas();
    VirtualNode second = waiting("node-2");
    VirtualNode third = waiting("node-3");

    closing.coordinator().close();
    awaitAll(AFTER_CLOSE);

    assertShare(second, SAGAS / 2);
    assertShare(third, SAGAS / 2);
  }

  @Test
  void givenThreeNodes_whenOneIsRestarted_thenAllThreeGetAThird() {
    VirtualNode dying = nodeWithSagas();
    VirtualNode second = waiting("node-2");
    VirtualNode third = waiting("node-3");

    dying.kill();
    VirtualNode restarted = waiting("node-1");
    awaitAll(AFTER_CLOSE);

    assertShare(restarted, SAGAS / 3);
    assertShare(second, SAGAS / 3);
    assertShare(third, SAGAS / 3);
  }

  @Test
  void givenNodeWithLittleRoom_whenAnotherDies_thenTheThirdGetsWhatIsLeftOverInTime() {
    VirtualNode dying = nodeWithSagas();
    VirtualNode small = node("node-2", builder -> builder.register(wait).maxSagasInMemory(20));
    VirtualNode large = waiting("node-3");

    dying.kill();
    awaitAll(AFTER_DEATH);

    assertThat(resumed).containsEntry(small, 20).containsEntry(large, SAGAS - 20);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 250, 499})
  void givenNodeWithoutTheDefinition_whenAnotherDies_thenTheThirdGetsAllInTime(int apart) {
    VirtualNode dying = nodeWithSagas();
    VirtualNode able = waiting("node-2");
    shop.time.advance(Duration.ofMillis(apart));
    node("node-3", builder -> builder);

    dying.kill();
    awaitAll(AFTER_DEATH);

    assertThat(resumed).containsExactly(Map.entry(able, SAGAS));
  }

  /** Whom a share is meant for may be dead as well, and nobody knows it yet. */
  @Test
  void givenTwoNodesThatDie_whenTheThirdHasFoundOut_thenItGetsAllInTime() {
    VirtualNode dying = nodeWithSagas();
    VirtualNode alsoDying = waiting("node-2");
    VirtualNode third = waiting("node-3");

    dying.kill();
    shop.time.advance(Duration.ofSeconds(2));
    alsoDying.kill();
    awaitAll(AFTER_DEATH.minusSeconds(2));

    assertThat(resumed).containsExactly(Map.entry(third, SAGAS));
  }
}
