// Package telemetry makes the logger and the metrics of a process. Both are
// values that are handed to who needs them: nothing here is global, so a test
// can look at what was logged and counted.
//
// Logs go through log/slog, one line an event, with the company, conversation
// and message that the context carries on every line. What looks like a secret
// is masked on the way out, as a second net under types that can't be printed.
//
// Metrics are Prometheus's. A name starts with "prosa_", says its unit, and
// has labels of few values: never an id.
package telemetry
