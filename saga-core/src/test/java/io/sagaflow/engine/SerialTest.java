package io.sagaflow.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class SerialTest {

  private final Queue<Runnable> handedOver = new ArrayDeque<>();
  private final List<String> ran = new ArrayList<>();

  @Test
  void givenTasks_whenTheExecutorRunsThem_thenInOrder() {
    Serial serial = new Serial(handedOver::add);
    serial.execute(() -> ran.add("first"));
    serial.execute(() -> ran.add("second"));

    handedOver.remove().run();

    assertThat(ran).containsExactly("first", "second");
    assertThat(handedOver).isEmpty();
  }

  @Test
  void givenTaskThatQueuesAnother_whenItRuns_thenTheOtherFollowsAndIsNotNested() {
    Serial serial = new Serial(handedOver::add);
    serial.execute(
        () -> {
          serial.execute(() -> ran.add("inner"));
          ran.add("outer");
        });

    handedOver.remove().run();

    assertThat(ran).containsExactly("outer", "inner");
  }

  @Test
  void givenIdleMailbox_whenATaskComes_thenItIsHandedOverAgain() {
    Serial serial = new Serial(handedOver::add);
    serial.execute(() -> ran.add("first"));
    handedOver.remove().run();

    serial.execute(() -> ran.add("second"));
    handedOver.remove().run();

    assertThat(ran).containsExactly("first", "second");
  }

  @Test
  void givenExecutorWithoutAThread_whenATaskComes_thenTheCallerRunsIt() {
    Serial serial =
        new Serial(
            task -> {
              throw new OutOfMemoryError("unable to create native thread");
            });

    serial.execute(() -> ran.add("first"));
    serial.execute(() -> ran.add("second"));

    assertThat(ran).containsExactly("first", "second");
  }
}
