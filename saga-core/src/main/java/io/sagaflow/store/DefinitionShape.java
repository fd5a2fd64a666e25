package io.sagaflow.store;

import static java.util.Objects.requireNonNull;

/**
 * The steps of a definition as a coordinator had them, without their code.
 *
 * @param definition which definition
 * @param fingerprint identifies the shape; every start journals it
 * @param shape the steps as text, for the engine alone to read; at most some kilobytes
 */
public record DefinitionShape(DefinitionRef definition, String fingerprint, String shape) {

  /** Refuses nulls. */
  public DefinitionShape {
    requireNonNull(definition, "definition");
    requireNonNull(fingerprint, "fingerprint");
    requireNonNull(shape, "shape");
  }
}
