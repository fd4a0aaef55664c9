// Package focus reads, checks and writes bills in the FinOps Open Cost and
// Usage Specification (FOCUS), versions 1.0 to 1.3: CSV, CSV packed by gzip, and
// Parquet to read; CSV of 1.3 to write. It knows no database.
//
// Invariants:
//
//   - A file is read as a stream: memory does not grow with its rows.
//   - What a total would depend on is strict: costs, currency, periods, the kind
//     of charge, the columns for them, tags that are no JSON. Such a file is
//     refused with the row and the column (Refusal).
//   - What providers are known to do otherwise is taken, and told: the word NULL,
//     times without T or Z, a capital that differs, columns of their own
//     (Finding).
//   - Numbers are exact. A number that Parquet holds as a double becomes the
//     shortest decimal that names that double (what most programs print), rounded
//     half to even at the 18th place; a number in text with more than 18 places
//     is refused.
//   - Whatever a file claims about itself, no more is read than the limits say.
//
// Sources: FOCUS Specification 1.0 (June 2024), 1.1, 1.2 (June 2025) and 1.3,
// section Columns and appendix Attributes (null handling, numeric format,
// date/time format, key-value format).
package focus
