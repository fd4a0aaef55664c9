package database

import (
	"database/sql"
	"reflect"
	"testing"
)

type word string

// What Each scans must come out as it does of Query, which database/sql scans.
func TestAssign(t *testing.T) {
	for _, c := range []struct {
		value, dest, want any
	}{
		{"a", new(string), "a"},
		{"a", new(word), word("a")},
		{"a", new([]byte), []byte("a")},
		{[]byte("a"), new([]byte), []byte("a")},
		{[]byte("a"), new(string), "a"},
		{int64(7), new(int64), int64(7)},
		{int64(7), new(int), 7},
		{int64(7), new(int32), int32(7)},
		{int64(7), new(uint64), uint64(7)},
		{int64(1), new(bool), true},
		{int64(0), new(bool), false},
		{true, new(bool), true},
		{int64(3), new(float64), 3.0},
		{2.5, new(float64), 2.5},
		{nil, new([]byte), []byte(nil)},
		{"a", new(any), any("a")},
		{nil, new(sql.NullString), sql.NullString{}},
		{"a", new(sql.NullString), sql.NullString{String: "a", Valid: true}},
	} {
		if err := assign(c.dest, c.value); err != nil {
			t.Errorf("%T into %T: %v", c.value, c.dest, err)
		} else if got := reflect.ValueOf(c.dest).Elem().Interface(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%T into %T: %v", c.value, c.dest, got)
		}
	}
	for _, c := range []struct{ value, dest any }{
		{nil, new(string)}, {nil, new(int64)}, {"7", new(int64)}, {int64(300), new(int8)}, {int64(-1), new(uint)}, {"a", "a"},
	} {
		if err := assign(c.dest, c.value); err == nil {
			t.Errorf("%T into %T was taken", c.value, c.dest)
		}
	}
}
