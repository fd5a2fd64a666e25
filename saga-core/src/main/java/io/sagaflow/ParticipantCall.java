package io.sagaflow;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which call of which saga a participant is asked to do, as it travels from the coordinator in the
 * headers of a request. Immutable.
 *
 * @param sagaId the saga
 * @param step the step's name
 * @param direction whether it is the step's action or its compensation
 * @param idempotencyKey the same for every attempt of this call, and for no other call
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
          DIRECTION_HEADER + " must be action or compensation; got '" + text + "'");
    }
  }

  /** Refuses nulls, and a step or key that can't be one. */
  public ParticipantCall {
    requireNonNull(sagaId, "sagaId");
    requireNonNull(direction, "direction");
    if (!StepDraft.NAME.matcher(step).matches()) {
      throw new IllegalArgumentException("The step must be " + StepDraft.NAME_FORM);
    }
    if (idempotencyKey.isBlank() || idempotencyKey.length() > 200) {
      throw new IllegalArgumentException("The idempotency key must have 1 to 200 characters");
    }
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
    return new ParticipantCall(
        SagaId.parse(required(header, SAGA_ID_HEADER)),
        required(header, STEP_HEADER),
        Direction.parse(required(header, DIRECTION_HEADER)),
        required(header, IDEMPOTENCY_KEY_HEADER));
  }

  private static String required(UnaryOperator<@Nullable String> header, String name) {
    String value = header.apply(name);
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException("The request has no header " + name);
    }
    return value.strip();
  }

  /**
   * Returns the headers that carry this call.
   *
   * @return values by name, all ASCII
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
