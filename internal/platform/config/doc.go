// Package config reads the program's configuration from the environment into
// one typed tree, and tells what it read.
//
// A field carries its variable, default and explanation in its tags:
//
//	type Config struct {
//		Listen string        `env:"PROSA_LISTEN" default:":8080" doc:"Address of the HTTP server."`
//		Grace  time.Duration `env:"PROSA_GRACE" default:"10s" doc:"How long a stop may take."`
//		Key    secret.Text   `env:"PROSA_KEY" doc:"Key that seals credentials." required:"true"`
//		Mail   smtp.Config   // its fields carry their own full names
//	}
//
// Names are whole, so that a variable seen in a shell is found by a search; a
// nested struct that appears twice takes a tag prefix:"PROSA_X_" in front of
// its names. `env:"-"` leaves a field alone.
//
// Values: strings, booleans, numbers, time.Duration ("1m30s"), Size ("64MB"),
// url.URL, secret.Text, whatever unmarshals text, and comma-separated slices
// of these. A secret.Text, or a field tagged secret:"true", is also read from
// the file that NAME_FILE names, and is never shown.
//
// Load reports everything that is wrong at once, each fault with the name of
// its variable. A struct of the tree with a method Validate() error is asked
// after its fields were read.
//
// This is the only package that reads the environment.
package config
