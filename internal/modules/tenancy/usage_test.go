package tenancy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/event"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// start is in the middle of a month.
var start = time.Date(2026, 11, 16, 15, 0, 0, 0, time.UTC)

// rig is the companies' module on a clock that stands, with a post box.
type rig struct {
	*Service
	t       *testing.T
	db      *database.DB
	clock   *clock.Manual
	letters *postBox
}

// postBox keeps letters, once a key as the post does.
type postBox struct {
	mu      sync.Mutex
	letters []mail.Letter
}

func (p *postBox) Works() bool { return true }

func (p *postBox) Send(_ context.Context, _ *database.Tx, l mail.Letter) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.ContainsFunc(p.letters, func(known mail.Letter) bool { return known.TenantID == l.TenantID && known.Key == l.Key }) {
		p.letters = append(p.letters, l)
	}
	return nil
}

// of gives the templates of what a company got, in order.
func (p *postBox) of(tenantID string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var templates []string
	for _, l := range p.letters {
		if l.TenantID == tenantID {
			templates = append(templates, l.Template)
		}
	}
	return strings.Join(templates, " ")
}

func eachRig(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			cfg := databasetest.Config(t, engine)
			now := clock.NewManual(start)
			cfg.Clock = now
			db, err := database.Open(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			emit := func(context.Context, *database.Tx, int, ...event.Envelope) error { return nil }
			r := &rig{New(db, emit, now), t, db, now, &postBox{}}
			r.BindPost(r.letters, func(context.Context, *database.Tx, string) ([]Person, error) {
				return []Person{{"usr_a", "Ana", "ana@example.com", "pt-BR"}}, nil
			}, "https://app.example.com")
			test(t, r)
		})
	}
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// company makes one, entitled to the limits; nil makes it by hand.
func (r *rig) company(limits map[Meter]Limit) string {
	r.t.Helper()
	made, err := r.Create(context.Background(), Draft{Name: "Loja " + id.New(id.Tenant, 1)}, operator)
	r.must(err)
	if limits != nil {
		r.entitle(made.ID, limits)
	}
	return made.ID
}

func (r *rig) entitle(tenantID string, limits map[Meter]Limit) {
	r.t.Helper()
	r.must(r.db.Write(context.Background(), database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		return Entitle(ctx, tx, tenantID, Entitlements{PlanVersionID: "plv_1", Limits: limits})
	}))
}

// unfenced is an owner that nobody takes over.
type unfenced struct{}

func (unfenced) Fence(context.Context, *database.Tx) error { return nil }

func (r *rig) count(frames ...[]byte) {
	r.t.Helper()
	r.must(r.Follower(nil, slog.New(slog.DiscardHandler)).Count(context.Background(), unfenced{}, frames))
}

// wrote is the event of a message.
func wrote(tenantID, messageID, contactID, direction string, at time.Time) event.Envelope {
	data := fmt.Sprintf(`{"message":{"id":%q,"direction":%q,"kind":"text","at_ms":%d},"conversation":{"contact_id":%q,"account_id":"cha_1"}}`,
		messageID, direction, at.UnixMilli(), contactID)
	return event.Envelope{Version: 1, TenantID: tenantID, Type: event.MessageCreated, AtMS: at.UnixMilli(), Data: json.RawMessage(data)}
}

