package io.sagaflow;

import static io.sagaflow.FailureClass.ABORTED;
import static io.sagaflow.FailureClass.REJECTED;
import static io.sagaflow.FailureClass.RETRIED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FailureClassesTest {

  private static final FailureClasses NONE = new FailureClasses(Set.of(), Set.of(), Set.of());

  /** A rejection of an application's own. */
  private static final class SoldOut extends StepRejectedException {
    private static final long serialVersionUID = 1L;

    SoldOut() {
      super("sold out");
    }
  }

  @Test
  void givenNoDeclaration_whenAnythingIsThrown_thenItIsRetried() {
    assertThat(NONE.classify(new IOException())).isEqualTo(RETRIED);
    assertThat(NONE.classify(new StackOverflowError())).isEqualTo(RETRIED);
  }

  @Test
  void givenNoDeclaration_whenAStepIsRejected_thenItIsARejection() {
    assertThat(NONE.classify(new StepRejectedException("no"))).isEqualTo(REJECTED);
    assertThat(NONE.classify(new SoldOut())).isEqualTo(REJECTED);
  }

  @Test
  void givenDeclaredRejection_whenItOrASubclassIsThrown_thenItIsARejection() {
    FailureClasses classes = new FailureClasses(Set.of(IOException.class), Set.of(), Set.of());

    assertThat(classes.classify(new IOException())).isEqualTo(REJECTED);
    assertThat(classes.classify(new FileNotFoundException())).isEqualTo(REJECTED);
    assertThat(classes.classify(new Exception(new IOException()))).isEqualTo(RETRIED);
  }

  @Test
  void givenRetryOn_whenAnotherIsThrown_thenItIsAborted() {
    FailureClasses classes = new FailureClasses(Set.of(), Set.of(IOException.class), Set.of());

    assertThat(classes.classify(new FileNotFoundException())).isEqualTo(RETRIED);
    assertThat(classes.classify(new IllegalStateException())).isEqualTo(ABORTED);
  }

  @Test
  void givenAbortOn_whenAnotherIsThrown_thenItIsRetried() {
    FailureClasses classes = new FailureClasses(Set.of(), Set.of(), Set.of(IOException.class));

    assertThat(classes.classify(new FileNotFoundException())).isEqualTo(ABORTED);
    assertThat(classes.classify(new IllegalStateException())).isEqualTo(RETRIED);
  }

  @Test
  void givenAllThree_whenOneFitsSeveral_thenRejectionWinsOverAbortAndAbortOverRetry() {
    Set<Class<? extends Throwable>> io = Set.of(IOException.class);

    assertThat(new FailureClasses(io, io, io).classify(new IOException())).isEqualTo(REJECTED);
    assertThat(new FailureClasses(Set.of(), io, io).classify(new IOException())).isEqualTo(ABORTED);
  }

  @Test
  void givenSets_whenTheyAreChangedLater_thenTheClassesStay() {
    Set<Class<? extends Throwable>> rejectedBy = new HashSet<>();
    FailureClasses classes = new FailureClasses(rejectedBy, Set.of(), Set.of());

    rejectedBy.add(IOException.class);

    assertThat(classes.rejectedBy()).isEmpty();
    assertThatThrownBy(() -> classes.abortOn().add(IOException.class))
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
