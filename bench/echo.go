package bench

import _ "embed"

// Echo is the flow under load: it repeats what the customer wrote, so that
// every message has exactly one reply and the reply says which.
//
//go:embed echo.json
var Echo []byte
