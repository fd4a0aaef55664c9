// Command prosa is the whole product in one binary: the gateway, the API, the
// workers, the simulators and the tools of an operator.
package main

import (
	"os"
	_ "time/tzdata" // an image has no time zones, and a schedule needs them

	"prosa/internal/app"
)

func main() { os.Exit(app.Main(os.Args[1:])) }
