package builder

// Policy says what becomes of conversations under way when a version is
// published.
type Policy string

// Policies.
const (
	Drain   Policy = "drain"   // they end with the version they began with
	Move    Policy = "move"    // they go on in the new one, where its waiting node still exists
	Restart Policy = "restart" // they begin anew with the customer's next message
)
