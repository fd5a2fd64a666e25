package io.sagaflow.testkit.mutants;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles changed sources against the class path of the test, without a file being written. */
final class InMemoryCompiler {

  private static final String SOURCES = "src/main/java/";

  private InMemoryCompiler() {}

  /** The classes that the sources make, nested ones included, by name. */
  static Map<String, byte[]> compile(Map<String, String> sources) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> options =
        List.of("-proc:none", "-parameters", "-cp", System.getProperty("java.class.path"));
    StringWriter said = new StringWriter();
    try (Classes classes = new Classes(compiler.getStandardFileManager(null, null, UTF_8))) {
      List<Source> units =
          sources.entrySet().stream().map(e -> new Source(e.getKey(), e.getValue())).toList();
      if (!compiler.getTask(said, classes, null, options, null, units).call()) {
        throw new IllegalArgumentException("It doesn't compile:\n" + said);
      }
      return classes.byName();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String file, String text) {
      super(URI.create("changed:/" + withoutRoot(file)), Kind.SOURCE);
      this.text = text;
    }

    private static String withoutRoot(String file) {
      return file.substring(file.indexOf(SOURCES) + SOURCES.length());
    }

    @Override
    public String getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class Made extends SimpleJavaFileObject {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Made(String className) {
      super(URI.create("made:/" + className.replace('.', '/') + Kind.CLASS.extension), Kind.CLASS);
    }

    @Override
    public OutputStream openOutputStream() {
      return bytes;
    }
  }

  /** Keeps in memory what the compiler makes. */
  private static final class Classes extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, Made> made = new HashMap<>();

    Classes(JavaFileManager manager) {
      super(manager);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
      return made.computeIfAbsent(className, Made::new);
    }

    Map<String, byte[]> byName() {
      Map<String, byte[]> byName = new HashMap<>();
      made.forEach((name, file) -> byName.put(name, file.bytes.toByteArray()));
      return byName;
    }
  }
}
