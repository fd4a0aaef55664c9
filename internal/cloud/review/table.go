package review

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Print writes resources by layer and account, with what was proved of each.
func Print(w io.Writer, cells []Cell, breaches int) {
	var layers, accounts []string
	found := map[string]Cell{}
	for _, c := range cells {
		if !slices.Contains(layers, c.Layer) {
			layers = append(layers, c.Layer)
		}
		if !slices.Contains(accounts, c.Account) {
			accounts = append(accounts, c.Account)
		}
		found[c.Layer+" "+c.Account] = c
	}
	slices.Sort(layers)
	out := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(out, "layer\tproof\t"+strings.Join(accounts, "\t"))
	sums := make([]int, len(accounts))
	for _, layer := range layers {
		proof, row := "", ""
		for i, name := range accounts {
			c, ok := found[layer+" "+name]
			switch {
			case !ok:
				row += "\t-"
			case c.Problem != "":
				row += "\t!"
			default:
				row += fmt.Sprintf("\t%d", c.Resources)
				sums[i] += c.Resources
			}
			if ok {
				proof = max(proof, c.proof())
			}
		}
		fmt.Fprintln(out, layer+"\t"+proof+row)
	}
	total := "resources\t"
	for _, sum := range sums {
		total += fmt.Sprintf("\t%d", sum)
	}
	fmt.Fprintln(out, total)
	_ = out.Flush() // the writer below tells its own errors
	var took time.Duration
	problems := 0
	for _, c := range cells {
		took += c.Took
		if c.Problem != "" {
			problems++
		}
	}
	fmt.Fprintf(w, "%d plans of %d accounts in %s; %d could not be made; %d breaches of %s\n", len(cells), len(accounts), took.Round(time.Second), problems, breaches, "policy")
}

// proof says what was proved of the cell.
func (c Cell) proof() string {
	switch {
	case c.Problem != "":
		return "not proved"
	case c.Settled:
		return "applied, second plan empty"
	}
	return "planned"
}
