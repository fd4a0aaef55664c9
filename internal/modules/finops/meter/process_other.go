//go:build !unix

package meter

import "time"

// processTime is not known here: the meters then hold no CPU.
func processTime() (time.Duration, bool) { return 0, false }
