package io.sagaflow.testkit.simulation;

import io.sagaflow.PayloadCodec;
import io.sagaflow.PayloadContext;
import java.util.Arrays;
import java.util.function.IntConsumer;

/** Writes numbers in four bytes. Reading is an occasion for faults: some inputs are lethal. */
final class SimulatedCodec implements PayloadCodec {

  /** A result that can't be written. */
  static final int UNWRITABLE = -1;

  private static final int BYTES = 4;

  private final IntConsumer onRead;

  SimulatedCodec(IntConsumer onRead) {
    this.onRead = onRead;
  }

  @Override
  public byte[] encode(Object value, PayloadContext context) {
    int number = (Integer) value;
    if (number == UNWRITABLE) {
      throw new IllegalArgumentException("This number can't be written");
    }
    return bytes(number);
  }

  private static byte[] bytes(int number) {
    return new byte[] {
      (byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number
    };
  }

  @Override
  public <T> T decode(byte[] bytes, Class<T> type, PayloadContext context) {
    int number = number(bytes);
    onRead.accept(number);
    return type.cast(number);
  }

  private static int number(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("A number has 4 bytes, not " + bytes.length);
    }
    return (bytes[0] & 0xFF) << 24
        | (bytes[1] & 0xFF) << 16
        | (bytes[2] & 0xFF) << 8
        | (bytes[3] & 0xFF);
  }

  @Override
  public boolean holds(byte[] bytes, Object value, PayloadContext context) {
    return Arrays.equals(bytes, bytes((Integer) value));
  }
}
