package io.sagaflow.testkit;

import io.sagaflow.JacksonPayloadCodec;
import io.sagaflow.PayloadCodec;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaEvent;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.StepContext;
import io.sagaflow.StepKey;
import io.sagaflow.engine.Environment;
import io.sagaflow.store.InMemorySagaStore;
import io.sagaflow.store.NodeBeat;
import io.sagaflow.store.NodeId;
import io.sagaflow.store.SagaStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * The saga of these tests, in virtual time: create, reserve, charge, then the pivot confirm, then
 * receipt. Every call is noted, a compensation as {@code ~step}; a test says what a call does
 * before and after its effect.
 */
final class Shop {

  static final StepKey<Reservation> RESERVE = StepKey.of("reserve", Reservation.class);
  static final StepKey<Payment> CHARGE = StepKey.of("charge", Payment.class);
  static final Order ORDER = new Order("42", 1_999);
  static final Duration SOON = Duration.ofMinutes(10);

  /** Shared, for Jackson takes its time to get to know a class. */
  static final PayloadCodec JSON = JacksonPayloadCodec.withDefaults();

  record Order(String id, int cents) {}

  record Reservation(String number) {}

  record Payment(String number) {}

  /** A definite refusal. */
  static final class Declined extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** What a call does beside being noted. */
  interface Behaviour {
    void run(StepContext<Order> context) throws Exception;

    default Behaviour then(Behaviour next) {
      return context -> {
        run(context);
        next.run(context);
      };
    }
  }

  final VirtualTime time;
  final InMemorySagaStore store = new InMemorySagaStore();
  final List<String> calls = new ArrayList<>();
  final List<String> keys = new ArrayList<>();

  /** The steps whose effect stands: what participants would have in their books. */
  final Set<String> effects = new TreeSet<>();

  private final Map<String, Behaviour> behaviours = new HashMap<>();
  private final Map<String, Behaviour> afterEffects = new HashMap<>();

  final SagaDefinition<Order> placeOrder = define("place-order", RetryPolicy.none());

  Shop() {
    this(0);
  }

  Shop(long seed) {
    time = new VirtualTime(seed);
  }

  SagaDefinition<Order> define(String name, RetryPolicy retry) {
    return SagaDefinition.named(name, Order.class)
        .deadline(Duration.ofMinutes(5))
        .step("create")
        .action(ctx -> call("create", ctx))
        .compensation(ctx -> call("~create", ctx))
        .retry(retry)
        .step(RESERVE)
        .action(
            ctx -> {
              call("reserve", ctx);
              return new Reservation("r-" + ctx.input().id());
            })
        .compensation(ctx -> call("~reserve", ctx))
        .retry(retry)
        .step(CHARGE)
        .action(
            ctx -> {
              call("charge", ctx);
              return new Payment("p-" + ctx.result(RESERVE).number());
            })
        .compensation(ctx -> call("~charge", ctx))
        .rejectedBy(Declined.class)
        .timeout(Duration.ofSeconds(2))
        .retry(retry)
        .compensationRetry(RetryPolicy.fixed(Duration.ofSeconds(1)).maxAttempts(3))
        .step("confirm")
        .action(ctx -> call("confirm", ctx))
        .pivot()
        .rejectedBy(Declined.class)
        .retry(RetryPolicy.fixed(Duration.ofSeconds(1)).maxAttempts(4))
        .step("receipt")
        .action(ctx -> call("receipt", ctx))
        .retry(RetryPolicy.fixed(Duration.ofSeconds(1)).maxAttempts(4))
        .build();
  }

  /** Says what a call does from now on, before its effect. */
  void on(String call, Behaviour behaviour) {
    behaviours.put(call, behaviour);
  }

  /** Says what a call does from now on, after its effect. */
  void after(String call, Behaviour behaviour) {
    afterEffects.put(call, behaviour);
  }

  /** Lets something happen before whatever else a call does. */
  void first(String call, Behaviour behaviour) {
    behaviours.merge(call, behaviour, (old, added) -> added.then(old));
  }

  /** Lets something happen right after a call's effect. */
  void firstAfter(String call, Behaviour behaviour) {
    afterEffects.merge(call, behaviour, (old, added) -> added.then(old));
  }

  void call(String name, StepContext<Order> context) throws Exception {
    calls.add(name);
    keys.add(context.idempotencyKey());
    behaviours.getOrDefault(name, ctx -> {}).run(context);
    if (name.startsWith("~")) {
      effects.remove(name.substring(1));
    } else {
      effects.add(name);
    }
    afterEffects.getOrDefault(name, ctx -> {}).run(context);
  }

  SagaCoordinatorBuilder builder(String node) {
    return builder(node, store);
  }

  SagaCoordinatorBuilder builder(String node, SagaStore itsStore) {
    return SagaCoordinator.builder()
        .store(itsStore)
        .nodeName(node)
        .codec(JSON)
        .register(placeOrder);
  }

  VirtualNode node(String name) {
    return time.start(builder(name));
  }

  /** Starts a node in an environment that isn't quite that of others. */
  VirtualNode start(SagaCoordinatorBuilder builder, UnaryOperator<Environment> change) {
    return time.start(builder, change);
  }

  SagaHandle start(VirtualNode node) {
    return node.coordinator().start(placeOrder, "order-42", ORDER);
  }

  /** The order, as a node sees it. */
  SagaHandle find(VirtualNode node) {
    return node.coordinator().find(placeOrder.name(), "order-42").orElseThrow();
  }

  /** The id under which a node has joined. */
  NodeId idOf(String name) {
    return store.nodes().stream()
        .filter(beat -> beat.name().equals(name))
        .map(NodeBeat::node)
        .findAny()
        .orElseThrow();
  }

  /** Starts the order on a node of its own and waits for its end. */
  SagaOutcome run() {
    return start(node("node-1")).await(SOON);
  }

  static List<String> kinds(SagaHandle saga) {
    return saga.history().stream().map(Shop::kind).toList();
  }

  static String kind(SagaEvent event) {
    return event.kind() + event.step().map(step -> " " + step).orElse("");
  }

  /** A failure that is gone after some times. */
  static Behaviour failing(int times, Exception failure) {
    int[] left = {times};
    return context -> {
      if (left[0] > 0) {
        left[0]--;
        throw failure;
      }
    };
  }
}
