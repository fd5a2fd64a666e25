package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.ORDER;
import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaConflictException;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import io.sagaflow.testkit.Shop.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A start is idempotent on the definition's name and the business key. */
class StartTest {

  private static final Order OTHER = new Order("43", 5);

  private final Shop shop = new Shop();
  private final VirtualNode node = shop.node("node-1");

  record Basket(Set<String> skus, Map<String, Integer> prices) {}

  record Route(List<String> stops) {}

  @Test
  void givenRunningSaga_whenStartedAgain_thenTheSameSagaAndNothingRunsTwice() {
    shop.on("reserve", ctx -> shop.time.sleep(Duration.ofSeconds(1)));
    SagaHandle first = shop.start(node);
    shop.time.settle();

    SagaHandle second = shop.start(node);

    assertThat(second.id()).isEqualTo(first.id());
    assertThat(second.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(shop.calls).containsExactly("create", "reserve", "charge", "confirm", "receipt");
  }

  @Test
  void givenEndedSaga_whenStartedAgain_thenTheSameSagaAndNothingRunsAgain() {
    SagaHandle first = shop.start(node);
    first.await(SOON);

    SagaHandle second = shop.start(node);

    assertThat(second.id()).isEqualTo(first.id());
    assertThat(second.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(shop.calls).hasSize(5);
  }

  @Test
  void givenSagaOfAnotherNode_whenStartedAgain_thenTheSameSagaAndItStaysThere() {
    shop.on("reserve", ctx -> shop.time.sleep(Duration.ofSeconds(1)));
    VirtualNode node2 = shop.node("node-2");
    SagaHandle first = shop.start(node);
    shop.time.settle();

    SagaHandle second = shop.start(node2);

    assertThat(second.id()).isEqualTo(first.id());
    assertThat(second.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(shop.calls).hasSize(5);
    assertThat(Shop.kinds(second)).doesNotContain("SAGA_RESUMED");
  }

  @Test
  void givenKeyOfASaga_whenStartedWithAnotherInput_thenConflictAndNothingIsWritten() {
    SagaHandle first = shop.start(node);
    first.await(SOON);
    List<String> before = Shop.kinds(first);

    assertThatThrownBy(() -> node.coordinator().start(shop.placeOrder, "order-42", OTHER))
        .isInstanceOfSatisfying(
            SagaConflictException.class, e -> assertThat(e.sagaId()).contains(first.id()))
        .hasMessageContaining("order-42")
        .hasMessageContaining("place-order")
        .hasMessageContaining("another input");
    shop.time.settle();
    assertThat(Shop.kinds(first)).isEqualTo(before);
    assertThat(shop.calls).hasSize(5);
  }

  @Test
  void givenOneKeyInTwoDefinitions_whenStarted_thenTwoSagas() {
    SagaDefinition<Order> other = shop.define("other", RetryPolicy.none());
    VirtualNode both = shop.time.start(shop.builder("node-2").register(other));

    SagaHandle one = both.coordinator().start(shop.placeOrder, "order-42", ORDER);
    SagaHandle two = both.coordinator().start(other, "order-42", OTHER);

    assertThat(one.id()).isNotEqualTo(two.id());
    assertThat(one.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
    assertThat(two.await(SOON).status()).isEqualTo(SagaStatus.COMPLETED);
  }

  @Test
  void givenTwoVersions_whenTheKeyIsStartedInBoth_thenOneSaga() {
    SagaDefinition<String> v1 = quick(1);
    SagaDefinition<String> v2 = quick(2);
    VirtualNode both = shop.time.start(shop.builder("node-2").register(v1, v2));

    SagaHandle one = both.coordinator().start(v1, "key", "input");
    SagaHandle two = both.coordinator().start(v2, "key", "input");

    assertThat(two.id()).isEqualTo(one.id());
  }

  @Test
  void givenSetsAndMapsInAnotherOrder_whenStartedAgain_thenTheInputIsTheSame() {
    SagaDefinition<Basket> fill = noop("fill-basket", Basket.class);
    VirtualNode its = shop.time.start(shop.builder("node-2").register(fill));
    List<String> skus = List.of("kettle", "apple", "zebra", "lamp", "door", "Aa", "BB");
    List<String> reversed = new ArrayList<>(skus);
    Collections.reverse(reversed);

    SagaHandle one = its.coordinator().start(fill, "basket", basket(skus));
    SagaHandle two = its.coordinator().start(fill, "basket", basket(reversed));

    assertThat(two.id()).isEqualTo(one.id());
  }

  @Test
  void givenListInAnotherOrder_whenStartedAgain_thenConflict() {
    SagaDefinition<Route> travel = noop("travel", Route.class);
    VirtualNode its = shop.time.start(shop.builder("node-2").register(travel));
    its.coordinator().start(travel, "trip", new Route(List.of("Rome", "Oslo")));

    assertThatThrownBy(
            () -> its.coordinator().start(travel, "trip", new Route(List.of("Oslo", "Rome"))))
        .isInstanceOf(SagaConflictException.class);
  }

  private static Basket basket(List<String> skus) {
    Map<String, Integer> prices = new HashMap<>();
    skus.forEach(sku -> prices.put(sku, sku.length()));
    return new Basket(new LinkedHashSet<>(skus), prices);
  }

  private static SagaDefinition<String> quick(int version) {
    return SagaDefinition.named("quick", String.class)
        .version(version)
        .step("only")
        .action(ctx -> {})
        .readOnly()
        .build();
  }

  private static <I> SagaDefinition<I> noop(String name, Class<I> inputType) {
    return SagaDefinition.named(name, inputType).step("only").action(ctx -> {}).readOnly().build();
  }
}
