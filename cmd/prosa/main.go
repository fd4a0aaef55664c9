// Command prosa is the whole product in one binary: the gateway, the API, the
// workers, the simulators and the tools of an operator.
package main

import (
	"os"

	"prosa/internal/app"
)

func main() { os.Exit(app.Main(os.Args[1:])) }
