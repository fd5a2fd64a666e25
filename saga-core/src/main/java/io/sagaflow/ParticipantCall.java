package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which call of which saga a participant is asked to do, as it travels from the coordinator in the
 * headers of a request. Immutable.
 *
 * <p>A participant tells calls apart by saga, step and direction: a compensation carries the saga
 * and the step of its action, and a key of its own.
 *
 * @param sagaId the saga
 * @param step the step's name
 * @param direction whether it is the step's action or its compensation
 * @param idempotencyKey the same for every attempt of this call, and for no other call; 1 to 200
 *     visible ASCII characters
 */
public record ParticipantCall(
    SagaId sagaId, String step, Direction direction, String idempotencyKey) {

  /** The header with the saga's id. */
  public static final String SAGA_ID_HEADER = "Sagaflow-Saga-Id";

  /** The header with the step's name. */
  public static final String STEP_HEADER = "Sagaflow-Step";

  /** The header with the direction, {@code action} or {@code compensation}. */
  public static final String DIRECTION_HEADER = "Sagaflow-Direction";

  /** The header with the idempotency key, named as the IETF's draft names it. */
  public static final String IDEMPOTENCY_KEY_HEADER = "Idempotency-Key";

  /** What a header may hold everywhere: no space, and nothing that would begin another header. */
  private static final Pattern KEY = Pattern.compile("[!-~]{1,200}");

  /** Action or compensation. */
  public enum Direction {
    /** The step's forward transaction. */
    ACTION("action"),
    /** What undoes it. */
    COMPENSATION("compensation");

    private final String text;

    Direction(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }

    static Direction parse(String text) {
      for (Direction direction : values()) {
        if (direction.text.equalsIgnoreCase(text)) {
          return direction;
        }
      }
      throw new IllegalArgumentException(
          "The direction must be action or compensation; got '" + text + "'");
    }
  }

  /** Refuses nulls, and a step or key that can't be one. */
  public ParticipantCall {
    requireNonNull(sagaId, "sagaId");
    requireNonNull(direction, "direction");
    requireStep(requireNonNull(step, "step"));
    requireKey(requireNonNull(idempotencyKey, "idempotencyKey"));
  }

  private static String requireStep(String step) {
    if (!StepDraft.NAME.matcher(step).matches()) {
      throw new IllegalArgumentException("The step must be " + StepDraft.NAME_FORM);
    }
    return step;
  }

  private static String requireKey(String key) {
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException(
          "The idempotency key must be 1 to 200 visible ASCII characters");
    }
    return key;
  }

  /**
   * Describes the call of an action.
   *
   * @param context what the action was given
   * @return the call
   */
  public static ParticipantCall action(ActionContext<?> context) {
    return of(context, Direction.ACTION);
  }

  /**
   * Describes the call of a compensation.
   *
   * @param context what the compensation was given
   * @return the call
   */
  public static ParticipantCall compensation(CompensationContext<?, ?> context) {
    return of(context, Direction.COMPENSATION);
  }

  private static ParticipantCall of(StepContext<?> context, Direction direction) {
    return new ParticipantCall(
        context.sagaId(), context.step(), direction, context.idempotencyKey());
  }

  /**
   * Reads a call from a request, at the participant.
   *
   * @param header looks a header up by its name, whose case doesn't matter; null if it is absent
   * @return the call
   * @throws IllegalArgumentException if a header is missing, or isn't of its form; the message
   *     names it
   */
  public static ParticipantCall fromHeaders(UnaryOperator<@Nullable String> header) {
    requireNonNull(header, "header");
    return new ParticipantCall(
        read(header, SAGA_ID_HEADER, SagaId::parse),
        read(header, STEP_HEADER, ParticipantCall::requireStep),
        read(header, DIRECTION_HEADER, Direction::parse),
        read(header, IDEMPOTENCY_KEY_HEADER, ParticipantCall::requireKey));
  }

  /**
   * Reads a call from a request whose headers are a map, at the participant. The case of the names
   * doesn't matter; HTTP/2 sends them in lower case.
   *
   * @param headers values by name; others may be among them
   * @return the call
   * @throws IllegalArgumentException if a header is missing, isn't of its form, or is there twice
   *     with different values; the message names it
   */
  public static ParticipantCall fromHeaders(Map<String, String> headers) {
    Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    requireNonNull(headers, "headers")
        .forEach(
            (name, value) -> {
              String other = anyCase.put(name, value);
              if (other != null && !other.equals(value)) {
                throw new IllegalArgumentException("The request has two headers " + name);
              }
            });
    return fromHeaders(anyCase::get);
  }

  private static <T> T read(
      UnaryOperator<@Nullable String> header, String name, Function<String, T> form) {
    String value = header.apply(name);
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException("The request has no header " + name);
    }
    try {
      return form.apply(value.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("Header " + name + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns the headers that carry this call.
   *
   * @return values by name, all visible ASCII
   */
  public Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(SAGA_ID_HEADER, sagaId.toString());
    headers.put(STEP_HEADER, step);
    headers.put(DIRECTION_HEADER, direction.toString());
    headers.put(IDEMPOTENCY_KEY_HEADER, idempotencyKey);
    return headers;
  }
}
