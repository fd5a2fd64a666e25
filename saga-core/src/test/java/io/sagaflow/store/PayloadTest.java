package io.sagaflow.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PayloadTest {

  @Test
  void givenBytes_whenTheCallerChangesThem_thenThePayloadStays() {
    byte[] bytes = {1, 2, 3};
    Payload payload = Payload.of(bytes);

    bytes[0] = 9;
    payload.bytes()[1] = 9;

    assertThat(payload.bytes()).containsExactly(1, 2, 3);
  }

  @Test
  void givenEqualBytes_whenCompared_thenThePayloadsAreEqual() {
    Payload payload = Payload.of(new byte[] {1, 2});

    assertThat(payload).isEqualTo(Payload.of(new byte[] {1, 2}));
    assertThat(payload).hasSameHashCodeAs(Payload.of(new byte[] {1, 2}));
    assertThat(payload).isNotEqualTo(Payload.of(new byte[] {2, 1}));
    assertThat(payload).isNotEqualTo(Payload.of(new byte[] {1, 2, 0}));
    assertThat(payload).isNotEqualTo(new byte[] {1, 2});
  }

  @Test
  void givenText_whenWrapped_thenItsBytesAreUtf8() {
    assertThat(Payload.ofText("é🔑").bytes()).containsExactly(0xC3, 0xA9, 0xF0, 0x9F, 0x94, 0x91);
    assertThat(Payload.ofText("é🔑").size()).isEqualTo(6);
  }

  @Test
  void givenSecret_whenPrinted_thenOnlyItsSizeIsTold() {
    assertThat(Payload.ofText("secret")).hasToString("Payload[6 bytes]");
  }
}
