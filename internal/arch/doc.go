// Package arch holds the rules of the house as tests: which way imports point,
// who may name a table, where a URL may stand, how large a file may grow. A
// breach fails the build, so that the tree stays what docs/architecture.md says
// it is. The package has no code of its own.
package arch
