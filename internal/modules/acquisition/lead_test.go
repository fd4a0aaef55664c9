package acquisition

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/modules/crm"
)

func (r *relations) leads() (list []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key := range r.records {
		if strings.HasPrefix(key, "lead ") {
			list = append(list, key)
		}
	}
	slices.Sort(list)
	return list
}

func TestAnAbandonedPurchaseIsALeadOnce(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.arrives("ana@acme.example.com", b.basic)
		bought := b.arrives("bia@acme.example.com", b.trial)
		bought.pays()
		b.must(b.Sweep(ctx))
		b.sweep()
		if got := b.relations.leads(); len(got) != 0 {
			t.Fatalf("%v are leads while they type", got)
		}
		b.relations.fail(&crm.Trouble{Kind: crm.Down, Message: "away"})
		b.clock.Advance(25 * time.Hour)
		b.must(b.Sweep(ctx))
		b.sweep()
		b.relations.fail(nil)
		b.pass(2 * time.Hour)
		b.must(b.Sweep(ctx))
		b.pass(26 * time.Hour)
		b.must(b.Sweep(ctx))
		b.sweep()
		if got := b.relations.leads(); !slices.Equal(got, []string{"lead ana@acme.example.com"}) {
			t.Fatalf("leads: %v", got)
		}
	})
}

func TestWhoComesBackIsNoLead(t *testing.T) {
	b := lite(t)
	v := b.arrives("ana@acme.example.com", b.trial)
	b.relations.fail(errors.New("away"))
	b.clock.Advance(25 * time.Hour)
	b.must(b.Sweep(ctx)) // the lead waits to be told
	v.pays()
	b.relations.fail(nil)
	b.pass(3 * time.Hour)
	if got := b.relations.leads(); len(got) != 0 {
		t.Errorf("%v bought and is a lead", got)
	}
}
