package move

import "prosa/internal/platform/database"

// columnsOf reads the columns of the table $1: name, type, and the place in the
// primary key, 0 for none.
func columnsOf(engine database.Engine) string {
	if engine != database.Postgres {
		return "SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid"
	}
	return `SELECT c.column_name, c.data_type, COALESCE((
			SELECT CAST(k.ordinal_position AS BIGINT) FROM information_schema.table_constraints t
			JOIN information_schema.key_column_usage k ON k.constraint_schema = t.constraint_schema AND k.constraint_name = t.constraint_name AND k.table_name = t.table_name
			WHERE t.constraint_type = 'PRIMARY KEY' AND t.table_schema = c.table_schema AND t.table_name = c.table_name AND k.column_name = c.column_name), 0)
		FROM information_schema.columns c WHERE c.table_schema = 'public' AND c.table_name = $1 ORDER BY c.ordinal_position`
}
