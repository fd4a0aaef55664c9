package database

import (
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

func TestList(t *testing.T) {
	for want, got := range map[string]string{"$3, $4, $5": List(3, 3), "$1": List(1, 1), "": List(0, 1), "$9, $10": List(2, 9)} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if args := Strings([]string{"a", "b"}); len(args) != 2 || args[1] != "b" {
		t.Errorf("got %v", args)
	}
}

func TestText(t *testing.T) {
	for text, ok := range map[string]bool{"": true, "olá 👋": true, "a\x00b": false, "a\xffb": false, "\xed\xa0\x80": false} {
		if err := Text(text); (err == nil) != ok || err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestConfigRules(t *testing.T) {
	good := Config{Dir: "data"}
	if err := good.Validate(); err != nil || good.Engine() != SQLite {
		t.Fatal(err)
	}
	if server := (Config{URL: secret.New("postgres://app@db/x")}); server.Validate() != nil || server.Engine() != Postgres {
		t.Fatal("a PostgreSQL URL was refused")
	}
	for name, wrong := range map[string]Config{
		"no folder":        {},
		"another database": {URL: secret.New("mysql://root@db/x")},
		"another owner":    {Dir: "data", OwnerURL: secret.New("db")},
		"negative":         {Dir: "data", Readers: -1},
	} {
		if err := wrong.Validate(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
