package shard

import "prosa/internal/platform/database"

// hold keeps the lease row from being taken over until the transaction ends.
// FOR KEY SHARE, since it lets renewals pass, which change no key, and stops
// only the FOR UPDATE of a take-over.
func hold(tx *database.Tx) string {
	if tx.Engine() == database.Postgres {
		return " FOR KEY SHARE"
	}
	return ""
}

// grab takes the row for a take-over, unless a transaction of the present owner
// holds it: then the shard is left to the next round, so that a process stuck
// in a transaction doesn't keep another from renewing.
func grab(tx *database.Tx) string {
	if tx.Engine() == database.Postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}
