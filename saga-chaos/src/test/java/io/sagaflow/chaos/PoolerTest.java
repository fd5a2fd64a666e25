package io.sagaflow.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoolerTest {

  @TempDir private Path folder;

  @Test
  void givenProgramOnThePath_whenItIsLookedFor_thenItIsFound() throws Exception {
    Path program = Files.createFile(folder.resolve("pgbouncer"));
    assertThat(program.toFile().setExecutable(true)).isTrue();

    assertThat(Pooler.find("/nowhere::" + folder)).isEqualTo(program);
  }

  @Test
  void givenNoProgram_whenItIsLookedFor_thenItSaysWhatToInstall() {
    assertThatThrownBy(() -> Pooler.find("/nowhere:" + folder))
        .isInstanceOf(NotUsableException.class)
        .hasMessageContaining("apt-get install pgbouncer");
  }
}
