package io.sagaflow.jdbc;

import io.sagaflow.ActionContext;
import io.sagaflow.RecordKind;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import io.sagaflow.StepKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Orders on real threads. The first action of an order waits until the test opens its gate; every
 * call is noted with its key, a compensation behind a {@code ~}.
 */
final class Shop {

  static final Duration SOON = Duration.ofSeconds(90);
  static final StepKey<Reservation> RESERVE = StepKey.of("reserve", Reservation.class);

  record Order(String id) {}

  record Reservation(String number) {}

  final List<String> calls = new CopyOnWriteArrayList<>();
  private final Map<String, Gate> gates = new ConcurrentHashMap<>();

  final SagaDefinition<Order> placeOrder =
      SagaDefinition.named("place-order", Order.class)
          .step(RESERVE)
          .action(this::reserve)
          .compensation(ctx -> calls.add("~" + ctx.actionKey()))
          .timeout(Duration.ofMinutes(5))
          .step("charge")
          .action(ctx -> calls.add(ctx.idempotencyKey()))
          .compensation(ctx -> calls.add("~" + ctx.actionKey()))
          .retry(RetryPolicy.none())
          .step("ship")
          .action(ctx -> calls.add(ctx.idempotencyKey()))
          .pivot()
          .build();

  private static final class Gate {
    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch opened = new CountDownLatch(1);
  }

  /** An action of an order with this id waits from now on. */
  void shut(String orderId) {
    gates.put(orderId, new Gate());
  }

  void open(String orderId) {
    gates.remove(orderId).opened.countDown();
  }

  /** Lets those pass who come from now on; who waits goes on waiting. */
  void openForNewcomers(String orderId) {
    gates.remove(orderId);
  }

  void awaitAtGate(String orderId) throws InterruptedException {
    if (!gates.get(orderId).reached.await(90, TimeUnit.SECONDS)) {
      throw new AssertionError("Order " + orderId + " never came to its gate");
    }
  }

  private Reservation reserve(ActionContext<Order> context) throws InterruptedException {
    calls.add(context.idempotencyKey());
    Gate gate = gates.get(context.input().id());
    if (gate != null) {
      gate.reached.countDown();
      gate.opened.await();
    }
    return new Reservation("r-" + context.input().id());
  }

  /** A coordinator that is quick to notice. */
  SagaCoordinatorBuilder coordinator(PostgresSagaStore store, String node) {
    return SagaCoordinator.builder()
        .store(store)
        .nodeName(node)
        .register(placeOrder)
        .leaseDuration(Duration.ofSeconds(2))
        .pollInterval(Duration.ofMillis(50))
        .drainTimeout(Duration.ofMillis(50));
  }

  SagaHandle order(SagaCoordinator coordinator, String id) {
    return coordinator.start(placeOrder, id, new Order(id));
  }

  /** The calls of a saga that went straight to its end. */
  static List<String> straight(SagaHandle saga) {
    return List.of(saga.id() + ":reserve", saga.id() + ":charge", saga.id() + ":ship");
  }

  List<String> callsOf(SagaHandle saga) {
    return calls.stream().filter(call -> call.contains(saga.id().toString())).toList();
  }

  static List<RecordKind> kinds(SagaHandle saga) {
    return saga.history().stream().map(SagaEvent::kind).toList();
  }
}
