package database_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func TestNotifyIsHeardAfterTheCommitOnly(t *testing.T) {
	db := databasetest.Open(t)
	var heard []int
	stop := db.OnNotify("bell", func(key int) { heard = append(heard, key) })
	ring := func(topic string, key int, result error) {
		err := db.Write(t.Context(), database.Platform("a test rings a bell"), func(_ context.Context, tx *database.Tx) error {
			tx.Notify(topic, key)
			if len(heard) > 0 && heard[len(heard)-1] == key {
				t.Errorf("%d was heard before its commit", key)
			}
			return result
		})
		if !errors.Is(err, result) {
			t.Fatal(err)
		}
	}
	ring("bell", 1, nil)
	ring("other", 2, nil)
	ring("bell", 3, errors.New("rolled back"))
	ring("bell", 4, nil)
	stop()
	ring("bell", 5, nil)
	if !slices.Equal(heard, []int{1, 4}) {
		t.Fatalf("heard %v", heard)
	}
}
