package io.sagaflow.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every Java sample in the documentation is code of this module, and every link leads somewhere.
 */
class DocumentationTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)");
  private static final Pattern FIRST_COMMAND =
      Pattern.compile("\n## (Run it|Test it)\n.*?```\\w*\n(.*?)\n```", Pattern.DOTALL);

  @ParameterizedTest
  @MethodSource("samples")
  void givenASample_whenSearched_thenItStandsInCodeThatIsCompiled(Sample sample)
      throws IOException {
    List<String> sources = new ArrayList<>();
    for (Path file : files(ROOT.resolve("saga-examples/src"), ".java")) {
      sources.add(dense(Files.readString(file)));
    }

    assertThat(sources)
        .as("The sample in %s stands in no source of this module:%n%s", sample.page, sample.code)
        .anyMatch(source -> source.contains(dense(sample.code)));
  }

  @Test
  void givenThePages_whenCounted_thenThereAreSamplesToCheck() throws IOException {
    assertThat(samples()).hasSizeGreaterThanOrEqualTo(5);
  }

  @ParameterizedTest
  @MethodSource("pages")
  void givenAPage_whenItLinksToAFile_thenTheFileIsThere(Path page) throws IOException {
    Matcher links = LINK.matcher(Files.readString(page));
    List<Path> targets = new ArrayList<>();
    while (links.find()) {
      targets.add(page.resolveSibling(links.group(1)));
    }

    assertThat(targets).allMatch(Files::exists);
  }

  @Test
  void givenTheReadme_whenItsCommandsAreRead_thenCiRunsTheSecond() throws IOException {
    Matcher commands = FIRST_COMMAND.matcher(Files.readString(ROOT.resolve("README.md")));
    List<String> found = new ArrayList<>();
    while (commands.find()) {
      found.add(commands.group(2));
    }

    assertThat(found).hasSize(2).allMatch(command -> command.lines().count() == 1);
    assertThat(Files.readAllLines(ROOT.resolve(".ci/run"))).contains(found.get(1));
  }

  /** A fenced block of Java. */
  record Sample(Path page, String code) {

    @Override
    public String toString() {
      return page.getFileName() + ": " + code.lines().findFirst().orElse("").strip();
    }
  }

  static List<Sample> samples() throws IOException {
    List<Sample> samples = new ArrayList<>();
    for (Path page : pages()) {
      Matcher blocks = JAVA.matcher(Files.readString(page));
      while (blocks.find()) {
        samples.add(new Sample(page, blocks.group(1)));
      }
    }
    return samples;
  }

  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(files(ROOT.resolve("docs"), ".md"));
    pages.add(ROOT.resolve("README.md"));
    pages.add(ROOT.resolve("CHANGELOG.md"));
    return pages;
  }

  private static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(ending)).toList();
    }
  }

  /** A text without its layout: a page may break and indent lines as it reads best. */
  private static String dense(String text) {
    return text.lines().map(String::strip).collect(Collectors.joining()).replace(" ", "");
  }
}
