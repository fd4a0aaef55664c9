// Package metatest holds the readers of Meta's webhooks to the rule that one
// bad event never stops its neighbours.
package metatest
