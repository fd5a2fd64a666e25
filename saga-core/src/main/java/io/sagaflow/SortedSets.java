package io.sagaflow;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.ContextualSerializer;
import com.fasterxml.jackson.databind.type.CollectionType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes sets in one order, that of their elements' JSON. JSON has no sets, so two arrays of
 * another order are different values, and the order of a hashed set isn't even the same in two
 * processes. A property that is declared to have an order keeps it.
 */
final class SortedSets extends BeanSerializerModifier {

  private static final long serialVersionUID = 1L;

  @Override
  public JsonSerializer<?> modifyCollectionSerializer(
      SerializationConfig config,
      CollectionType type,
      BeanDescription description,
      JsonSerializer<?> serializer) {
    Class<?> set = type.getRawClass(); // what it is; how it was declared is known in its context
    boolean sorted = Set.class.isAssignableFrom(set) && !EnumSet.class.isAssignableFrom(set);
    return sorted ? new Sorting(serializer) : serializer;
  }

  private static boolean isOrdered(Class<?> declared) {
    return SortedSet.class.isAssignableFrom(declared)
        || LinkedHashSet.class.isAssignableFrom(declared);
  }

  /** Hands a sorted list to the serializer that would have written the set. */
  private static final class Sorting extends JsonSerializer<Collection<?>>
      implements ContextualSerializer {

    private final JsonSerializer<Object> ofCollections;

    @SuppressWarnings("unchecked") // it writes any collection
    Sorting(JsonSerializer<?> ofCollections) {
      this.ofCollections = (JsonSerializer<Object>) ofCollections;
    }

    @Override
    public JsonSerializer<?> createContextual(
        SerializerProvider provider, @Nullable BeanProperty property) throws JsonMappingException {
      JsonSerializer<?> contextual =
          provider.handlePrimaryContextualization(ofCollections, property);
      return property != null && isOrdered(property.getType().getRawClass())
          ? contextual
          : new Sorting(contextual);
    }

    @Override
    public void serialize(Collection<?> set, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      ofCollections.serialize(sorted(set, (ObjectMapper) json.getCodec()), json, provider);
    }

    @Override
    public void serializeWithType(
        Collection<?> set, JsonGenerator json, SerializerProvider provider, TypeSerializer type)
        throws IOException {
      ofCollections.serializeWithType(set, json, provider, type); // the type is the set's own
    }

    @Override
    public boolean isEmpty(SerializerProvider provider, Collection<?> set) {
      return set.isEmpty();
    }

    private static List<@Nullable Object> sorted(Collection<?> set, ObjectMapper mapper)
        throws JsonProcessingException {
      List<Element> elements = new ArrayList<>();
      for (Object element : set) {
        elements.add(new Element(mapper.writeValueAsString(element), element));
      }
      elements.sort(Comparator.comparing(Element::json));
      List<@Nullable Object> values = new ArrayList<>();
      elements.forEach(element -> values.add(element.value()));
      return values;
    }

    private record Element(String json, @Nullable Object value) {}
  }
}
