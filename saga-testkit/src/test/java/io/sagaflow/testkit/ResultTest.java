package io.sagaflow.testkit;

import static io.sagaflow.testkit.Shop.SOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sagaflow.Action;
import io.sagaflow.PayloadCodec;
import io.sagaflow.PayloadContext;
import io.sagaflow.RetryPolicy;
import io.sagaflow.SagaCoordinatorBuilder;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaHandle;
import io.sagaflow.SagaOutcome;
import io.sagaflow.SagaStatus;
import io.sagaflow.StepKey;
import io.sagaflow.store.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an action returns is journaled; if that can't be, its effect is there all the same. */
class ResultTest {

  private static final RetryPolicy PATIENT =
      RetryPolicy.fixed(Duration.ofSeconds(1)).maxAttempts(5);

  private final Shop shop = new Shop();
  private final List<String> calls = new ArrayList<>();

  /** Has nothing that Jackson would write. */
  static final class Opaque {}

  /** A codec of the user's own: text turned round, so that nobody takes it for JSON. */
  static class ReversingCodec implements PayloadCodec {

    @Override
    public byte[] encode(Object value, PayloadContext context) {
      return new StringBuilder((String) value).reverse().toString().getBytes(UTF_8);
    }

    @Override
    public <T> T decode(byte[] bytes, Class<T> type, PayloadContext context) {
      return type.cast(new StringBuilder(new String(bytes, UTF_8)).reverse().toString());
    }

    @Override
    public boolean holds(byte[] bytes, Object value, PayloadContext context) {
      return Arrays.equals(bytes, encode(value, context));
    }
  }

  private <R> SagaOutcome run(Class<R> type, Action<String, R> action, PayloadCodec codec) {
    SagaDefinition<String> definition =
        SagaDefinition.named("produce", String.class)
            .step(StepKey.of("make", type))
            .action(
                ctx -> {
                  calls.add("make");
                  return action.run(ctx);
                })
            .compensation(ctx -> calls.add("~make" + ctx.ownResult().isPresent()))
            .retry(PATIENT)
            .rejectedBy(IllegalArgumentException.class)
            .build();
    SagaCoordinatorBuilder builder =
        shop.builder("node-1").register(definition).maxPayloadBytes(100);
    if (codec != null) {
      builder.codec(codec);
    }
    VirtualNode node = shop.time.start(builder);
    return node.coordinator().start(definition, "key", "input").await(SOON);
  }

  private void assertUnknownAndCompensated(SagaOutcome outcome, String... why) {
    assertThat(outcome.status()).isEqualTo(SagaStatus.COMPENSATED);
    assertThat(outcome.reason().orElseThrow())
        .contains("make")
        .contains("The action succeeded, but its result was refused")
        .contains(why);
    assertThat(calls)
        .as("called once: it would return the same")
        .containsExactly("make", "~makefalse");
  }

  @Test
  void givenResultThatCannotBeWritten_whenReturned_thenUnknownAndCompensated() {
    SagaOutcome outcome = run(Opaque.class, ctx -> new Opaque(), null);

    assertUnknownAndCompensated(outcome, "can't be written as JSON");
  }

  @Test
  void givenTooLargeResult_whenReturned_thenUnknownAndCompensated() {
    SagaOutcome outcome = run(String.class, ctx -> "x".repeat(99), null);

    assertUnknownAndCompensated(outcome, "101 bytes", "100");
  }

  @Test
  void givenCodecThatThrowsWhatWouldBeARejection_whenItWritesAResult_thenUnknownAndCompensated() {
    PayloadCodec failing =
        new ReversingCodec() {
          @Override
          public byte[] encode(Object value, PayloadContext context) {
            if (value.equals("result")) {
              throw new IllegalArgumentException("no mapping");
            }
            return super.encode(value, context);
          }
        };

    SagaOutcome outcome = run(String.class, ctx -> "result", failing);

    assertUnknownAndCompensated(outcome, "no mapping");
  }

  @Test
  void givenCodecThatThrowsAnError_whenItWritesAResult_thenUnknownAndCompensated() {
    PayloadCodec failing =
        new ReversingCodec() {
          @Override
          public byte[] encode(Object value, PayloadContext context) {
            if (value.equals("result")) {
              throw new NoClassDefFoundError("com/example/Mapping");
            }
            return super.encode(value, context);
          }
        };

    SagaOutcome outcome = run(String.class, ctx -> "result", failing);

    assertUnknownAndCompensated(outcome, "com/example/Mapping");
  }

