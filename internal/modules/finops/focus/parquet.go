package focus

import (
	"encoding/json"
	"errors"
	"io"
	"runtime/debug"

	"github.com/parquet-go/parquet-go"
)

// parquetTable reads Parquet: texts, numbers, decimals, doubles, times and maps
// of texts (how AWS Data Exports writes tags).
type parquetTable struct {
	file     *parquet.File
	groups   []parquet.RowGroup
	rows     parquet.Rows
	columns  []parquetColumn
	leaves   []leaf // by Parquet's column index
	names    []string
	findings findings

	buffer []parquet.Row
	filled int
	at     int
	row    int64

	cells []string
	keys  [][]string // of maps, while a row is put together
}

// parquetColumn is a column of the header.
type parquetColumn struct {
	isMap  bool
	double bool
}

// leaf is a column of values.
type leaf struct {
	column int // of the header, -1 to skip
	role   leafRole
	node   parquet.Node
}

type leafRole int

const (
	scalar leafRole = iota
	mapKey
	mapValue
)

func openParquet(file io.ReaderAt, size int64, limits Limits, findings findings) (t table, err error) {
	err = guarded(func() error {
		t, err = planParquet(file, size, limits, findings)
		return err
	})
	return t, err
}

func planParquet(file io.ReaderAt, size int64, limits Limits, findings findings) (table, error) {
	if err := checkFooter(file, size); err != nil {
		return nil, err
	}
	opened, err := parquet.OpenFile(file, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, &Refusal{Rule: NotReadable, Message: "is no Parquet that can be read, or was cut off: " + clip(err.Error())}
	}
	if opened.NumRows() > limits.Rows {
		return nil, &Refusal{Rule: TooLarge, Message: "the file has more rows than allowed"}
	}
	var unpacked int64
	for _, group := range opened.Metadata().RowGroups {
		if group.TotalByteSize < 0 || group.TotalByteSize > limits.Bytes-unpacked {
			return nil, &Refusal{Rule: TooLarge, Message: "the file is larger than allowed when unpacked"}
		}
		unpacked += group.TotalByteSize
	}
	if err := checkPages(file, size, opened.Metadata()); err != nil {
		return nil, err
	}
	p := &parquetTable{file: opened, groups: opened.RowGroups(), findings: findings, buffer: make([]parquet.Row, 64)}
	p.plan()
	return p, nil
}

// guarded runs fn and turns what the library does on a hostile file into a
// refusal: its decoders trust some of what a file says of itself, and look by
// pointers where nothing is.
func guarded(fn func() error) (err error) {
	before := debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(before)
		if recover() != nil {
			err = &Refusal{Rule: NotReadable, Message: "is no Parquet that can be read"}
		}
	}()
	return fn()
}

// plan finds out which leaf belongs to which column of the header.
func (p *parquetTable) plan() {
	root := p.file.Root()
	var leaves int
	var count func(c *parquet.Column)
	count = func(c *parquet.Column) {
		if c.Leaf() {
			leaves = max(leaves, c.Index()+1)
		}
		for _, child := range c.Columns() {
			count(child)
		}
	}
	count(root)
	p.leaves = make([]leaf, leaves)
	for i := range p.leaves {
		p.leaves[i].column = -1
	}
	for _, column := range root.Columns() {
		place := len(p.names)
		p.names = append(p.names, column.Name())
		described := parquetColumn{}
		if column.Leaf() {
			p.leaves[column.Index()] = leaf{column: place, node: column}
			kind := column.Type().Kind()
			described.double = kind == parquet.Double || kind == parquet.Float
		} else if key, value, ok := mapLeaves(column); ok {
			described.isMap = true
			p.leaves[key.Index()] = leaf{place, mapKey, key}
			p.leaves[value.Index()] = leaf{place, mapValue, value}
		}
		p.columns = append(p.columns, described)
	}
	p.cells = make([]string, len(p.names))
	p.keys = make([][]string, len(p.names))
}

// mapLeaves gives key and value of a column that is a map of texts.
func mapLeaves(column *parquet.Column) (key, value *parquet.Column, ok bool) {
	if children := column.Columns(); len(children) == 1 && children[0].Repeated() && len(children[0].Columns()) == 2 {
		key, value = children[0].Columns()[0], children[0].Columns()[1]
		ok = key.Leaf() && value.Leaf() && key.Type().Kind() == parquet.ByteArray
	}
	return key, value, ok
}

func (p *parquetTable) header() []string { return p.names }

func (p *parquetTable) binary(column int) bool { return p.columns[column].double }

func (p *parquetTable) next() (cells []string, err error) {
	err = guarded(func() error {
		cells, err = p.read()
		return err
	})
	return cells, err
}

func (p *parquetTable) read() ([]string, error) {
	p.row++
	for p.at == p.filled {
		if p.rows == nil {
			if len(p.groups) == 0 {
				return nil, io.EOF
			}
			p.rows, p.groups = p.groups[0].Rows(), p.groups[1:]
		}
		n, err := p.rows.ReadRows(p.buffer)
		p.at, p.filled = 0, n
		switch {
		case errors.Is(err, io.EOF):
			if n == 0 {
				_ = p.rows.Close() // nothing that was written could be lost
				p.rows = nil
			}
		case err != nil:
			return nil, &Refusal{Row: p.row, Rule: NotReadable, Message: "is broken here: " + clip(err.Error())}
		case n == 0:
			return nil, &Refusal{Row: p.row, Rule: NotReadable, Message: "is broken here"}
		}
	}
	row := p.buffer[p.at]
	p.at++
	return p.cells, p.fill(row)
}

func (p *parquetTable) fill(row parquet.Row) error {
	for i := range p.cells {
		p.cells[i], p.keys[i] = "", p.keys[i][:0]
	}
	var maps map[int]map[string]any
	for _, value := range row {
		index := value.Column()
		if index < 0 || index >= len(p.leaves) || p.leaves[index].column < 0 {
			continue
		}
		at := p.leaves[index]
		if value.IsNull() && at.role != mapValue {
			continue
		}
		text, err := cellText(at.node, value)
		if err != nil {
			return &Refusal{Row: p.row, Column: clip(p.names[at.column]), Rule: BadValue, Message: err.Error()}
		}
		switch at.role {
		case scalar:
			if text == "" {
				p.findings.note(EmptyText, clip(p.names[at.column]), p.row, "")
			}
			p.cells[at.column] = text
		case mapKey:
			p.keys[at.column] = append(p.keys[at.column], text)
		case mapValue:
			keys := p.keys[at.column]
			if maps == nil {
				maps = map[int]map[string]any{}
			}
			if maps[at.column] == nil {
				maps[at.column] = map[string]any{}
			}
			// Keys come before values, each in the same order.
			if len(keys) == 0 {
				continue
			}
			p.keys[at.column] = keys[1:]
			if value.IsNull() {
				maps[at.column][keys[0]] = true // FOCUS: a tag without a value
			} else {
				maps[at.column][keys[0]] = text
			}
		}
	}
	for column, set := range maps {
		if len(set) == 0 {
			continue
		}
		raw, err := json.Marshal(set)
		if err != nil {
			return &Refusal{Row: p.row, Column: clip(p.names[column]), Rule: BadTags, Message: "can't be written as JSON"}
		}
		p.cells[column] = string(raw)
	}
	return nil
}

func (p *parquetTable) close() error {
	return guarded(func() error {
		if p.rows == nil {
			return nil
		}
		return p.rows.Close()
	})
}
