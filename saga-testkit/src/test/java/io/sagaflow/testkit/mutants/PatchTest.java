package io.sagaflow.testkit.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a bug is planted. */
class PatchTest {

  private static final String FILE = "saga-core/src/main/java/io/sagaflow/machine/Greeting.java";
  private static final String SOURCE =
      """
      package io.sagaflow.machine;

      public final class Greeting {
        public static String text() {
          return new Inner().toString();
        }

        private static final class Inner {
          @Override
          public String toString() {
            return "hello";
          }
        }
      }
      """;
  private static final String PATCH =
      """
      # a comment
      = rude
      It doesn't
      greet.
      --- %s
           public String toString() {
      -      return "hello";
      +      return "go away";
      """
          .formatted(FILE);

  @TempDir Path root;

  private SourceTree tree() throws IOException {
    Path file = root.resolve(FILE);
    Files.createDirectories(file.getParent());
    Files.writeString(file, SOURCE);
    return new SourceTree(root);
  }

  private static SeededBug bug(String patch) {
    return PatchReader.read("machine", patch).get(0);
  }

  @Test
  void givenAPatch_whenRead_thenItHasItsNameRoomAndSentence() {
    List<SeededBug> bugs = PatchReader.read("machine", PATCH + PATCH.replace("rude", "mute"));

    assertThat(bugs).extracting(SeededBug::name).containsExactly("rude", "mute");
    assertThat(bugs).extracting(SeededBug::room).containsOnly("machine");
    assertThat(bugs).extracting(SeededBug::breaks).containsOnly("It doesn't greet.");
  }

  @Test
  void givenAPatchThatFits_whenApplied_thenItsLinesAreReplacedAndNoOthers() throws Exception {
    Map<String, String> changed = tree().with(bug(PATCH));

    assertThat(changed).containsOnly(Map.entry(FILE, SOURCE.replace("hello", "go away")));
  }

  @Test
  void givenAPatchThatFitsNoMore_whenApplied_thenTheMessageNamesBugAndFile() throws Exception {
    SeededBug outdated = bug(PATCH.replace("hello", "good morning"));
    SourceTree tree = tree();

    assertThatThrownBy(() -> tree.with(outdated))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rude")
        .hasMessageContaining(FILE)
        .hasMessageContaining("good morning");
  }

  @Test
  void givenAPatchThatFitsTwice_whenApplied_thenItIsRefused() throws Exception {
    SeededBug vague = bug(PATCH);
    SourceTree tree = tree();
    Files.writeString(root.resolve(FILE), SOURCE + SOURCE);

    assertThatThrownBy(() -> tree.with(vague))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("more than once");
  }

  @Test
  void givenAPatchThatDoesNotCompile_whenCompiled_thenTheCompilersWordsAreTold() throws Exception {
    SeededBug broken = bug(PATCH.replace("\"go away\"", "nothing"));
    Map<String, String> changed = tree().with(broken);

    assertThatThrownBy(() -> InMemoryCompiler.compile(changed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Greeting.java:11")
        .hasMessageContaining("cannot find symbol");
  }

  @Test
  void givenAChangeInANestedClass_whenLoaded_thenItIsInForce() throws Exception {
    PatchedWorld world = new PatchedWorld(InMemoryCompiler.compile(tree().with(bug(PATCH))));

    Object text = world.loadClass("io.sagaflow.machine.Greeting").getMethod("text").invoke(null);

    assertThat(text).isEqualTo("go away");
  }

  @Test
  void givenNoChange_whenAClassIsLoaded_thenItIsAnotherOneOfTheSameCode() throws Exception {
    PatchedWorld world = new PatchedWorld(Map.of());

    Class<?> loaded = world.loadClass(SeededBug.class.getName());

    assertThat(loaded).isNotSameAs(SeededBug.class).hasToString(SeededBug.class.toString());
    assertThat(loaded.getClassLoader()).isSameAs(world);
    assertThat(world.loadClass(Test.class.getName())).isSameAs(Test.class);
  }
}