  @Test
  void givenResultThatCannotBeReadBack_whenReturned_thenUnknownAndCompensated() {
    PayloadCodec failing =
        new ReversingCodec() {
          @Override
          public <T> T decode(byte[] bytes, Class<T> type, PayloadContext context) {
            T value = super.decode(bytes, type, context);
            if (value.equals("result")) {
              throw new IllegalArgumentException("no way back");
            }
            return value;
          }
        };

    SagaOutcome outcome = run(String.class, ctx -> "result", failing);

    assertUnknownAndCompensated(outcome, "no way back");
  }

  @Test
  void givenResultThatIsNotTheSameAfterwards_whenReturned_thenUnknownAndCompensated() {
    PayloadCodec forgetful =
        new ReversingCodec() {
          @Override
          public <T> T decode(byte[] bytes, Class<T> type, PayloadContext context) {
            T value = super.decode(bytes, type, context);
            return type.cast(value.equals("result") ? "resul" : value);
          }
        };

    SagaOutcome outcome = run(String.class, ctx -> "result", forgetful);

    assertUnknownAndCompensated(outcome, "not the same after being written and read back");
  }

  @Test
  void givenActionThatReturnsNull_whenItsResultIsRead_thenThereIsNone() {
    StepKey<String> nothing = StepKey.of("nothing", String.class);
    SagaDefinition<String> definition =
        SagaDefinition.named("nothing", String.class)
            .step(nothing)
            .action(ctx -> null)
            .compensation(ctx -> calls.add("~nothing" + ctx.ownResult().isPresent()))
            .step("read")
            .action(
                ctx -> {
                  assertThat(ctx.findResult(nothing)).isEmpty();
                  ctx.result(nothing);
                })
            .readOnly()
            .retry(RetryPolicy.none())
            .build();
    VirtualNode node = shop.time.start(shop.builder("node-1").register(definition));

    SagaOutcome outcome = node.coordinator().start(definition, "key", "input").await(SOON);

    assertThat(outcome.result(nothing)).isEmpty();
    assertThat(outcome.reason().orElseThrow())
        .contains("IllegalStateException", "Step nothing has no result");
    assertThat(calls).containsExactly("~nothingfalse");
  }

  @Test
  void givenCodecOfTheUsersOwn_whenASagaIsTakenOver_thenInputAndResultsAreReadByIt() {
    StepKey<String> first = StepKey.of("first", String.class);
    SagaDefinition<String> definition =
        SagaDefinition.named("own-codec", String.class)
            .step(first)
            .action(ctx -> ctx.input() + "-first")
            .compensation(ctx -> {})
            .step("second")
            .action(
                ctx -> {
                  calls.add(ctx.input() + ", " + ctx.result(first));
                  if (calls.size() == 1) {
                    shop.time.hang();
                  }
                })
            .readOnly()
            .build();
    VirtualNode node1 =
        shop.time.start(shop.builder("node-1").register(definition).codec(new ReversingCodec()));
    SagaHandle started = node1.coordinator().start(definition, "key", "input");
    shop.time.settle();
    node1.kill();

    VirtualNode again =
        shop.time.start(shop.builder("node-1").register(definition).codec(new ReversingCodec()));
    SagaOutcome outcome = again.coordinator().find(started.id()).orElseThrow().await(SOON);

    assertThat(outcome.result(first)).contains("input-first");
    assertThat(calls).containsExactly("input, input-first", "input, input-first");
    assertThat(shop.store.load(started.id()).orElseThrow().journal().get(0).payload())
        .isEqualTo(Payload.ofText("tupni"));
  }

  @Test
  void givenCodecThatFails_whenAnInputIsWritten_thenItsErrorIsTheCallersAndNothingIsWritten() {
    SagaDefinition<Integer> definition =
        SagaDefinition.named("number", Integer.class)
            .step("only")
            .action(ctx -> {})
            .readOnly()
            .build();
    VirtualNode node =
        shop.time.start(shop.builder("node-1").register(definition).codec(new ReversingCodec()));

    assertThatThrownBy(() -> node.coordinator().start(definition, "key", 42))
        .isInstanceOf(ClassCastException.class);
    assertThat(shop.store.find("number", "key")).isEmpty();
  }
}
