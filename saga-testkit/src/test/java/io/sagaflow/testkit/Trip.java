package io.sagaflow.testkit;

import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaDefinitionBuilder;
import io.sagaflow.SagaHandle;
import io.sagaflow.StepBuilder;
import io.sagaflow.StepKey;
import io.sagaflow.StepSequence;
import io.sagaflow.VoidStepBuilder;
import io.sagaflow.store.SagaStore;
import io.sagaflow.testkit.Shop.Declined;
import io.sagaflow.testkit.Shop.Order;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A saga with parallel blocks, in the world of {@link Shop}, which notes its calls and says what
 * they do: create, then hotel and breakfast beside flight, then the pivot pay, then tickets beside
 * receipt.
 */
final class Trip {

  static final StepKey<String> HOTEL = StepKey.of("hotel", String.class);
  static final StepKey<String> FLIGHT = StepKey.of("flight", String.class);
  static final Duration PAUSE = Duration.ofSeconds(10);
  static final Duration DEADLINE = Duration.ofMinutes(5);

  final Shop shop = new Shop();
  final Instant startedAt = shop.time.now();
  final SagaDefinition<Order> definition;

  Trip() {
    SagaDefinitionBuilder<Order> saga =
        SagaDefinition.named("trip", Order.class).deadline(DEADLINE);
    add(saga, "create")
        .parallel(
            branch -> {
              add(branch, HOTEL).retry(RetryPolicy.none());
              add(branch, "breakfast").retry(RetryPolicy.none());
            },
            branch -> add(branch, FLIGHT).retry(RetryPolicy.fixed(PAUSE).maxAttempts(3)))
        .step("pay")
        .action(ctx -> shop.call("pay", ctx))
        .pivot()
        .rejectedBy(Declined.class)
        .parallel(
            branch ->
                branch
                    .step("tickets")
                    .action(ctx -> shop.call("tickets", ctx))
                    .retry(RetryPolicy.fixed(Duration.ofSeconds(1)).maxAttempts(2)),
            branch -> branch.step("receipt").action(ctx -> shop.call("receipt", ctx)));
    definition = saga.build();
  }

  /** A step without a result, which can be compensated. */
  VoidStepBuilder<Order> add(StepSequence<Order> sequence, String name) {
    return sequence
        .step(name)
        .action(ctx -> shop.call(name, ctx))
        .compensation(ctx -> shop.call("~" + name, ctx))
        .compensationRetry(RetryPolicy.none())
        .rejectedBy(Declined.class)
        .timeout(Duration.ofHours(1));
  }

  private StepBuilder<Order, String> add(StepSequence<Order> sequence, StepKey<String> key) {
    return sequence
        .step(key)
        .action(
            ctx -> {
              shop.call(key.name(), ctx);
              return key.name() + " of " + ctx.input().id();
            })
        .compensation(ctx -> shop.call("~" + key.name(), ctx))
        .compensationRetry(RetryPolicy.none())
        .rejectedBy(Declined.class)
        .timeout(Duration.ofHours(1));
  }

  SagaCoordinatorBuilder builder(String node, SagaStore store) {
    return shop.builder(node, store).register(definition);
  }

  VirtualNode node(String name) {
    return shop.time.start(builder(name, shop.store));
  }

  /** Starts the trip, and lets all happen that takes no time. */
  SagaHandle start(VirtualNode node) {
    return start(node, definition);
  }

  SagaHandle start(VirtualNode node, SagaDefinition<Order> other) {
    SagaHandle saga = node.coordinator().start(other, "trip-42", Shop.ORDER);
    shop.time.settle();
    return saga;
  }

  SagaHandle find(VirtualNode node) {
    return node.coordinator().find("trip", "trip-42").orElseThrow();
  }

  /** How long the world has been going on. */
  Duration passed() {
    return Duration.between(startedAt, shop.time.now());
  }

  void advance(Duration duration) {
    shop.time.advance(duration);
  }

  /** Lets calls take their time, before their effect. */
  void slow(Duration duration, String... names) {
    for (String name : names) {
      shop.on(name, ctx -> shop.time.sleep(duration));
    }
  }

  /** Lets calls be refused after a while. */
  void reject(Duration after, String... names) {
    for (String name : names) {
      shop.on(
          name,
          ctx -> {
            shop.time.sleep(after);
            throw new Declined();
          });
    }
  }

  /** Lets calls go on in spite of any interrupt. */
  void stubborn(Duration duration, String... names) {
    for (String name : names) {
      shop.on(name, ctx -> sleepStubbornly(duration));
    }
  }

  private void sleepStubbornly(Duration duration) {
    Instant until = shop.time.now().plus(duration);
    while (shop.time.now().isBefore(until)) {
      try {
        shop.time.sleep(Duration.between(shop.time.now(), until));
      } catch (InterruptedException e) {
        // that is what this is about
      }
    }
  }

  List<String> calls() {
    return shop.calls;
  }
}
