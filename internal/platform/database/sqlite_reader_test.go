package database

import (
	"database/sql"
	"errors"
	"testing"
)

// A start pays for the connection that writes; readers are opened as many as
// are wanted at once, and no more than are allowed.
func TestReadersAreOpenedWhenTheyAreWanted(t *testing.T) {
	opened, err := openSQLite(t.Context(), Config{Dir: t.TempDir(), Readers: 2, CacheKB: 1024})
	if err != nil {
		t.Fatal(err)
	}
	l := opened.(*lite)
	connections := func(want int) {
		t.Helper()
		if got := l.pool.Stats().OpenConnections; got != want {
			t.Errorf("%d connections are open, not %d", got, want)
		}
	}
	connections(1)
	read := func() session {
		t.Helper()
		s, err := l.begin(t.Context(), "", true)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	end := func(s session) {
		t.Helper()
		if err := s.rollback(); err != nil {
			t.Error(err)
		}
	}
	for range 3 { // one after the other: one is enough
		end(read())
	}
	connections(2)
	first, second := read(), read()
	connections(3)
	third := make(chan session)
	go func() {
		s, err := l.begin(t.Context(), "", true)
		if err != nil {
			t.Error(err)
		}
		third <- s
	}()
	end(first) // the third gets its connection
	end(<-third)
	end(second)
	connections(3)
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	connections(0)
	if _, err := l.begin(t.Context(), "", true); err == nil {
		t.Error("a closed database reads")
	}
}

// A reader that can't be opened is no reader lost.
func TestAReaderIsOpenedAgain(t *testing.T) {
	opened, err := openSQLite(t.Context(), Config{Dir: t.TempDir(), Readers: 1, CacheKB: 1024})
	if err != nil {
		t.Fatal(err)
	}
	l := opened.(*lite)
	good := l.pool
	if l.pool, err = sql.Open("sqlite", "file:"+t.TempDir()+"/no/such/folder"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := l.begin(t.Context(), "", true); err == nil {
			t.Fatal("a reader was opened where nothing is")
		}
	}
	if err := l.pool.Close(); err != nil {
		t.Error(err)
	}
	l.pool = good
	s, err := l.begin(t.Context(), "", true)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.rollback(), l.close()); err != nil {
		t.Error(err)
	}
}
