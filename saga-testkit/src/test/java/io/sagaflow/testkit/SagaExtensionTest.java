package io.sagaflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.store.InMemorySagaStore;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the extension gives to tests, and what it tells of a failed one. */
class SagaExtensionTest {

  private static final ExtensionContext UNUSED =
      (ExtensionContext)
          Proxy.newProxyInstance(
              SagaExtensionTest.class.getClassLoader(),
              new Class<?>[] {ExtensionContext.class},
              (proxy, method, arguments) -> {
                throw new UnsupportedOperationException(method.getName());
              });

  private final SagaDefinition<String> definition =
      SagaDefinition.named("look", String.class)
          .step("look-around")
          .action(ctx -> {})
          .readOnly()
          .build();

  @RegisterExtension final SagaExtension sagas = new SagaExtension().register(definition);

  @Test
  void givenParameters_whenResolved_thenTheyAreTheExtensionsOwn(
      VirtualTime time, EffectLedger ledger, InMemorySagaStore store, SagaCoordinator coordinator) {
    assertThat(time).isSameAs(sagas.time());
    assertThat(ledger).isSameAs(sagas.ledger());
    assertThat(store).isSameAs(sagas.store());
    assertThat(coordinator).isSameAs(sagas.coordinator());
    SagaHandle saga = coordinator.start(definition, "key", "input");
    sagas.time().settle();
    assertThat(store.find("look", "key")).contains(saga.id());
  }

  @Test
  void givenAFailedTest_whenItsFailureIsHandled_thenItCarriesTheHistories() {
    SagaHandle saga = sagas.start(definition, "key", "input");
    sagas.time().settle();
    AssertionError failure = new AssertionError("of the test");

    Throwable rethrown = handled(failure);

    assertThat(rethrown).isSameAs(failure);
    assertThat(failure.getSuppressed()).hasSize(1);
    assertThat(failure.getSuppressed()[0])
        .hasMessageContaining("Saga " + saga.id())
        .hasMessageContaining("STEP_COMPLETED look-around");
  }

  @Test
  void givenAFailedTestWhoseNodeWasKilled_whenItsFailureIsHandled_thenItCarriesTheHistories() {
    VirtualNode node = sagas.startNode();
    SagaHandle saga = sagas.start(definition, "key", "input");
    sagas.time().settle();
    node.kill();
    AssertionError failure = new AssertionError("of the test");

    Throwable rethrown = handled(failure);

    assertThat(rethrown.getSuppressed()[0]).hasMessageContaining("Saga " + saga.id());
  }

  @Test
  void givenNoSaga_whenAFailureIsHandled_thenNothingIsAdded() {
    AssertionError failure = new AssertionError("of the test");

    Throwable rethrown = handled(failure);

    assertThat(rethrown).hasNoSuppressedExceptions();
  }

  @Test
  void givenATestThatIsOver_whenCleanedUp_thenItsSagasAndEffectsAreForgotten() {
    sagas.start(definition, "key", "input");
    sagas.ledger().applied("effect", "key");

    sagas.afterEach(UNUSED);
    sagas.beforeEach(UNUSED);

    assertThat(sagas.store().find("look", "key")).isEmpty();
    assertThat(sagas.ledger().entries()).isEmpty();
    sagas.start(definition, "key", "input");
    sagas.time().settle();
    assertThat(sagas.store().find("look", "key")).isPresent();
  }

  private Throwable handled(AssertionError failure) {
    return catchThrowable(() -> sagas.handleTestExecutionException(UNUSED, failure));
  }
}
