package io.sagaflow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncryptingPayloadCodecTest {

  private static final SagaId SAGA = SagaId.parse("01890a5d-ac96-774b-bcce-b302099a8057");
  private static final SagaId OTHER = SagaId.parse("01890a5d-ac96-774b-bcce-b302099a8058");
  private static final PayloadContext INPUT = PayloadContext.ofInput(SAGA);
  private static final PayloadContext RESULT = PayloadContext.ofResult(SAGA, "reserve");
  private static final KeyRing SPRING = KeyRing.of("2026-spring", key(1, 32));
  private static final int NONCE_AT = 5 + "2026-spring".length();

  private final JacksonPayloadCodec json = JacksonPayloadCodec.withDefaults();
  private final EncryptingPayloadCodec codec = EncryptingPayloadCodec.around(json, SPRING);

  record Secret(String text, int number) {}

  private static SecretKey key(long seed, int bytes) {
    byte[] material = new byte[bytes];
    new SplittableRandom(seed).nextBytes(material);
    return new SecretKeySpec(material, "AES");
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 50);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void givenAnyValueKeyAndContext_whenWritten_thenItIsReadBackAndNotLegible(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    String text = "MARKER-" + "é🔑x".repeat(random.nextInt(2_000));
    Secret value = new Secret(text, random.nextInt());
    SagaId saga = new SagaId(new UUID(random.nextLong(), random.nextLong()));
    PayloadContext context = PayloadContext.ofResult(saga, "step-" + random.nextInt());
    SecretKey key = key(seed, List.of(16, 24, 32).get(random.nextInt(3)));
    EncryptingPayloadCodec any = EncryptingPayloadCodec.around(json, KeyRing.of("k" + seed, key));

    byte[] bytes = any.encode(value, context);

    assertThat(any.decode(bytes, Secret.class, context)).as("seed %s", seed).isEqualTo(value);
    assertThat(any.holds(bytes, value, context)).isTrue();
    assertThat(any.holds(bytes, new Secret(text, value.number() + 1), context)).isFalse();
    assertThat(new String(bytes, ISO_8859_1)).doesNotContain("MARKER");
  }

  /** What is written today has to be read in years to come. */
  @Test
  void givenPayloadOfTheFirstRelease_whenRead_thenItsValueIsThere() throws Exception {
    SecretKey key = new SecretKeySpec(new byte[16], "AES");
    byte[] header = HexFormat.of().parseHex("41455331" + "026b31" + "000102030405060708090a0b");
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, header, header.length - 12, 12));
    cipher.updateAAD(header);
    cipher.updateAAD(HexFormat.of().parseHex("01890a5dac96774bbcceb302099a8057"));
    cipher.updateAAD("result/reserve".getBytes(UTF_8));
    byte[] ciphertext = cipher.doFinal("\"hello\"".getBytes(UTF_8));

    byte[] bytes = Arrays.copyOf(header, header.length + ciphertext.length);
    System.arraycopy(ciphertext, 0, bytes, header.length, ciphertext.length);

    EncryptingPayloadCodec old = EncryptingPayloadCodec.around(json, KeyRing.of("k1", key));
    assertThat(old.decode(bytes, String.class, RESULT)).isEqualTo("hello");
  }

  @Test
  void givenOneValue_whenWrittenOftenAndAtOnce_thenNoNonceComesTwice() {
    Set<String> nonces = new HashSet<>();

    List<byte[]> written =
        IntStream.range(0, 2_000).parallel().mapToObj(i -> codec.encode("same", INPUT)).toList();
    written.forEach(
        bytes -> {
          byte[] nonce = Arrays.copyOfRange(bytes, NONCE_AT, NONCE_AT + 12);
          nonces.add(Base64.getEncoder().encodeToString(nonce));
        });

    assertThat(nonces).hasSize(2_000);
    assertThat(written)
        .allSatisfy(b -> assertThat(codec.decode(b, String.class, INPUT)).isEqualTo("same"));
  }

  @Test
  void givenPayload_whenAnyBitOfItIsChanged_thenItIsRefused() {
    byte[] bytes = codec.encode(new Secret("s", 1), INPUT);

    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] changed = bytes.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);

      assertThatThrownBy(() -> codec.decode(changed, Secret.class, INPUT))
          .as("bit %s", bit)
          .isInstanceOf(SagaDataException.class);
      assertThatThrownBy(() -> codec.holds(changed, new Secret("s", 1), INPUT))
          .as("bit %s", bit)
          .isInstanceOf(SagaDataException.class);
    }
  }

  @Test
  void givenPayload_whenCutAnywhereOrLengthened_thenItIsRefused() {
    byte[] bytes = codec.encode("hello", INPUT);

    for (int length = 0; length <= bytes.length + 1; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      if (length != bytes.length) {
        assertThatThrownBy(() -> codec.decode(cut, String.class, INPUT))
            .as("length %s", length)
            .isInstanceOf(SagaDataException.class);
      }
    }
  }

  @Test
  void givenPayloadsOfOtherSagasOrColumns_whenSwapped_thenTheyAreRefused() {
    byte[] bytes = codec.encode("hello", RESULT);
    List<PayloadContext> others =
        List.of(
            INPUT,
            PayloadContext.ofResult(OTHER, "reserve"),
            PayloadContext.ofResult(SAGA, "reserve2"),
            PayloadContext.ofResult(SAGA, "reserv"),
            PayloadContext.ofInput(OTHER));

    assertThat(others)
        .allSatisfy(
            context ->
                assertThatThrownBy(() -> codec.decode(bytes, String.class, context))
                    .isInstanceOf(SagaDataException.class)
                    .hasMessageContaining("changed or moved")
                    .hasMessageContaining(context.toString()));
  }

  /** A step may be called what the input's column is. */
  @Test
  void givenStepCalledInput_whenItsResultIsTakenForTheInput_thenItIsRefused() {
    byte[] bytes = codec.encode("hello", PayloadContext.ofResult(SAGA, "input"));

    assertThatThrownBy(() -> codec.decode(bytes, String.class, INPUT))
        .isInstanceOf(SagaDataException.class);
  }

  @Test
  void givenRotation_whenAnOldPayloadIsRead_thenItsKeyIsUsedAndNewOnesAreWrittenWithTheNewKey() {
    byte[] old = codec.encode("hello", INPUT);
    KeyRing rotated = KeyRing.of("2026-autumn", key(2, 32)).alsoReading("2026-spring", key(1, 32));
    EncryptingPayloadCodec later = EncryptingPayloadCodec.around(json, rotated);

    byte[] written = later.encode("hello", INPUT);

    assertThat(later.decode(old, String.class, INPUT)).isEqualTo("hello");
    assertThat(later.decode(written, String.class, INPUT)).isEqualTo("hello");
    assertThat(new String(written, ISO_8859_1)).contains("2026-autumn");
    assertThatThrownBy(() -> codec.decode(written, String.class, INPUT))
        .hasMessageContaining("2026-autumn");
  }

  @Test
  void givenKeyThatIsNotInTheRing_whenRead_thenTheMessageNamesItAndTheSaga() {
    byte[] bytes = codec.encode("hello", RESULT);
    KeyRing without = KeyRing.of("2027", key(3, 32));

    SagaDataException failure =
        catchThrowableOfType(
            SagaDataException.class,
            () -> EncryptingPayloadCodec.around(json, without).decode(bytes, String.class, RESULT));

    assertThat(failure)
        .hasMessageContaining("key '2026-spring', which the ring hasn't; it has [2027]")
        .hasMessageContaining("retry the saga");
    assertThat(failure.sagaId()).contains(SAGA);
    assertThat(failure.step()).contains("reserve");
  }

  @Test
  void givenAnotherKeyUnderTheSameId_whenRead_thenTheMessageSaysSo() {
    byte[] bytes = codec.encode("hello", INPUT);
    KeyRing wrong = KeyRing.of("2026-spring", key(4, 32));

    assertThatThrownBy(
            () -> EncryptingPayloadCodec.around(json, wrong).decode(bytes, String.class, INPUT))
        .isInstanceOf(SagaDataException.class)
        .hasMessageContaining("key '2026-spring' isn't the one that encrypted it");
  }

  @Test
  void givenPlainPayload_whenRead_thenItIsRefusedUnlessThatIsAskedFor() {
    byte[] plain = json.encode("hello", INPUT);

    assertThatThrownBy(() -> codec.decode(plain, String.class, INPUT))
        .isInstanceOf(SagaDataException.class)
        .hasMessageContaining("is not encrypted")
        .hasMessageContaining("acceptingPlain()");
    assertThat(codec.acceptingPlain().decode(plain, String.class, INPUT)).isEqualTo("hello");
    assertThat(codec.acceptingPlain().holds(plain, "hello", INPUT)).isTrue();
  }

  @Test
  void givenCodecThatStillWritesPlain_whenItReads_thenItReadsBoth() {
    EncryptingPayloadCodec preparing = codec.stillWritingPlain();

    byte[] written = preparing.encode("hello", INPUT);

    assertThat(written).isEqualTo(json.encode("hello", INPUT));
    assertThat(preparing.decode(written, String.class, INPUT)).isEqualTo("hello");
    assertThat(preparing.decode(codec.encode("hi", INPUT), String.class, INPUT)).isEqualTo("hi");
  }

  @Test
  void givenCodecThatAcceptsPlain_whenItWritesAndReads_thenEncryptedAndCheckedAllTheSame() {
    EncryptingPayloadCodec migrating = codec.acceptingPlain();

    byte[] bytes = migrating.encode("hello", INPUT);

    assertThat(codec.decode(bytes, String.class, INPUT)).isEqualTo("hello");
    assertThatThrownBy(() -> migrating.decode(bytes, String.class, RESULT))
        .isInstanceOf(SagaDataException.class);
  }

  /** The journal keeps the text of errors, so that must not quote what was encrypted. */
  @Test
  void givenValueOfAnotherType_whenRead_thenTheMessageDoesNotQuoteIt() {
    byte[] bytes = codec.encode("MARKER", INPUT);

    assertThatThrownBy(() -> codec.decode(bytes, Integer.class, INPUT))
        .isInstanceOf(SagaDataException.class)
        .hasMessageContaining("is no java.lang.Integer")
        .message()
        .doesNotContain("MARKER");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 17, 20, 31, 33, 64})
  void givenKeyOfAWrongSize_whenARingIsMade_thenRefused(int bytes) {
    SecretKey wrong =
        bytes == 0 ? new SecretKeySpec(new byte[16], "DES") : key(1, bytes); // or for another use

    assertThatThrownBy(() -> KeyRing.of("k", wrong)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SPRING.alsoReading("k", wrong))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "ключ", "a\n"})
  void givenIdThatIsNone_whenARingIsMade_thenRefused(String id) {
    assertThatThrownBy(() -> KeyRing.of(id, key(1, 32)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> KeyRing.of("x".repeat(65), key(1, 32)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void givenIdThatTheRingHas_whenAnotherKeyIsAdded_thenRefused() {
    assertThatThrownBy(() -> SPRING.alsoReading("2026-spring", key(2, 32)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("already");
  }

  @Test
  void givenRingAndCodec_whenPrinted_thenNoKeyIsShown() {
    String printed = SPRING + " " + codec + " " + codec.acceptingPlain();
    byte[] material = key(1, 32).getEncoded();

    assertThat(printed)
        .contains("2026-spring")
        .doesNotContain(HexFormat.of().formatHex(material, 0, 4))
        .doesNotContain(Base64.getEncoder().encodeToString(material).substring(0, 8))
        .doesNotContain("SecretKeySpec");
  }
}
