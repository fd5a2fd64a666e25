package io.sagaflow.testkit;

import static io.sagaflow.SagaStatus.COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaId;
import io.sagaflow.store.DefinitionRef;
import io.sagaflow.store.DefinitionShape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How the shapes of definitions are kept. */
abstract class ShapesContract extends StoreContract {

  private static final DefinitionShape FIRST =
      new DefinitionShape(ORDERS, "0123456789abcdef", "a:COMPENSATABLE:c\nb:\"PIVOT\", {\\}");
  private static final DefinitionShape SECOND =
      new DefinitionShape(ORDERS, "fedcba9876543210", "b:PIVOT");
  private static final DefinitionShape OTHER =
      new DefinitionShape(REFUNDS, "0123456789abcdef", "c:PIVOT");

  @Test
  void givenShapes_whenKeptAgainByOthers_thenEachIsThereOnce() {
    store.shapes().keep(List.of(FIRST, OTHER));
    store.shapes().keep(List.of(SECOND, FIRST));
    store.shapes().keep(List.of());

    assertThat(store.shapes().of(ORDERS)).containsExactlyInAnyOrder(FIRST, SECOND);
    assertThat(store.shapes().of(REFUNDS)).containsExactly(OTHER);
    assertThat(store.shapes().of(new DefinitionRef("place-order", 2))).isEmpty();
  }

  @Test
  void givenSagas_whenAskedForTheirShapes_thenOnlyOfThoseInFlight() {
    startedAt(NOW, ORDERS, "1");
    startedAt(NOW, ORDERS, "2");
    SagaId ended = startedAt(NOW, ORDERS, "3");
    get(store.append(node, ending(ended, COMPLETED, NOW)));
    startedAt(NOW, REFUNDS, "4");

    assertThat(store.shapes().inFlight(ORDERS)).isEqualTo(Map.of("0123456789abcdef", 2L));
    assertThat(store.shapes().inFlight(new DefinitionRef("nobody", 1))).isEmpty();
  }
}
