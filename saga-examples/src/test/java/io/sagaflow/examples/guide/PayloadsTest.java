package io.sagaflow.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.sagaflow.EncryptingPayloadCodec;
import io.sagaflow.JacksonPayloadCodec;
import io.sagaflow.KeyRing;
import io.sagaflow.PayloadCodec;
import io.sagaflow.SagaCoordinator;
import io.sagaflow.SagaDefinition;
import io.sagaflow.SagaStatus;
import io.sagaflow.store.InMemorySagaStore;
import java.time.Duration;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** The guide's samples of payloads: a mapper of one's own, encryption, rotation. */
class PayloadsTest {

  record Patient(String name, String diagnosis) {}

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final SagaDefinition<Patient> admission =
      SagaDefinition.named("admission", Patient.class)
          .step("admit")
          .action(ctx -> {})
          .compensation(ctx -> {})
          .build();

  private static SecretKey fromKeyService(String keyId) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) keyId.hashCode();
    return new SecretKeySpec(bytes, "AES");
  }

  private void run(PayloadCodec codec, InMemorySagaStore store, String key) {
    try (SagaCoordinator coordinator =
        SagaCoordinator.builder().store(store).codec(codec).register(admission).start()) {
      Patient patient = new Patient("Ann", "a secret");
      assertThat(coordinator.start(admission, key, patient).await(PATIENCE).status())
          .isEqualTo(SagaStatus.COMPLETED);
    }
  }

  @Test
  void givenMapperOfOnesOwn_whenASagaRuns_thenItIsUsed() {
    InMemorySagaStore store = new InMemorySagaStore();
    ObjectMapper mapper =
        new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

    SagaCoordinator coordinator =
        SagaCoordinator.builder().store(store).objectMapper(mapper).register(admission).start();

    try (coordinator) {
      Patient patient = new Patient("Ann", "a secret");
      assertThat(coordinator.start(admission, "ann", patient).await(PATIENCE).status())
          .isEqualTo(SagaStatus.COMPLETED);
    }
  }

  @Test
  void givenKeys_whenTheyAreRotated_thenSagasGoOn() {
    InMemorySagaStore store = new InMemorySagaStore();
    ObjectMapper mapper = new ObjectMapper();

    KeyRing keys = KeyRing.of("2026-spring", fromKeyService("2026-spring"));
    PayloadCodec codec = EncryptingPayloadCodec.around(JacksonPayloadCodec.of(mapper), keys);
    run(codec, store, "ann");

    KeyRing prepared = keys.alsoReading("2026-autumn", fromKeyService("2026-autumn"));
    run(EncryptingPayloadCodec.around(JacksonPayloadCodec.of(mapper), prepared), store, "ann");

    KeyRing rotated =
        KeyRing.of("2026-autumn", fromKeyService("2026-autumn"))
            .alsoReading("2026-spring", fromKeyService("2026-spring"));
    run(EncryptingPayloadCodec.around(JacksonPayloadCodec.of(mapper), rotated), store, "ann");
  }
}
