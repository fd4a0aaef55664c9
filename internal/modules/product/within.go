package product

import "prosa/internal/platform/database"

// Within gives the service inside the caller's transaction: its methods open
// none of their own.
func (s *Service) Within(tx *database.Tx) *Service {
	inside := *s
	inside.db = database.Within(tx)
	return &inside
}
