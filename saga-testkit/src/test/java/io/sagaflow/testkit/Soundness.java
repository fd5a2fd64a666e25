package io.sagaflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaStatus;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/** What holds of every order that has ended, whatever happened on the way. */
final class Soundness {

  private static final List<String> STEPS =
      List.of("create", "reserve", "charge", "confirm", "receipt");
  private static final List<String> COMPENSATIONS = List.of("~charge", "~reserve", "~create");

  private Soundness() {}

  static void assertSound(Shop shop, SagaHandle saga, SagaStatus expected) {
    assertThat(saga.status()).isEqualTo(expected);
    assertEffects(shop, expected);
    assertOrder(shop.calls);
    assertKeys(shop);
    assertJournal(saga.history(), expected);
  }

  private static void assertEffects(Shop shop, SagaStatus status) {
    if (status == SagaStatus.COMPLETED) {
      assertThat(shop.effects).containsExactlyInAnyOrderElementsOf(STEPS);
      assertThat(shop.calls).noneMatch(Soundness::isCompensation);
    } else {
      assertThat(shop.effects).isEmpty();
    }
  }

  private static void assertOrder(List<String> calls) {
    List<String> backward = calls.stream().dropWhile(call -> !isCompensation(call)).toList();
    assertThat(backward).as("no action after the turn").allMatch(Soundness::isCompensation);
    assertThat(new LinkedHashSet<>(calls.subList(0, calls.size() - backward.size())))
        .as("actions in order")
        .containsExactlyElementsOf(STEPS.stream().filter(calls::contains).toList());
    assertThat(new LinkedHashSet<>(backward))
        .as("compensations in reverse order")
        .containsExactlyElementsOf(COMPENSATIONS.stream().filter(calls::contains).toList());
  }

  private static void assertKeys(Shop shop) {
    Map<String, Set<String>> keys = new HashMap<>();
    for (int i = 0; i < shop.calls.size(); i++) {
      keys.computeIfAbsent(shop.calls.get(i), call -> new LinkedHashSet<>()).add(shop.keys.get(i));
    }
    assertThat(keys.values()).as("one key for each call").allMatch(set -> set.size() == 1);
    assertThat(new LinkedHashSet<>(shop.keys)).as("keys differ").hasSameSizeAs(keys.keySet());
  }

  private static void assertJournal(List<SagaEvent> history, SagaStatus status) {
    assertThat(history)
        .extracting(SagaEvent::seq)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, history.size()).boxed().toList());
    assertThat(history.get(history.size() - 1).kind()).hasToString("SAGA_" + status);
  }

  private static boolean isCompensation(String call) {
    return call.startsWith("~");
  }
}
