package database

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
)

// all runs one statement for all rows: the rows travel as an array a column, and
// the statement joins them. PostgreSQL then starts one execution instead of one
// a row, which costs more than most rows do.
func (s *serverSession) all(ctx context.Context, query string, args [][]any, scan func(i int, row Row) error) (int64, error) {
	if len(args) < 2 {
		return s.each(ctx, query, args, scan)
	}
	var total int64
	for start := 0; start < len(args); start += maxBatch {
		n, err := s.set(ctx, query, args[start:min(start+maxBatch, len(args))], start, scan)
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

func (s *serverSession) set(ctx context.Context, query string, args [][]any, start int, scan func(i int, row Row) error) (total int64, err error) {
	columns, types, err := columnsOf(args)
	if err != nil {
		return 0, err
	}
	joined, err := joinRows(query, types)
	if err != nil {
		return 0, err
	}
	if scan == nil {
		return s.exec(ctx, joined.text, columns)
	}
	rows, err := s.rows(ctx, joined.text, columns)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	row := &placedRow{source: rows}
	for rows.Next() {
		i := -1
		if joined.placed {
			raw := rows.RawValues()[0]
			if len(raw) != 8 {
				return total, fault.New(fault.Internal, "a place came as %d bytes", len(raw))
			}
			i = start + int(binary.BigEndian.Uint64(raw)) - 1
			row.skip = 1
		}
		if err := scan(i, row); err != nil {
			return total, err
		}
		total++
	}
	return total, rows.Err()
}

// placedRow is a row behind the place of its arguments.
type placedRow struct {
	source source
	skip   int
	dest   []any
}

// Scan implements Row.
func (r *placedRow) Scan(dest ...any) error {
	if r.skip == 0 {
		return r.source.Scan(dest...)
	}
	r.dest = append(append(r.dest[:0], nil), dest...) // nil: the place is passed over
	return r.source.Scan(r.dest...)
}

// columnsOf turns rows of arguments into an array a column, with the array's
// type in PostgreSQL.
func columnsOf(args [][]any) (columns []any, types []string, err error) {
	columns, types = make([]any, len(args[0])), make([]string, len(args[0]))
	for c := range columns {
		var ok bool
		switch args[0][c].(type) {
		case string:
			types[c] = "text[]"
			columns[c], ok = column(args, c, func(v any) (string, bool) { s, ok := v.(string); return s, ok })
		case int, int64:
			types[c] = "bigint[]"
			columns[c], ok = column(args, c, func(v any) (int64, bool) {
				if n, ok := v.(int); ok {
					return int64(n), true
				}
				n, ok := v.(int64)
				return n, ok
			})
		case bool:
			types[c] = "boolean[]"
			columns[c], ok = column(args, c, func(v any) (bool, bool) { b, ok := v.(bool); return b, ok })
		case []byte:
			types[c] = "bytea[]"
			columns[c], ok = column(args, c, func(v any) ([]byte, bool) { b, ok := v.([]byte); return b, ok })
		}
		if !ok {
			return nil, nil, fault.New(fault.Internal, "argument $%d of rows is not a text, a number, a truth or bytes in each of them", c+1)
		}
	}
	return columns, types, nil
}

func column[T any](args [][]any, c int, as func(any) (T, bool)) ([]T, bool) {
	values := make([]T, len(args))
	for i, row := range args {
		if len(row) <= c {
			return nil, false
		}
		value, ok := as(row[c])
		if !ok {
			return nil, false
		}
		values[i] = value
	}
	return values, true
}

// joinedQuery is a statement for one row that was turned into one for many.
type joinedQuery struct {
	text   string
	placed bool // the first column returned is the place of the row's arguments
}

// joinRows rewrites a statement for one row of arguments into one that takes
// them as arrays. It knows the four shapes that the house uses and refuses all
// else.
//
//	INSERT INTO t (..) VALUES ($1, ..) tail   -> INSERT INTO t (..) SELECT row_.v1, .. FROM unnest(..) row_ tail
//	UPDATE t SET .. WHERE .. [RETURNING ..]   -> UPDATE t SET .. FROM unnest(..) row_ WHERE .. [RETURNING row_.place, ..]
//	DELETE FROM t WHERE .. [RETURNING ..]     -> DELETE FROM t USING unnest(..) row_ WHERE .. [RETURNING row_.place, ..]
//	SELECT ..                                 -> SELECT row_.place, q.* FROM unnest(..) row_, LATERAL (SELECT ..) q
func joinRows(query string, types []string) (joinedQuery, error) {
	query = strings.TrimSpace(query)
	refused := func(why string) (joinedQuery, error) {
		return joinedQuery{}, fault.New(fault.Internal, "the statement can't be run for many rows at once, %s: %s", why, query)
	}
	rows := rowSource(types)
	verb, _, _ := strings.Cut(query, " ")
	switch verb {
	case "INSERT":
		before, values, ok := strings.Cut(query, "VALUES (")
		if !ok {
			return refused("it has no VALUES")
		}
		end := closing(values)
		if end < 0 {
			return refused("its VALUES do not end")
		}
		tail := values[end+1:]
		if strings.Contains(tail, "$") {
			return refused("it has arguments behind its VALUES")
		}
		return joinedQuery{text: before + "SELECT " + rowValues(values[:end]) + " FROM " + rows + tail}, nil
	case "UPDATE", "DELETE":
		at := strings.LastIndex(query, "WHERE ")
		if at < 0 {
			return refused("it has no WHERE")
		}
		link := "FROM "
		if verb == "DELETE" {
			link = "USING "
		}
		text := rowValues(query[:at]) + link + rows + " " + rowValues(query[at:])
		head, returned, ok := strings.Cut(text, "RETURNING ")
		if ok {
			text = head + "RETURNING row_.place, " + returned
		}
		return joinedQuery{text: text, placed: true}, nil
	case "SELECT":
		// The fence keeps the planner from joining in an order of its own: each
		// row of arguments is looked up by the key, in their order. Locked and
		// limited queries are fenced by themselves.
		fence := ""
		if !strings.Contains(query, " FOR UPDATE") && !strings.Contains(query, " LIMIT ") {
			fence = " OFFSET 0"
		}
		return joinedQuery{text: "SELECT row_.place, q.* FROM " + rows + ", LATERAL (" + rowValues(query) + fence + ") q", placed: true}, nil
	default:
		return refused("its verb is not known")
	}
}

// rowSource spells the rows of arguments as a table.
func rowSource(types []string) string {
	var arrays, names strings.Builder
	for i, name := range types {
		if i > 0 {
			arrays.WriteString(", ")
		}
		fmt.Fprintf(&arrays, "CAST($%d AS %s)", i+1, name)
		fmt.Fprintf(&names, "v%d, ", i+1)
	}
	return "unnest(" + arrays.String() + ") WITH ORDINALITY AS row_ (" + names.String() + "place)"
}

// rowValues replaces the placeholders by columns of the rows.
func rowValues(text string) string {
	var out strings.Builder
	for {
		at := strings.IndexByte(text, '$')
		if at < 0 {
			out.WriteString(text)
			return out.String()
		}
		out.WriteString(text[:at])
		end := at + 1
		for end < len(text) && text[end] >= '0' && text[end] <= '9' {
			end++
		}
		number, _ := strconv.Atoi(text[at+1 : end])
		out.WriteString("row_.v" + strconv.Itoa(number))
		text = text[end:]
	}
}

// closing finds the parenthesis that closes one that was opened before text.
func closing(text string) int {
	depth := 1
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}
