package job

import "prosa/internal/platform/database"

// waitingQuery reads River's own table: it keeps arguments in each engine's kind
// of JSON.
func waitingQuery(engine database.Engine) string {
	if engine == database.Postgres {
		return "SELECT CAST(args AS TEXT) FROM river_job WHERE kind = $1 AND finalized_at IS NULL AND strpos(CAST(args AS TEXT), $2) > 0 ORDER BY id"
	}
	return "SELECT CAST(json(args) AS TEXT) FROM river_job WHERE kind = $1 AND finalized_at IS NULL AND instr(json(args), $2) > 0 ORDER BY id"
}
