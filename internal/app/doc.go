// Package app is the composition root: the only package that knows all others.
// It reads the configuration, opens the platform, makes adapters and modules,
// joins their ports, and starts the services of a target in order.
//
//	config.go    the whole configuration, one tree
//	topology.go  every subject with who writes and who reads it, on one screen
//	targets.go   what each target starts, as ordered lists
//	house.go     how the rooms are joined
//	main.go      the commands
package app
