package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Three nodes are replaced one by one; a new version of the definition comes with the new ones. */
class RollingDeploymentTest {

  private static final int NODES = 3;
  private static final int SAGAS = 50;

  private final Shop shop = new Shop();
  private final SagaDefinition<String> v1 = trip(1, "walk", "swim");
  private final SagaDefinition<String> v2 = trip(2, "fly", "drive");
  private final Map<String, TreeSet<String>> callsOfKeys = new TreeMap<>();
  private final Map<SagaHandle, SagaDefinition<String>> sagas = new LinkedHashMap<>();
  private final List<VirtualNode> nodes = new ArrayList<>();

  /** How an old node goes. */
  enum Way {
    CLOSED,
    KILLED
  }

  private SagaDefinition<String> trip(int version, String first, String second) {
    return SagaDefinition.named("trip", String.class)
        .version(version)
        .step(first)
        .action(ctx -> call(ctx.businessKey(), first))
        .readOnly()
        .sleep("rest", Duration.ofMinutes(3)) // leaves memory: anybody may claim it
        .step(second)
        .action(ctx -> call(ctx.businessKey(), second))
        .readOnly()
        .build();
  }

  private void call(String key, String step) throws InterruptedException {
    callsOfKeys.computeIfAbsent(key, unused -> new TreeSet<>()).add(step);
    shop.time.sleep(Duration.ofSeconds(7)); // so that some are in a call whenever a node goes
  }

  private VirtualNode node(String name, SagaDefinition<?>... definitions) {
    return shop.time.start(shop.builder(name).register(definitions));
  }

  private void startSagas(VirtualNode node, SagaDefinition<String> definition) {
    for (int i = 0; i < SAGAS; i++) {
      String key = "key-" + sagas.size();
      sagas.put(node.coordinator().start(definition, key, "input"), definition);
      shop.time.advance(Duration.ofMillis(200));
    }
  }

  private void replace(int i, Way way) {
    VirtualNode old = nodes.get(i);
    if (way == Way.CLOSED) {
      old.coordinator().close();
    } else {
      old.kill();
    }
    nodes.set(i, node("new-" + i, v1, v2));
  }

  @ParameterizedTest
  @EnumSource
  void givenThreeNodesOfV1_whenTheyAreReplacedOneByOne_thenEverySagaEndsOnItsVersion(Way way) {
    for (int i = 0; i < NODES; i++) {
      nodes.add(node("old-" + i, v1));
    }
    nodes.forEach(node -> startSagas(node, v1));

    for (int i = 0; i < NODES; i++) {
      replace(i, way);
      startSagas(nodes.get(i), v2); // parked soon, while old nodes poll
      startSagas(nodes.get((i + 1) % NODES), v1);
      shop.time.advance(Duration.ofMinutes(i)); // longer each time: some rests are over
    }
    shop.time.advance(SOON);

    assertThat(sagas).hasSize(9 * SAGAS);
    assertThat(sagas.keySet()).allMatch(saga -> saga.status() == SagaStatus.COMPLETED);
    int number = 0;
    for (SagaDefinition<String> definition : sagas.values()) {
      assertThat(callsOfKeys.get("key-" + number++))
          .isEqualTo(
              definition == v1
                  ? new TreeSet<>(List.of("walk", "swim"))
                  : new TreeSet<>(List.of("fly", "drive")));
    }
    assertThat(sagas.keySet())
        .allSatisfy(saga -> assertThat(Shop.kinds(saga)).noneMatch(kind -> kind.contains("STUCK")));
  }

  /** The only node of the new version goes: its sagas wait for the next one that has it. */
  @Test
  void givenSagasOfV2_whenOnlyNodesOfV1AreLeft_thenTheyAreLeftAloneUntilANodeHasThem() {
    VirtualNode old = node("old", v1);
    VirtualNode first = node("new-1", v1, v2);
    startSagas(first, v2);
    first.kill();

    shop.time.advance(SOON);
    assertThat(sagas.keySet()).allMatch(saga -> saga.status() == SagaStatus.RUNNING);
    assertThat(old.coordinator().unrunnable()).singleElement().matches(u -> u.version() == 2);
    node("new-2", v1, v2);
    shop.time.advance(SOON);

    assertThat(sagas.keySet()).allMatch(saga -> saga.status() == SagaStatus.COMPLETED);
  }
}
