package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"

	"prosa/internal/base/fault"
)

// liteStatement is a prepared statement of the driver, run without
// database/sql in between: its locks, its conversions and its row objects cost
// a third of a statement, and a batch runs thousands.
type liteStatement struct {
	statement interface {
		driver.Stmt
		driver.StmtExecContext
		driver.StmtQueryContext
	}
	args   []driver.NamedValue
	values []driver.Value
}

// direct runs fn with the kept statement for the query. The driver's connection
// is lent for that time only, as sql.Conn.Raw asks.
func (c *liteConn) direct(ctx context.Context, query string, fn func(ctx context.Context, statement *liteStatement) error) error {
	statement, ok := c.directs[query]
	if !ok {
		if err := c.makeRoom(); err != nil {
			return err
		}
	}
	return c.conn.Raw(func(raw any) error {
		if !ok {
			prepared, err := raw.(driver.ConnPrepareContext).PrepareContext(ctx, query)
			if err != nil {
				return err
			}
			statement = &liteStatement{}
			if statement.statement, ok = prepared.(interface {
				driver.Stmt
				driver.StmtExecContext
				driver.StmtQueryContext
			}); !ok {
				return errors.Join(fault.New(fault.Internal, "the SQLite driver has no statements with a context"), prepared.Close())
			}
			c.directs[query] = statement
		}
		return fn(ctx, statement)
	})
}

func (s *liteStatement) close() error { return s.statement.Close() }

// run runs the statement once. The rows told are the rows returned, or without
// scan the rows changed.
func (s *liteStatement) run(ctx context.Context, args []any, i int, scan func(i int, row Row) error) (n int64, err error) {
	if err := s.bind(args); err != nil {
		return 0, err
	}
	if scan == nil {
		result, err := s.statement.ExecContext(ctx, s.args)
		if err != nil {
			return 0, err
		}
		return result.RowsAffected()
	}
	rows, err := s.statement.QueryContext(ctx, s.args)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if columns := len(rows.Columns()); cap(s.values) < columns {
		s.values = make([]driver.Value, columns)
	} else {
		s.values = s.values[:columns]
	}
	for {
		switch err := rows.Next(s.values); {
		case errors.Is(err, io.EOF):
			return n, nil
		case err != nil:
			return n, err
		}
		if err := scan(i, liteRow(s.values)); err != nil {
			return n, err
		}
		n++
	}
}

// bind turns arguments into what the driver takes, in a buffer that is kept.
func (s *liteStatement) bind(args []any) error {
	s.args = s.args[:0]
	for n, arg := range args {
		var value driver.Value
		switch arg := arg.(type) {
		case string, int64, bool, float64, []byte, nil:
			value = arg
		case int:
			value = int64(arg)
		default:
			var err error
			if value, err = driver.DefaultParameterConverter.ConvertValue(arg); err != nil {
				return fault.New(fault.Internal, "argument $%d: %w", n+1, err)
			}
		}
		s.args = append(s.args, driver.NamedValue{Ordinal: n + 1, Value: value})
	}
	return nil
}

// liteRow is one row as the driver gives it.
type liteRow []driver.Value

// Scan implements Row.
func (r liteRow) Scan(dest ...any) error {
	if len(dest) != len(r) {
		return fault.New(fault.Internal, "a row of %d columns is scanned into %d places", len(r), len(dest))
	}
	for i, value := range r {
		if err := assign(dest[i], value); err != nil {
			return fault.New(fault.Internal, "column %d: %w", i+1, err)
		}
	}
	return nil
}

// assign stores a value of the driver. The first cases are all that the house's
// columns need; the rest goes by reflection.
func assign(dest any, value driver.Value) error {
	switch dest := dest.(type) {
	case *string:
		if text, ok := value.(string); ok {
			*dest = text
			return nil
		}
	case *int64:
		if number, ok := value.(int64); ok {
			*dest = number
			return nil
		}
	case *int:
		if number, ok := value.(int64); ok {
			*dest = int(number)
			return nil
		}
	case *bool:
		if number, ok := value.(int64); ok {
			*dest = number != 0
			return nil
		}
	default:
		if text, ok := value.(string); ok {
			if target := reflect.ValueOf(dest); target.Kind() == reflect.Pointer && target.Elem().Kind() == reflect.String {
				target.Elem().SetString(text)
				return nil
			}
		}
	}
	return assignSlowly(dest, value)
}

// assignSlowly stores what is left, by the rules of Rows.Scan as far as columns of
// ours can ask for them.
func assignSlowly(dest any, value driver.Value) error {
	if scanner, ok := dest.(sql.Scanner); ok {
		return scanner.Scan(value)
	}
	target := reflect.ValueOf(dest)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return errors.New("the destination is no pointer")
	}
	target = target.Elem()
	switch value := value.(type) {
	case nil:
		if target.Kind() == reflect.Pointer || target.Kind() == reflect.Interface || target.Type() == reflect.TypeFor[[]byte]() {
			target.SetZero()
			return nil
		}
		return fmt.Errorf("NULL does not go into a %s", target.Type())
	case []byte:
		switch {
		case target.Type() == reflect.TypeFor[[]byte]() || target.Kind() == reflect.Interface:
			target.Set(reflect.ValueOf(append([]byte(nil), value...)))
			return nil
		case target.Kind() == reflect.String:
			target.SetString(string(value))
			return nil
		}
	case string:
		if target.Type() == reflect.TypeFor[[]byte]() {
			target.SetBytes([]byte(value))
			return nil
		}
	case int64:
		switch {
		case target.CanInt() && !target.OverflowInt(value):
			target.SetInt(value)
			return nil
		case target.CanUint() && value >= 0 && !target.OverflowUint(uint64(value)):
			target.SetUint(uint64(value))
			return nil
		case target.CanFloat():
			target.SetFloat(float64(value))
			return nil
		case target.Kind() == reflect.Bool:
			target.SetBool(value != 0)
			return nil
		}
	case bool:
		if target.Kind() == reflect.Bool {
			target.SetBool(value)
			return nil
		}
	case float64:
		if target.CanFloat() {
			target.SetFloat(value)
			return nil
		}
	}
	if target.Kind() == reflect.Interface && target.NumMethod() == 0 {
		target.Set(reflect.ValueOf(value))
		return nil
	}
	return fmt.Errorf("a %T does not go into a %s", value, target.Type())
}
