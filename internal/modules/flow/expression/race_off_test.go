//go:build !race

package expression

const slower = 1
