package metacatalog

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/clock"
)

// TestWhatWasAnsweredSurvivesAKill: the folder as a kill leaves it, at any
// answer, holds all that was said before.
func TestWhatWasAnsweredSurvivesAKill(t *testing.T) {
	dir := t.TempDir()
	config := Config{Dir: dir, Delays: Delays{Finish: time.Minute}}
	s := start(t, config)
	id := s.catalog("Vitrine")
	first, _ := s.push(id, request1("UPDATE", good("a")))
	s.clock.Advance(time.Minute)
	s.check(id, first)
	second, said := s.push(id, request1("UPDATE", good("b")), request1("DELETE", data{"id": "a"}))
	if len(said) != 0 {
		t.Fatal(said)
	}

	// The process is gone without a word: what is in the file is all there is,
	// with a line that was being written.
	text, err := os.ReadFile(filepath.Join(dir, "metacatalog.journal"))
	if err != nil {
		t.Fatal(err)
	}
	left := t.TempDir()
	if err := os.WriteFile(filepath.Join(left, "metacatalog.journal"), append(text, "0000abcd\titem/"...), 0o600); err != nil {
		t.Fatal(err)
	}
	s.stop()
	config.Dir = left
	s.run(config)
	if s.check(id, first)["status"] != "finished" || s.check(id, second)["status"] != "started" || s.read(id, "a", "id") == nil {
		t.Fatal("it was said otherwise")
	}
	s.clock.Advance(time.Minute)
	if s.check(id, second)["status"] != "finished" || s.read(id, "a", "id") != nil || s.read(id, "b", "id") == nil {
		t.Fatal("the batch that was under way is lost")
	}
	if _, err := New(Config{Dir: filepath.Join(left, "metacatalog.journal", "x")}); err == nil {
		t.Fatal("a folder that can't be")
	}
}

// TestManyAtOnce: pushes and reads side by side lose nothing, and every page is
// whole.
func TestManyAtOnce(t *testing.T) {
	s := start(t, Config{Unlimited: true})
	id := s.catalog("Vitrine")
	const writers, batches = 4, 10
	var group sync.WaitGroup
	failures := make(chan error, 100)
	for writer := range writers {
		group.Go(func() {
			for batch := range batches {
				rows := []data{request1("UPDATE", good(fmt.Sprintf("w%d-%02d", writer, batch))), request1("UPDATE", good(fmt.Sprintf("last-%d", writer)))}
				response, text, err := s.send(http.MethodPost, "/v25.0/"+id+"/items_batch", data{"item_type": "PRODUCT_ITEM", "requests": rows})
				if err != nil || response.StatusCode != http.StatusOK {
					failures <- fmt.Errorf("%v %s", err, text)
				}
			}
		})
		group.Go(func() {
			for range batches {
				response, text, err := s.send(http.MethodGet, "/v25.0/"+id+"/products?summary=true&fields=retailer_id,errors&limit=7&filter="+url.QueryEscape(`{"name":{"i_contains":"w"}}`), nil)
				if err != nil || response.StatusCode != http.StatusOK {
					failures <- fmt.Errorf("%v %s", err, text)
				}
				s.Items(id, "", 5)
				s.Catalogs()
			}
		})
	}
	group.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}
	if view := s.Catalogs()[0]; view.Items != writers*(batches+1) || view.Batches != 0 {
		t.Fatalf("%+v", view)
	}
}

// TestTheClockOfTheMachine: without anybody asking, a batch ends by itself and
// says so.
func TestTheClockOfTheMachine(t *testing.T) {
	s := start(t, Config{Clock: clock.System{}, Delays: Delays{Start: 10 * time.Millisecond, Finish: 10 * time.Millisecond}})
	id := s.catalog("Vitrine")
	s.push(id, request1("UPDATE", good("a")))
	if hook := s.hears(); !hook.genuine {
		t.Fatal(hook)
	}
	if _, ok := s.Item(id, "a"); !ok {
		t.Fatal("not applied")
	}
}