func frame(t interface{ Fatal(...any) }, envelopes ...event.Envelope) []byte {
	raw, err := json.Marshal(envelopes)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// used gives what a company used of the metered meters this month.
func (r *rig) used(tenantID string) (conversations, messages int64) {
	r.t.Helper()
	list, err := r.Usage(context.Background(), tenantID)
	r.must(err)
	for _, u := range list {
		switch u.Meter {
		case Conversations:
			conversations = u.Used
		case Messages:
			messages = u.Used
		}
	}
	return conversations, messages
}

func TestAConversationBeginsAfterADayOfSilence(t *testing.T) {
	eachRig(t, func(t *testing.T, r *rig) {
		a := r.company(nil)
		at := start.Add(-5 * 24 * time.Hour)
		r.count(frame(t,
			wrote(a, "m1", "ana", "in", at),
			wrote(a, "m2", "ana", "out", at.Add(time.Minute)),
			wrote(a, "m3", "ana", "in", at.Add(24*time.Hour)),         // 23 h 59 min after the last word
			wrote(a, "m4", "ana", "in", at.Add(48*time.Hour)),         // 24 h after it
			wrote(a, "m5", "bia", "out", at.Add(48*time.Hour)),        // the company may begin too
			wrote(a, "m6", "ana", "internal", at.Add(100*time.Hour)),  // a note is no message
			wrote("ten_gone", "m7", "ana", "in", at),                  // no company of ours
			event.Envelope{TenantID: a, Type: "conversation.updated"}, //
			event.Envelope{TenantID: a, Type: event.MessageCreated},   // unreadable
			wrote(a, "m8", "caio", "in", start.Add(-39*24*time.Hour)), // last month
			func() event.Envelope { // history that a channel handed over
				e := wrote(a, "m9", "dora", "in", at)
				e.AtMS += 49 * time.Hour.Milliseconds()
				return e
			}(),
		))
		r.count(nil)
		if conversations, messages := r.used(a); conversations != 3 || messages != 5 {
			t.Fatalf("%d conversations, %d messages", conversations, messages)
		}
		r.must(r.forget(t.Context()))
		if conversations, messages := r.used(a); conversations != 3 || messages != 5 {
			t.Fatalf("forgetting entries took the sums: %d, %d", conversations, messages)
		}
	})
}

// drawer keeps what is put aside.
type drawer struct {
	Streams
	letters map[string][]event.Raw
}

// Publish implements Streams.
func (d *drawer) Publish(_ context.Context, subject string, data []byte) (uint64, error) {
	raws, err := event.ReadFrame(data)
	d.letters[subject] = append(d.letters[subject], raws...)
	return 1, err
}

// What can't be read is nobody's loss: it waits for a binary that can, and its
// neighbours are counted.
func TestAnUnreadableFrameIsPutAside(t *testing.T) {
	eachRig(t, func(t *testing.T, r *rig) {
		a, put := r.company(nil), &drawer{letters: map[string][]event.Raw{}}
		broken := []byte(`no JSON "type":"message.created"`)
		whole := frame(t, wrote(a, "m1", "ana", "in", start.Add(-time.Hour)))
		r.must(r.Follower(put, slog.New(slog.DiscardHandler)).Count(t.Context(), unfenced{}, [][]byte{broken, whole}))
		letters := put.letters["dead.usage"]
		if len(letters) != 1 || string(letters[0].Body) != string(broken) || letters[0].Channel != Letter || letters[0].Problem == "" || letters[0].ReceivedMS == 0 {
			t.Fatalf("put aside: %+v", put.letters)
		}
		if conversations, messages := r.used(a); conversations != 1 || messages != 1 {
			t.Fatalf("%d conversations, %d messages", conversations, messages)
		}
		if err := r.Recount(t.Context(), broken); !fault.Is(err, fault.Refused) {
			t.Errorf("given back as it is: %v", err)
		}
		r.must(r.Recount(t.Context(), frame(t, wrote(a, "m1", "ana", "in", start.Add(-time.Hour)), wrote(a, "m2", "ana", "in", start.Add(-time.Minute)))))
		if conversations, messages := r.used(a); conversations != 1 || messages != 2 {
			t.Fatalf("given back: %d conversations, %d messages", conversations, messages)
		}
	})
}

// However the events are cut into frames, told again, or read again from an
// earlier place, the same is counted once.
func TestNothingIsCountedTwice(t *testing.T) {
	eachRig(t, func(t *testing.T, r *rig) {
		follower := r.Follower(nil, slog.New(slog.DiscardHandler))
		rapid.Check(t, func(t *rapid.T) {
			tenants := []string{r.company(nil), r.company(nil)}
			zone, _ := time.LoadLocation(DefaultTimezone)
			last, sums := map[string]time.Time{}, map[string]int64{}
			var story []event.Envelope
			at := start.Add(-20 * 24 * time.Hour)
			for n := range rapid.IntRange(1, 40).Draw(t, "messages") {
				at = at.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 60, 13 * 60, 24 * 60, 30 * 60}).Draw(t, "minutes")) * time.Minute)
				if at.After(start) {
					break
				}
				tenant, person := rapid.SampledFrom(tenants).Draw(t, "tenant"), rapid.SampledFrom([]string{"ana", "bia"}).Draw(t, "person")
				story = append(story, wrote(tenant, fmt.Sprint("m", n), person, rapid.SampledFrom([]string{"in", "out"}).Draw(t, "direction"), at))
				month := at.In(zone).Format("2006-01")
				sums[tenant+month+"messages"]++
				if before, known := last[tenant+person]; !known || at.Sub(before) >= 24*time.Hour {
					sums[tenant+month+"conversations"]++
				}
				last[tenant+person] = at
			}
			for place := 0; place < len(story); {
				end := min(place+rapid.IntRange(1, 9).Draw(t, "frame"), len(story))
				piece := slices.Clone(story[place:end])
				if rapid.Bool().Draw(t, "doubled") {
					piece = append(piece, piece...)
				}
				cut := rapid.IntRange(0, len(piece)).Draw(t, "cut")
				var frames [][]byte
				for _, part := range [][]event.Envelope{piece[:cut], piece[cut:]} {
					raw, err := json.Marshal(part)
					if err != nil {
						t.Fatal(err)
					}
					frames = append(frames, raw)
				}
				if err := follower.Count(context.Background(), unfenced{}, frames); err != nil {
					t.Fatal(err)
				}
				place = end
				if rapid.IntRange(0, 4).Draw(t, "restart") == 0 {
					place = rapid.IntRange(0, end).Draw(t, "place") // died before it was noted
					if end == len(story) && place < end && rapid.Bool().Draw(t, "enough") {
						place = end
					}
				}
			}
			got := map[string]int64{}
			for _, tenant := range tenants {
				err := r.db.Read(context.Background(), database.Company(tenant), func(ctx context.Context, tx *database.Tx) error {
					for _, month := range []string{"2026-10", "2026-11"} {
						found, err := sumsOf(ctx, tx, tenant, month)
						if err != nil {
							return err
						}
						for meter, s := range found {
							got[tenant+month+string(meter)] = s.used
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(sums) {
				t.Fatalf("counted %v, want %v", got, sums)
			}
		})
	})
}

func TestWarningsComeOnceAMonthAndTheBotsFallSilent(t *testing.T) {
	eachRig(t, func(t *testing.T, r *rig) {
		a := r.company(map[Meter]Limit{Conversations: {Count: 10, Over: Block}, Messages: {Count: 1_000, Over: Overage, OveragePrice: 5}})
		n := 0
		more := func(many int) {
			t.Helper()
			for range many {
				n++
				r.count(frame(t, wrote(a, fmt.Sprint("m", n), fmt.Sprint("c", n), "in", r.clock.Now())))
			}
		}
		level := func() (string, int64) {
			t.Helper()
			list, err := r.Usage(t.Context(), a)
			r.must(err)
			i := slices.IndexFunc(list, func(u Used) bool { return u.Meter == Conversations })
			return list[i].Level, list[i].Percent
		}
		serves := func() Serving {
			t.Helper()
			r.must(r.Refresh(t.Context()))
			return r.Serves(a)
		}
		more(7)
		if word, percent := level(); word != "ok" || percent != 70 || r.letters.of(a) != "" {
			t.Fatalf("%s, %d %%, letters %s", word, percent, r.letters.of(a))
		}
		more(2)
		if word, _ := level(); word != "warning" || r.letters.of(a) != "usage_warning" || !serves().Bots {
			t.Fatalf("%s, letters %s", word, r.letters.of(a))
		}
		more(4)
		if word, percent := level(); word != "reached" || percent != 130 || r.letters.of(a) != "usage_warning usage_reached" {
			t.Fatalf("%s, %d %%, letters %s", word, percent, r.letters.of(a))
		}
		if got := serves(); got.Bots || !got.Sends {
			t.Fatalf("beyond the limit %+v", got)
		}
		for _, l := range r.letters.letters {
			if l.Data["meter"] != "conversas" || l.Data["limit"] != "10" || l.Data["until"] != "01/12/2026" || l.To != "ana@example.com" {
				t.Errorf("%+v", l)
			}
		}
		// A grant gives the bots their voice back until it ends.
		grant, err := r.Grant(t.Context(), a, Grant{Meter: Conversations, Extra: 5, ExpiresMS: r.clock.Now().Add(time.Hour).UnixMilli(), Reason: "uma campanha"}, operator)
		r.must(err)
		if word, percent := level(); word != "warning" || percent != 86 || !serves().Bots {
			t.Fatalf("with a grant %s, %d %%", word, percent)
		}
		r.must(r.EndGrant(t.Context(), a, grant.ID, operator))
		if serves().Bots {
			t.Fatal("the grant has ended and the bots speak")
		}
		// So does a larger plan, at once.
		r.entitle(a, map[Meter]Limit{Conversations: {Count: 100, Over: Block}})
		if !serves().Bots {
			t.Fatal("a larger plan leaves the bots silent")
		}
		r.entitle(a, map[Meter]Limit{Conversations: {Count: 10, Over: Block}})
		more(1)
		if serves().Bots || r.letters.of(a) != "usage_warning usage_reached" {
			t.Fatalf("the smaller plan again: letters %s", r.letters.of(a))
		}
		// The next month begins at nothing, in the company's zone.
		r.clock.Advance(time.Date(2026, 12, 1, 2, 59, 0, 0, time.UTC).Sub(r.clock.Now()))
		if serves().Bots {
			t.Fatal("it is still November in São Paulo")
		}
		r.clock.Advance(2 * time.Minute)
		if word, _ := level(); word != "ok" || !serves().Bots {
			t.Fatalf("in December it is %s", word)
		}
		more(8)
		if r.letters.of(a) != "usage_warning usage_reached usage_warning" {
			t.Fatalf("in December letters %s", r.letters.of(a))
		}
	})
}

func TestOverageStopsNothing(t *testing.T) {
	eachRig(t, func(t *testing.T, r *rig) {
		a := r.company(map[Meter]Limit{Messages: {Count: 2, Over: Overage, OveragePrice: 5}})
		r.count(frame(t, wrote(a, "m1", "c", "in", start), wrote(a, "m2", "c", "out", start), wrote(a, "m3", "c", "in", start)))
		r.must(r.Refresh(t.Context()))
		if r.letters.of(a) != "usage_billed" || !r.Serves(a).Bots {
			t.Fatalf("letters %s, serving %+v", r.letters.of(a), r.Serves(a))
		}
	})
}

// errCode is the reason of a refusal.
func errCode(err error) string {
	var known *fault.Error
	if errors.As(err, &known) {
		return known.Reason
	}
	return fmt.Sprint(err)
}

func TestTheLastSeatGoesToOne(t *testing.T) {
	eachRig(t, func(t *testing.T, r *rig) {
		a := r.company(map[Meter]Limit{Bots: {Count: 3, Over: Block}})
		r.must(r.db.Write(t.Context(), database.Company(a), func(ctx context.Context, tx *database.Tx) error {
			for _, name := range []string{"a", "b"} {
				if err := seat(ctx, tx, a, name); err != nil {
					return err
				}
			}
			return nil
		}))
		errs := make([]error, 20)
		var wait sync.WaitGroup
		for n := range errs {
			wait.Go(func() {
				errs[n] = r.db.Write(context.Background(), database.Company(a), func(ctx context.Context, tx *database.Tx) error {
					err := Admit(ctx, tx, a, Bots, 1, func(ctx context.Context) (n int64, err error) {
						err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM bot WHERE tenant_id = $1", a).Scan(&n)
						return n, err
					})
					if err != nil {
						return err
					}
					return seat(ctx, tx, a, fmt.Sprint("bot", n))
				})
			})
		}
		wait.Wait()
		got := 0
		for _, err := range errs {
			if err == nil {
				got++
			} else if errCode(err) != "plan_limit" || !fault.Is(err, fault.Refused) {
				t.Error(err)
			}
		}
		if got != 1 {
			t.Fatalf("%d took the last seat", got)
		}
		// A grant makes room, for its time.
		_, err := r.Grant(t.Context(), a, Grant{Meter: Bots, Extra: 1, ExpiresMS: start.Add(time.Hour).UnixMilli(), Reason: "para testar"}, operator)
		r.must(err)
		admit := func(limited string) error {
			return r.db.Write(t.Context(), database.Company(limited), func(ctx context.Context, tx *database.Tx) error {
				return Admit(ctx, tx, limited, Bots, 1, func(context.Context) (int64, error) { return 3, nil })
			})
		}
		r.must(admit(a))
		r.clock.Advance(time.Hour)
		if err := admit(a); errCode(err) != "plan_limit" {
			t.Fatalf("the grant has ended: %v", err)
		}
		r.must(admit(r.company(nil)))
		r.must(admit(r.company(map[Meter]Limit{Bots: {Count: Unlimited, Over: Block}})))
		r.must(admit(r.company(map[Meter]Limit{Channels: {Count: 0, Over: Block}})))
	})
}

// seat inserts a bot.
func seat(ctx context.Context, tx *database.Tx, tenantID, name string) error {
	_, err := tx.Exec(ctx, `INSERT INTO bot (tenant_id, id, key, name, state, live_version_id, created_ms, version, shift, shift_version_id, shift_number)
		VALUES ($1, $2, $2, $2, 'active', '', 0, 1, '', '', 0)`, tenantID, name)
	return err
}

func TestGrantsAreChecked(t *testing.T) {
	eachRig(t, func(t *testing.T, r *rig) {
		a := r.company(map[Meter]Limit{Bots: {Count: 1, Over: Block}})
		good := Grant{Meter: Bots, Extra: 1, ExpiresMS: start.Add(time.Hour).UnixMilli(), Reason: "um motivo"}
		for field, change := range map[string]func(*Grant){
			"meter": func(g *Grant) { g.Meter = "stars" }, "extra": func(g *Grant) { g.Extra = 0 }, "reason": func(g *Grant) { g.Reason = "xx" },
			"expires_ms": func(g *Grant) { g.ExpiresMS = start.UnixMilli() },
		} {
			g := good
			change(&g)
			_, err := r.Grant(t.Context(), a, g, operator)
			var known *fault.Error
			if !errors.As(err, &known) || known.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		made, err := r.Grant(t.Context(), a, good, operator)
		r.must(err)
		list, err := r.Grants(t.Context(), a)
		r.must(err)
		if len(list) != 1 || list[0] != made || made.By != "Olga" {
			t.Fatalf("%+v", list)
		}
		if err := r.EndGrant(t.Context(), r.company(nil), made.ID, operator); !fault.Is(err, fault.NotFound) {
			t.Fatalf("another company's: %v", err)
		}
		r.must(r.EndGrant(t.Context(), a, made.ID, operator))
		if list, err := r.Grants(t.Context(), a); err != nil || len(list) != 0 {
			t.Fatalf("%+v, %v", list, err)
		}
	})
}

func FuzzCount(f *testing.F) {
	f.Add([]byte(`[{"type":"message.created","tenant_id":"ten_01h455vb4pex5vsknk084sn02q","data":{"message":{"id":"m","direction":"in"}}}]`))
	f.Add([]byte(`[{"type":"message.created"}]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var envelopes []event.Envelope
		if json.Unmarshal(raw, &envelopes) != nil {
			return
		}
		for _, e := range envelopes {
			if m, counts := saidIn(e); counts && (m.id == "" || m.contactID == "" || !bytes.Contains(raw, []byte("message"))) {
				t.Fatalf("%+v", m)
			}
		}
	})
}
