package acquisition

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// Whoever types a card's number into one of our fields is told so, and nothing of
// it is kept.
func TestNoFieldKeepsACardNumber(t *testing.T) {
	const number = "4242 4242 4242 4242"
	b := lite(t)
	v := b.begins(b.basic, "")
	v.fills(acme("ana@acme.example.com"))
	tried := 0
	kind := reflect.TypeFor[Patch]()
	for i := range kind.NumField() {
		field := kind.Field(i)
		if field.Type != reflect.TypeFor[*string]() || field.Name == "Interval" { // the API takes month and year alone
			continue
		}
		tried++
		typed := number
		patch := Patch{}
		reflect.ValueOf(&patch).Elem().Field(i).Set(reflect.ValueOf(&typed))
		if _, err := b.Change(ctx, v.token, patch); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s takes it: %v", field.Name, err)
		}
	}
	if tried < 20 {
		t.Errorf("%d fields were tried", tried)
	}
	b.must(b.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		var kept string
		err := tx.QueryRow(ctx, `SELECT person || company || coupon || version_id || trade || email FROM acquisition WHERE id = $1`, v.looks().ID).Scan(&kept)
		if strings.Contains(kept, "4242") {
			t.Errorf("kept: %s", kept)
		}
		return err
	}))
}
