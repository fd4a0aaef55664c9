package telemetry

import (
	"prosa/internal/platform/database"
)

// Transactions counts the transactions of a database; give it to
// database.Config as Observe.
func (m *Metrics) Transactions() func(database.Outcome) {
	took := m.Histogram("prosa_database_transaction_seconds", "Time of a transaction from its begin to its end.", Seconds(), "kind", "outcome")
	waited := m.Histogram("prosa_database_wait_seconds", "Time that a transaction waited for a connection.", Seconds(), "kind")
	return func(o database.Outcome) {
		kind, outcome := "write", "committed"
		if o.ReadOnly {
			kind = "read"
		}
		if o.Err != nil {
			outcome = "rolled_back"
		}
		took.WithLabelValues(kind, outcome).Observe(o.Took.Seconds())
		waited.WithLabelValues(kind).Observe(o.Waited.Seconds())
	}
}
