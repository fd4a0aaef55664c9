//go:build race

package flow

// slower is how much the race detector slows this package's work down.
const slower = 20
