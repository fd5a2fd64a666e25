package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A saga goes on with the definition and version that it was started with, or not at all. */
class VersionTest {

  private final Shop shop = new Shop();
  private final List<String> calls = new ArrayList<>();

  /** A trip of two steps, the second of which hangs when it is called for the first time. */
  private SagaDefinition<String> trip(int version, String first, String second) {
    return SagaDefinition.named("trip", String.class)
        .version(version)
        .step(first)
        .action(ctx -> calls.add(first + version))
        .readOnly()
        .step(second)
        .action(
            ctx -> {
              calls.add(second + version);
              if (calls.size() == 2) {
                shop.time.hang();
              }
            })
        .readOnly()
        .build();
  }

  private VirtualNode node(String name, SagaDefinition<?>... definitions) {
    return shop.time.start(shop.builder(name).register(definitions));
  }

  /** Leaves a trip in its second step. */
  private SagaHandle leave(SagaDefinition<String> definition) {
    VirtualNode first = node("node-1", definition);
    SagaHandle saga = first.coordinator().start(definition, "key", "input");
    shop.time.settle();
    first.kill();
    return saga;
  }

  @Test
  void givenTwoVersions_whenAnOldSagaIsResumed_thenItFollowsItsOwn() {
    SagaDefinition<String> v1 = trip(1, "walk", "swim");
    SagaDefinition<String> v2 = trip(2, "fly", "drive");
    SagaHandle old = leave(v1);

    VirtualNode both = node("node-1", v1, v2);
    SagaHandle fresh = both.coordinator().start(v2, "other-key", "input");
    fresh.await(SOON);

    assertThat(old.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).containsExactly("walk1", "swim1", "swim1", "fly2", "drive2");
  }

  @Test
  void givenNodeThatHasOnlyTheNewVersion_whenItRuns_thenItLeavesTheOldSagaToANodeThatHasIt() {
    SagaDefinition<String> v1 = trip(1, "walk", "swim");
    SagaHandle old = leave(v1);
    VirtualNode newer = node("node-2", trip(2, "fly", "drive"));
    shop.time.advance(SOON);
    SagaStatus before = newer.coordinator().find(old.id()).orElseThrow().status();

    node("node-3", v1);

    assertThat(before).isEqualTo(SagaStatus.RUNNING);
    assertThat(newer.coordinator().find(old.id()).orElseThrow().await(SOON).status())
        .isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).containsExactly("walk1", "swim1", "swim1");
  }

  @Test
  void givenStepsThatChangedWithoutANewVersion_whenResumed_thenStuckAndNothingIsGuessed() {
    leave(trip(1, "walk", "swim"));

    VirtualNode changed = node("node-1", trip(1, "walk", "dive"));
    SagaOutcome outcome = changed.coordinator().find("trip", "key").orElseThrow().await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(outcome.reason().orElseThrow())
        .contains("trip v1", "other steps", "without a new version", "retry");
    assertThat(calls).containsExactly("walk1", "swim1");
  }

  @Test
  void givenStuckByAChangedDefinition_whenTheOldOneIsBackAndItIsRetried_thenItCompletes() {
    SagaDefinition<String> v1 = trip(1, "walk", "swim");
    SagaHandle saga = leave(v1);
    node("node-1", trip(1, "walk", "dive"));
    assertThat(saga.status()).isEqualTo(SagaStatus.STUCK);

    VirtualNode right = node("node-1", v1);
    right.coordinator().retry(saga.id(), "ann", "the old steps are back");
    shop.time.advance(Duration.ofSeconds(1));

    assertThat(saga.status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(calls).containsExactly("walk1", "swim1", "swim1");
  }
}
