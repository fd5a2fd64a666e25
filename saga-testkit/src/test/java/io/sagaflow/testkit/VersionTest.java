package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaCounts;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.SagaStoreException;
import io.sagaflow.UnrunnableSagas.Reason;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.DefinitionShape;
import io.sagaflow.store.DefinitionShapes;
import io.sagaflow.store.InMemoryShapes;
import io.sagaflow.store.SagaStore;
import io.sagaflow.store.StoredRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
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
        .contains("trip v1", "other steps", "without a new version", "retry")
        .contains("step swim was renamed to dive, or replaced by it");
    assertThat(shop.store.load(outcome.sagaId()).orElseThrow().journal())
        .last()
        .extracting(StoredRecord::code)
        .isEqualTo("DEFINITION_CHANGED");
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

  /** Whoever kept the old steps is gone, or never was. */
  @Test
  void givenAChangeWhoseOldStepsNobodyKept_whenResumed_thenStuckAllTheSame() {
    SagaStore forgetful =
        new ForwardingStore(shop.store) {
          @Override
          public DefinitionShapes shapes() {
            return new InMemoryShapes(definition -> List.of());
          }
        };
    SagaDefinition<String> v1 = trip(1, "walk", "swim");
    VirtualNode first = shop.time.start(shop.builder("node-1", forgetful).register(v1));
    first.coordinator().start(v1, "key", "input");
    shop.time.settle();
    first.kill();

    VirtualNode changed = node("node-1", trip(1, "walk", "dive"));
    SagaOutcome outcome = changed.coordinator().find("trip", "key").orElseThrow().await(SOON);

    assertThat(outcome.status()).isEqualTo(SagaStatus.STUCK);
    assertThat(outcome.reason().orElseThrow()).contains("their names, kinds or order");
  }

  /** It must not be taken for the saga's fault that the store is away. */
  @Test
  void givenAChange_whenTheOldStepsCantBeRead_thenStuckWithWhatIsKnown() {
    leave(trip(1, "walk", "swim"));
    SagaStore broken =
        new ForwardingStore(shop.store) {
          @Override
          public DefinitionShapes shapes() {
            return new UnreadableShapes();
          }
        };

    VirtualNode changed =
        shop.time.start(shop.builder("node-1", broken).register(trip(1, "walk", "dive")));
    SagaOutcome outcome = changed.coordinator().find("trip", "key").orElseThrow().await(SOON);

    assertThat(outcome.reason().orElseThrow())
        .contains("their names, kinds or order", "without a new version");
  }

  @Test
  void givenSagasInFlight_whenACoordinatorHasNotTheirVersion_thenItSaysSo() {
    leave(trip(1, "walk", "swim"));

    VirtualNode newer = node("node-2", trip(2, "fly", "drive"));

    assertThat(newer.coordinator().unrunnable())
        .singleElement()
        .satisfies(
            sagas -> {
              assertThat(sagas.definition()).isEqualTo("trip");
              assertThat(sagas.version()).isEqualTo(1);
              assertThat(sagas.sagas()).isEqualTo(new SagaCounts.Count(1, true));
              assertThat(sagas.reason()).isEqualTo(Reason.NOT_REGISTERED);
              assertThat(sagas).hasToString(sagas.detail());
            });
    assertThat(node("node-3", trip(1, "walk", "swim")).coordinator().unrunnable()).isEmpty();
  }

  @Test
  void givenSagasInFlightOfOtherSteps_whenACoordinatorHasChangedThem_thenItSaysWhat() {
    SagaHandle old = leave(trip(1, "walk", "swim"));

    VirtualNode changed = node("node-2", trip(1, "walk", "dive"));

    assertThat(changed.coordinator().unrunnable())
        .singleElement()
        .satisfies(
            sagas -> {
              assertThat(sagas.reason()).isEqualTo(Reason.CHANGED);
              assertThat(sagas.detail()).contains("trip v1", "step swim was renamed to dive");
            });

    changed.kill();
    VirtualNode right = node("node-1", trip(1, "walk", "swim"));
    right.coordinator().find(old.id()).orElseThrow().await(SOON);
    assertThat(node("node-2", trip(1, "walk", "dive")).coordinator().unrunnable()).isEmpty();
  }

  /** Takes shapes, and doesn't answer when it is asked for them. */
  private static final class UnreadableShapes implements DefinitionShapes {

    @Override
    public void keep(Collection<DefinitionShape> shapes) {
      // taken
    }

    @Override
    public List<DefinitionShape> of(DefinitionRef definition) {
      throw new SagaStoreException("away", null);
    }

    @Override
    public Map<String, Long> inFlight(DefinitionRef definition) {
      throw new SagaStoreException("away", null);
    }
  }
}
