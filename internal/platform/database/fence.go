package database

import "slices"

// fence is a look that the transactions of companies take first.
type fence struct {
	query  string
	refuse func(companyID, word string) error
}

// FenceBy has every read-write transaction that names companies run query
// before anything else, in the same round trip: it gives a company and a word
// for each one that nobody may write for. A transaction that names one of them
// fails with what refuse makes of it. Call it once, before the first write.
func (db *DB) FenceBy(query string, refuse func(companyID, word string) error) {
	db.fence = fence{query, refuse}
}

// stand puts the look in front of the transaction's statements.
func (f fence) stand(tx *Tx, companies []string) {
	if f.query == "" || len(companies) == 0 {
		return
	}
	tx.Later(func(row Row) error {
		var companyID, word string
		if err := row.Scan(&companyID, &word); err != nil {
			return err
		}
		if slices.Contains(companies, companyID) {
			return f.refuse(companyID, word)
		}
		return nil
	}, f.query)
}
