package io.sagaflow.testkit;

import static io.sagaflow.SagaStatus.COMPENSATED;
import static io.sagaflow.SagaStatus.COMPLETED;
import static io.sagaflow.SagaStatus.RUNNING;
import static io.sagaflow.SagaStatus.STUCK;
import static io.sagaflow.testkit.Shop.ORDER;
import static io.sagaflow.testkit.Shop.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCounts.Count;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.SagaPage;
import io.sagaflow.SagaQuery;
import io.sagaflow.SagaSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a coordinator says of all sagas together. */
class QueryTest {

  private final Shop shop = new Shop();
  private final SagaDefinition<Shop.Order> patient =
      shop.define("patient", RetryPolicy.fixed(Duration.ofHours(1)));
  private final VirtualNode node = shop.time.start(shop.builder("node-1").register(patient));

  private SagaHandle start(String key) {
    SagaHandle saga = node.coordinator().start(shop.placeOrder, key, ORDER);
    saga.await(SOON);
    shop.time.advance(Duration.ofMillis(1));
    return saga;
  }

  private List<SagaId> ids(SagaQuery query) {
    return node.coordinator().sagas(query).sagas().stream().map(SagaSummary::id).toList();
  }

  @Test
  void givenSagasOfSeveralEnds_whenListed_thenByStatusAndInTheOrderOfTheirStarts() {
    SagaHandle first = start("1");
    shop.on("charge", Shop.failing(1, new Shop.Declined()));
    SagaHandle second = start("2");
    SagaHandle third = start("3");

    assertThat(ids(SagaQuery.all())).containsExactly(first.id(), second.id(), third.id());
    assertThat(ids(SagaQuery.all().status(COMPENSATED))).containsExactly(second.id());
    assertThat(ids(SagaQuery.all().status(COMPLETED).newestFirst()))
        .containsExactly(third.id(), first.id());
    assertThat(ids(SagaQuery.all().definition("patient"))).isEmpty();
    assertThat(node.coordinator().counts().of(COMPLETED)).isEqualTo(new Count(2, true));
  }

  @Test
  void givenAges_whenListed_thenOnlyOlderOrYoungerSagas() {
    SagaHandle old = start("old");
    shop.time.advance(Duration.ofHours(1));
    Instant between = shop.time.now();
    SagaHandle young = start("young");

    assertThat(ids(SagaQuery.all().olderThan(Duration.ofMinutes(59)))).containsExactly(old.id());
    assertThat(ids(SagaQuery.all().startedBefore(between))).containsExactly(old.id());
    assertThat(ids(SagaQuery.all().startedFrom(between))).containsExactly(young.id());
    assertThat(ids(SagaQuery.all().olderThan(Duration.ofDays(400_000_000_000L)))).isEmpty();
    assertThat(ids(SagaQuery.all().olderThan(Duration.ofHours(1)).startedFrom(between))).isEmpty();
  }

  @Test
  void givenParkedSaga_whenListedByStep_thenItIsThereUntilItIsTriedAgain() {
    shop.on("charge", Shop.failing(1, new IllegalStateException("not yet")));
    SagaHandle parked = node.coordinator().start(patient, "parked", ORDER);
    shop.time.settle();

    SagaQuery onCharge = SagaQuery.all().step("charge");
    assertThat(node.coordinator().sagas(onCharge).sagas())
        .containsExactly(
            new SagaSummary(
                parked.id(),
                "patient",
                1,
                "parked",
                RUNNING,
                Optional.of("charge"),
                Optional.empty()));
    assertThat(ids(SagaQuery.all().step("reserve"))).isEmpty();

    shop.time.advance(Duration.ofHours(2));

    assertThat(ids(onCharge)).isEmpty();
  }

  @Test
  void givenStuckSaga_whenListedByStep_thenItIsThereAlsoAfterACommandThatWasRefused() {
    SagaHandle saga = startStuckOnCompensation();
    SagaQuery onCharge = SagaQuery.all().status(STUCK).step("charge").definition("place-order");

    assertThat(ids(onCharge)).containsExactly(saga.id());

    saga.cancel("ann", "too late");
    shop.time.advance(Duration.ofSeconds(2));

    assertThat(saga.status()).isEqualTo(STUCK);
    assertThat(ids(onCharge)).containsExactly(saga.id());
    assertThat(node.coordinator().counts().of(STUCK)).isEqualTo(new Count(1, true));
  }

  private SagaHandle startStuckOnCompensation() {
    shop.on("charge", Shop.failing(1, new IllegalStateException("unknown")));
    shop.on("~charge", Shop.failing(3, new IllegalStateException("no")));
    SagaHandle saga = node.coordinator().start(shop.placeOrder, "stuck", ORDER);
    assertThat(saga.await(SOON).status()).isEqualTo(STUCK);
    return saga;
  }

  @Test
  void givenStuckSaga_whenSentOnAndCompensated_thenItRestsOnNoStep() {
    SagaHandle saga = startStuckOnCompensation();

    node.coordinator().retry(saga.id(), "ann", "mended");
    shop.time.advance(Duration.ofMinutes(1));

    assertThat(saga.status()).isEqualTo(COMPENSATED);
    assertThat(ids(SagaQuery.all().step("charge"))).isEmpty();
  }

  @Test
  void givenMoreSagasThanAPageHas_whenPagedThrough_thenEachIsThereOnce() {
    List<SagaId> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(start("key-" + i).id());
    }
    SagaQuery query = SagaQuery.all().status(COMPLETED).limit(2);

    List<SagaId> paged = new ArrayList<>();
    SagaPage page = node.coordinator().sagas(query);
    page.sagas().forEach(saga -> paged.add(saga.id()));
    while (page.next().isPresent()) {
      page = node.coordinator().sagas(query.after(page.next().get()));
      page.sagas().forEach(saga -> paged.add(saga.id()));
    }

    assertThat(paged).containsExactlyElementsOf(all);
  }

  @Test
  void givenACursorOfAnotherQuery_whenUsed_thenRefused() {
    start("1");
    start("2");
    SagaQuery query = SagaQuery.all().limit(1);
    String cursor = node.coordinator().sagas(query).next().orElseThrow();

    assertThat(ids(query.limit(7).after(cursor))).hasSize(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> node.coordinator().sagas(query.status(STUCK).after(cursor)))
        .withMessageStartingWith("after must be the next() of a page of the same query");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "0199d1b54c007abc8def00000000000100000000",
        "0199D1B54C007ABC8DEF00000000000100000000",
        "0199d1b5-4c00-7abc-8def-000000000001"
      })
  void givenNoCursor_whenUsed_thenRefused(String cursor) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> node.coordinator().sagas(SagaQuery.all().after(cursor)))
        .withMessageContaining("got '" + cursor + "'");
  }
}
