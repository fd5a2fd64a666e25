package io.sagaflow.store;

/**
 * Names one version of a definition.
 *
 * @param name the definition's name
 * @param version its version
 */
public record DefinitionRef(String name, int version) {

  @Override
  public String toString() {
    return name + " v" + version;
  }
}
