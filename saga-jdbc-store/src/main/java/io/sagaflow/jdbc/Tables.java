package io.sagaflow.jdbc;

import java.util.regex.Pattern;

/** Where the tables are. Names are checked, since they become part of SQL. */
record Tables(String schema, String prefix) {

  private static final Pattern IDENTIFIER = Pattern.compile("[a-z][a-z0-9_]{0,29}");

  Tables {
    check("schema", schema);
    check("tablePrefix", prefix);
  }

  private static void check(String option, String name) {
    if (!IDENTIFIER.matcher(name).matches()) {
      throw new IllegalArgumentException(
          option
              + " must be 1 to 30 lower-case letters, digits and underscores, and begin with a"
              + " letter; got \""
              + name
              + "\"");
    }
  }

  /** Fills the placeholders in SQL. */
  String fill(String sql) {
    return sql.replace("${schema}", schema)
        .replace("${prefix}", prefix)
        .replace("${t}", schema + "." + prefix);
  }

  @Override
  public String toString() {
    return schema + "." + prefix + "*";
  }
}
