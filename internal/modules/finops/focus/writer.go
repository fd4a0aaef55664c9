package focus

import (
	"encoding/csv"
	"io"
	"strings"
	"time"

	"prosa/internal/base/fault"
)

// Writer writes a bill as FOCUS 1.3 in CSV: every column of the version, then
// the columns of one's own.
type Writer struct {
	csv   *csv.Writer
	cells []string
}

// NewWriter writes the header. own are further columns, each with x_ in front.
func NewWriter(to io.Writer, own ...string) (*Writer, error) {
	w := &Writer{csv: csv.NewWriter(to)}
	for _, name := range own {
		if !strings.HasPrefix(name, "x_") {
			return nil, fault.New(fault.Internal, "the column %s lacks x_", name)
		}
	}
	w.cells = append(append(w.cells, names[:]...), own...)
	return w, w.csv.Write(w.cells)
}

// Write writes the texts of a row and the cells of one's own columns; the empty
// text is null.
func (w *Writer) Write(text *[Columns]string, own ...string) error {
	if len(own) != len(w.cells)-int(Columns) {
		return fault.New(fault.Internal, "%d cells are not those of the header", len(own))
	}
	copy(w.cells, text[:])
	copy(w.cells[Columns:], own)
	return w.csv.Write(w.cells)
}

// Flush writes what is still in the buffer.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// Time writes a time as FOCUS wants it.
func Time(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }
