package io.sagaflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StepKeyTest {

  @Test
  void givenNameAndType_whenCreated_thenKeysOfBothAreEqual() {
    StepKey<String> key = StepKey.of("reserve", String.class);

    assertThat(key).isEqualTo(new StepKey<>("reserve", String.class));
    assertThat(key).isNotEqualTo(StepKey.of("reserve", Integer.class));
    assertThat(key).isNotEqualTo(StepKey.of("charge", String.class));
  }

  @Test
  void givenNull_whenCreated_thenRefused() {
    assertThatThrownBy(() -> StepKey.of(null, String.class)).hasMessage("name");
    assertThatThrownBy(() -> StepKey.of("reserve", null)).hasMessage("type");
  }
}
