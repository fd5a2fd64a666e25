package io.sagaflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sagaflow.store.CorruptJournalException;
import io.sagaflow.store.JournalRefusedException;
import io.sagaflow.store.NodeFencedException;
import io.sagaflow.store.NodeId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SagaExceptionTest {

  private static final SagaId SAGA = SagaId.parse("01890a5d-ac96-774b-bcce-b302099a8057");

  static Stream<SagaException> aboutASaga() {
    return Stream.of(
        new SagaException("what", cause(), SAGA, "charge"),
        new SagaConflictException("what", cause(), SAGA, "charge"),
        new SagaDataException("what", cause(), SAGA, "charge"),
        new SagaTimeoutException("what", cause(), SAGA, "charge"));
  }

  @ParameterizedTest
  @MethodSource("aboutASaga")
  void givenAllThatIsKnown_whenCreated_thenItIsTold(SagaException failure) {
    assertThat(failure).hasMessage("what").hasCause(cause());
    assertThat(failure.sagaId()).contains(SAGA);
    assertThat(failure.step()).contains("charge");
  }

  static Stream<SagaException> aboutNoSaga() {
    return Stream.of(
        new SagaException("what"),
        new SagaException("what", null),
        new SagaException("what", null, null, null),
        new CoordinatorClosedException("what"),
        new StepRejectedException("what"),
        new StepRejectedException("what", null),
        new SagaStoreException("what", null),
        new JournalRefusedException("what", null));
  }

  @ParameterizedTest
  @MethodSource("aboutNoSaga")
  void givenNothingButAMessage_whenCreated_thenTheRestIsEmpty(SagaException failure) {
    assertThat(failure).hasMessage("what").hasNoCause();
    assertThat(failure.sagaId()).isEmpty();
    assertThat(failure.step()).isEmpty();
  }

  @Test
  void givenCorruptJournal_whenTold_thenTheSagaIsNamed() {
    assertThat(new CorruptJournalException("what", cause(), SAGA).sagaId()).contains(SAGA);
  }

  @Test
  void givenFencedNode_whenTold_thenTheNodeIsNamed() {
    NodeId node = new NodeId(new UUID(1, 2));

    assertThat(new NodeFencedException(node)).hasMessageContaining(node.toString());
  }

  /** Test runners and remote calls serialize exceptions. */
  @Test
  void givenAnException_whenSerialized_thenSagaStepAndFaultsSurvive() throws Exception {
    SagaException about = new SagaException("what", cause(), SAGA, "charge");
    SagaDefinitionException faulty =
        catchThrowableOfType(
            SagaDefinitionException.class, SagaDefinition.named("d", String.class)::build);

    assertThat(copy(about).sagaId()).contains(SAGA);
    assertThat(copy(about).step()).contains("charge");
    assertThat(copy(faulty).faults()).isEqualTo(faulty.faults());
  }

  private static IOException cause() {
    return new IOException("reset");
  }

  @SuppressWarnings("unchecked") // it is a copy
  private static <T> T copy(T original) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(original);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (T) in.readObject();
    }
  }
}
