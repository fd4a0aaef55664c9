package focus

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// table gives the cells of a file, row by row; null is the empty text.
type table interface {
	header() []string
	// next gives the cells of the next row, in order of the header; they are
	// valid until the next call. io.EOF ends it; else a *Refusal.
	next() ([]string, error)
	// binary tells that a column holds doubles.
	binary(column int) bool
	close() error
}

// csvTable reads CSV, packed or not.
type csvTable struct {
	gate   *gate
	reader *csv.Reader
	names  []string
	packed *gzip.Reader
	row    int64
}

// mostRow is how long a row may be, in bytes, with what ends it.
const mostRow = 1 << 20

var tooLong = fmt.Sprintf("is longer than %d bytes", mostRow)

func openCSV(file io.Reader, packed bool, limits Limits) (*csvTable, error) {
	t := &csvTable{}
	if packed {
		var err error
		if t.packed, err = gzip.NewReader(bufio.NewReaderSize(file, 1<<16)); err != nil {
			return nil, &Refusal{Rule: NotReadable, Message: "is not what gzip packs"}
		}
		file = t.packed
	}
	t.gate = &gate{from: file, left: limits.Bytes}
	t.gate.open()
	buffered := bufio.NewReaderSize(t.gate, 1<<16)
	if mark, err := buffered.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		_, _ = buffered.Discard(3)
	}
	t.reader = csv.NewReader(buffered)
	t.reader.ReuseRecord = true
	names, err := t.reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, &Refusal{Rule: NoRows, Message: "the file is empty"}
	}
	if err != nil {
		return nil, t.refuse(err)
	}
	for _, name := range names {
		t.names = append(t.names, strings.Clone(name))
	}
	return t, nil
}

func (t *csvTable) header() []string { return t.names }

func (t *csvTable) binary(int) bool { return false }

func (t *csvTable) next() ([]string, error) {
	t.gate.open()
	t.row++
	before := t.reader.InputOffset()
	cells, err := t.reader.Read()
	if err == nil && t.reader.InputOffset()-before > mostRow {
		return nil, &Refusal{Row: t.row, Rule: TooLarge, Message: tooLong}
	}
	if err == nil || errors.Is(err, io.EOF) && t.gate.failed == nil {
		return cells, err
	}
	return nil, t.refuse(err)
}

// refuse says in our words what the readers below met.
func (t *csvTable) refuse(err error) error {
	var parse *csv.ParseError
	switch {
	case t.gate.failed != nil && errors.As(t.gate.failed, new(*Refusal)):
		var refusal *Refusal
		_ = errors.As(t.gate.failed, &refusal)
		return &Refusal{Row: t.row, Rule: refusal.Rule, Message: refusal.Message}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Refusal{Row: t.row, Rule: Truncated, Message: "the file ends in the middle"}
	case errors.Is(err, csv.ErrFieldCount):
		return &Refusal{Row: t.row, Rule: RaggedRow, Message: fmt.Sprintf("has not the %d cells of the header", len(t.names))}
	case errors.As(err, &parse):
		if errors.Is(parse.Err, csv.ErrQuote) && t.gate.ended {
			return &Refusal{Row: t.row, Rule: Truncated, Message: "the file ends inside quotes"}
		}
		return &Refusal{Row: t.row, Rule: NotReadable, Message: "is not CSV: " + parse.Err.Error()}
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), t.packed != nil && t.gate.failed != nil:
		return &Refusal{Row: t.row, Rule: NotReadable, Message: "what gzip packed is broken"}
	}
	return err
}

// close holds nothing open: what gzip would say here again was met while reading.
func (t *csvTable) close() error { return nil }

// gate lets through what the limits allow: so many bytes of the file, and of a
// row, for each of which it is opened anew.
type gate struct {
	from   io.Reader
	left   int64 // of the file
	room   int64 // of the row
	failed error // of the file below, or a *Refusal
	ended  bool
}

// open gives the next row its room, with some to spare, since what buffers read
// ahead is counted for the row before: it keeps the memory of a row without end
// bounded. How long a row was is measured when it is read.
func (g *gate) open() { g.room = mostRow + 1<<17 }

// Read implements io.Reader.
func (g *gate) Read(p []byte) (int, error) {
	if g.failed != nil {
		return 0, g.failed
	}
	n, err := g.from.Read(p)
	g.left -= int64(n)
	g.room -= int64(n)
	switch {
	case err != nil && errors.Is(err, io.EOF):
		g.ended = true
	case err != nil:
		g.failed = err
	case g.left < 0:
		err = &Refusal{Rule: TooLarge, Message: "the file is larger than allowed when unpacked"}
		g.failed = err
	case g.room < 0:
		err = &Refusal{Rule: TooLarge, Message: tooLong}
		g.failed = err
	}
	return n, err
}
