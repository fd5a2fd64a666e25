package io.sagaflow.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextsTest {

  private static final int CUT = 1_024;
  private static final String KEY = "\uD83D\uDD11"; // one code point, two chars

  @Test
  void givenShortText_whenCut_thenItStays() {
    assertThat(Texts.cut("")).isEmpty();
    assertThat(Texts.cut("naïve " + KEY)).isEqualTo("naïve " + KEY);
    assertThat(Texts.cut("x".repeat(CUT))).isEqualTo("x".repeat(CUT));
  }

  @Test
  void givenLongText_whenCut_thenItEndsWithAnEllipsisAtTheLimit() {
    assertThat(Texts.cut("x".repeat(CUT + 1))).isEqualTo("x".repeat(CUT - 1) + "…");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void givenLongTextOfWideCharacters_whenCut_thenNoneIsHalvedAndFourKibibytesAreKept(int shift) {
    String text = "x".repeat(shift) + KEY.repeat(CUT) + "鍵".repeat(CUT);

    String cut = Texts.cut(text);

    assertThat(cut).endsWith(KEY + "…");
    assertThat(text).startsWith(cut.substring(0, cut.length() - 1));
    assertThat(cut.length()).isBetween(CUT - 1, CUT);
    assertThat(cut.getBytes(UTF_8).length).isLessThanOrEqualTo(4_096);
  }

  @Test
  void givenWidestText_whenCut_thenItHasAtMostFourKibibytes() {
    assertThat(Texts.cut("鍵".repeat(5_000)).getBytes(UTF_8).length).isLessThanOrEqualTo(4_096);
  }

  @Test
  void givenWhatAStoreCantKeep_whenCut_thenItIsReplaced() {
    assertThat(Texts.cut("a\0b")).isEqualTo("a b");
    assertThat(Texts.cut("a\uD83Db\uDD11")).isEqualTo("a?b?");
  }

  @Test
  void givenFailure_whenDescribed_thenItsClassAndMessageAreTold() {
    assertThat(Texts.describe(new IOException("reset"))).isEqualTo("IOException: reset");
    assertThat(Texts.describe(new IOException())).isEqualTo("IOException");
    assertThat(Texts.describe(new IOException("a\0b"))).isEqualTo("IOException: a b");
  }

  @Test
  void givenAnonymousFailure_whenDescribed_thenItIsNamedNevertheless() {
    IOException anonymous =
        new IOException() {
          private static final long serialVersionUID = 1L;
        };

    assertThat(Texts.describe(anonymous)).startsWith("TextsTest$");
  }

  @Test
  void givenFailureThatCantTellItsMessage_whenDescribed_thenItsClassIsTold() {
    assertThat(Texts.describe(new Mute())).isEqualTo("Mute");
  }

  private static final class Mute extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("the session is closed");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"order-42", "ключ", "鍵 " + KEY, "a'b\";--", " x "})
  void givenBusinessKeyOfAnyScript_whenRequired_thenItIsTaken(String key) {
    assertThatCode(() -> Texts.requireBusinessKey(key)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\u2003", "a\0b", "a\nb", "a\u0085b", "a\uD83D", "\uDD11a"})
  void givenKeyThatIsBlankOrCantBeStored_whenRequired_thenItIsRefused(String key) {
    assertThatThrownBy(() -> Texts.requireBusinessKey(key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("businessKey must");
  }

  @Test
  void givenTextsAtTheirLimits_whenRequired_thenOneCharacterMoreIsRefused() {
    Texts.requireBusinessKey("k".repeat(200));
    Texts.requireActor("a".repeat(200));
    Texts.requireReason("r".repeat(1_000));

    assertThatThrownBy(() -> Texts.requireBusinessKey("k".repeat(201)))
        .hasMessage("businessKey must have at most 200 characters; got 201");
    assertThatThrownBy(() -> Texts.requireActor("a".repeat(201)))
        .hasMessage("by must have at most 200 characters; got 201");
    assertThatThrownBy(() -> Texts.requireReason("r".repeat(1_001)))
        .hasMessage("reason must have at most 1000 characters; got 1001");
  }
}
