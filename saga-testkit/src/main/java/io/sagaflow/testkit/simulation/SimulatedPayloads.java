package io.sagaflow.testkit.simulation;

import io.sagaflow.EncryptingPayloadCodec;
import io.sagaflow.KeyRing;
import io.sagaflow.PayloadCodec;
import io.sagaflow.PayloadContext;
import io.sagaflow.SagaId;
import io.sagaflow.store.Payload;
import io.sagaflow.store.StoredRecord;
import java.util.function.IntConsumer;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * How a run writes payloads: as they are, or encrypted and bound to their place, in one run of
 * eight. Their nonces aren't the run's, and needn't be: nothing depends on the bytes of a payload.
 */
final class SimulatedPayloads {

  private enum About {
    ENCRYPTED
  }

  private static final double CHANCE = 0.12;
  private static final KeyRing KEYS =
      KeyRing.of("simulated", new SecretKeySpec(new byte[16], "AES"));

  private final boolean encrypted;
  private final PayloadCodec reader;

  SimulatedPayloads(Dice dice) {
    this.encrypted = dice.unit(About.ENCRYPTED, 0) < CHANCE;
    this.reader = codec(number -> {});
  }

  /** The codec of a process. */
  PayloadCodec codec(IntConsumer onRead) {
    SimulatedCodec numbers = new SimulatedCodec(onRead);
    return encrypted ? EncryptingPayloadCodec.around(numbers, KEYS) : numbers;
  }

  /** Looks at what a step's record brings; null if that is nothing. */
  @Nullable Integer result(SagaId saga, StoredRecord row) {
    return row.payload() == null
        ? null
        : Integer.valueOf(number(row, PayloadContext.ofResult(saga, RecordOracles.stepOf(row))));
  }

  /** Looks at what was written. */
  int number(StoredRecord row, PayloadContext context) {
    Payload payload = row.payload();
    if (payload == null) {
      throw new IllegalStateException(row.kind() + " has no payload");
    }
    return reader.decode(payload.bytes(), Integer.class, context);
  }
}
