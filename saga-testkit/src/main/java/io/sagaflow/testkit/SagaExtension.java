package io.sagaflow.testkit;

import static java.util.Objects.requireNonNull;

import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaId;
import io.sagaflow.store.InMemorySagaStore;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Gives each test a coordinator in {@link VirtualTime} with an in-memory store, and closes it
 * afterwards. If the test fails, the histories of its sagas are added to the failure.
 *
 * <pre>{@code
 * @RegisterExtension final SagaExtension sagas = new SagaExtension();
 *
 * @Test
 * void test() {
 *   SagaHandle saga = sagas.start(placeOrder, "order-42", order);
 *   assertThat(saga).endsWithin(ofMinutes(1)).isCompleted();
 * }
 * }</pre>
 *
 * <p>{@link VirtualTime}, {@link SagaCoordinator}, {@link InMemorySagaStore} and {@link
 * EffectLedger} may also be parameters of a test. A field of the test's instance, not a static one;
 * for use by the test's thread.
 */
public final class SagaExtension
    implements BeforeEachCallback,
        AfterEachCallback,
        TestExecutionExceptionHandler,
        ParameterResolver {

  private final VirtualTime time = new VirtualTime();
  private final EffectLedger ledger = new EffectLedger();
  private final Set<SagaDefinition<?>> definitions = new LinkedHashSet<>();
  private final List<VirtualNode> nodes = new ArrayList<>();
  private final Set<SagaId> started = new LinkedHashSet<>();
  private InMemorySagaStore store = new InMemorySagaStore();

  /** What a failed test is told of its sagas. */
  private static final class SagaHistories extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SagaHistories(String text) {
      super(text, null, false, false);
    }
  }

  /** Creates the extension, without definitions. */
  public SagaExtension() {}

  /**
   * Registers definitions with the coordinators that are started from now on.
   *
   * @param added the definitions
   * @return this extension
   */
  public SagaExtension register(SagaDefinition<?>... added) {
    definitions.addAll(List.of(added));
    return this;
  }

  /**
   * Returns the world of the test.
   *
   * @return the world
   */
  public VirtualTime time() {
    return time;
  }

  /**
   * Returns a ledger, empty at the begin of each test.
   *
   * @return the ledger
   */
  public EffectLedger ledger() {
    return ledger;
  }

  /**
   * Returns the store, empty at the begin of each test.
   *
   * @return the store
   */
  public InMemorySagaStore store() {
    return store;
  }

  /**
   * Starts another node on the store, with a coordinator that has all registered definitions.
   *
   * @return the node, to be killed or paused
   */
  public VirtualNode startNode() {
    VirtualNode node =
        time.start(
            SagaCoordinator.builder()
                .store(store)
                .nodeName("node-" + (nodes.size() + 1))
                .listener(event -> started.add(event.sagaId()))
                .register(definitions.toArray(SagaDefinition<?>[]::new)));
    nodes.add(node);
    return node;
  }

  /**
   * Returns the coordinator of the node that was started last; starts one if there is none.
   *
   * @return the coordinator
   */
  public SagaCoordinator coordinator() {
    VirtualNode last = nodes.isEmpty() ? startNode() : nodes.get(nodes.size() - 1);
    return last.coordinator();
  }

  /**
   * Starts a saga on {@link #coordinator()}. If that isn't there yet, the definition need not be
   * registered before.
   *
   * @param definition the definition
   * @param businessKey what the saga is about
   * @param input the saga's input
   * @param <I> the type of the input
   * @return the saga
   */
  public <I> SagaHandle start(SagaDefinition<I> definition, String businessKey, I input) {
    if (nodes.isEmpty()) {
      definitions.add(definition);
    }
    return coordinator().start(definition, businessKey, input);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    ledger.reset();
  }

  /** Ends all nodes, and forgets their sagas. */
  @Override
  public void afterEach(ExtensionContext context) {
    nodes.forEach(VirtualNode::kill);
    nodes.clear();
    started.clear();
    store = new InMemorySagaStore();
  }

  /** Adds the histories of the test's sagas to its failure. */
  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    if (!started.isEmpty()) {
      failure.addSuppressed(new SagaHistories(histories()));
    }
    throw failure;
  }

  private String histories() {
    SagaCoordinator reader = coordinator();
    return "The sagas of this test:\n"
        + started.stream()
            .map(id -> "Saga " + id + "\n" + Histories.text(reader.history(id)))
            .collect(Collectors.joining("\n"));
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return suppliers().containsKey(parameter.getParameter().getType());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return requireNonNull(suppliers().get(type), "not one of ours").get();
  }

  private Map<Class<?>, Supplier<Object>> suppliers() {
    return Map.of(
        VirtualTime.class, this::time,
        EffectLedger.class, this::ledger,
        InMemorySagaStore.class, this::store,
        SagaCoordinator.class, this::coordinator);
  }
}
