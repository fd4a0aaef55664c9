package app

import (
	"strings"
	"testing"
	"time"

	"prosa/internal/modules/conversation"
)

func TestPowerIsReadFromItsRecord(t *testing.T) {
	const record = `part,state,from,to,why
all,up,2026-11-20T00:00:00Z,2026-11-20T12:00:00Z,lease
services,down,2026-11-20T12:00:00Z,2026-11-21T00:00:00Z,schedule
all,down,2026-11-20T12:00:00Z,2026-11-21T00:00:00Z,schedule
all,partial,2026-11-21T00:00:00Z,2026-11-21T01:00:00Z,lease
all,down,2026-11-22T00:00:00Z,2026-11-23T00:00:00Z,schedule
`
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		from, until   time.Time
		off, observed time.Duration
	}{
		{at(1, 0), at(30, 0), 36 * time.Hour, 49 * time.Hour},
		{at(20, 6), at(20, 18), 6 * time.Hour, 12 * time.Hour}, // cut at both ends
		{at(24, 0), at(25, 0), 0, 0},                            // nobody looked
	} {
		off, observed, err := readPower(strings.NewReader(record), c.from, c.until)
		if err != nil || off != c.off || observed != c.observed {
			t.Errorf("%s to %s: off %s of %s, %v", c.from, c.until, off, observed, err)
		}
	}
	for _, bad := range []string{"part,state\nall,\"up", "part,state,from,to,why\nall,up,yesterday,today,x\n"} {
		if _, _, err := readPower(strings.NewReader(bad), at(1, 0), at(2, 0)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestEveryMeasureOfConversationIsAMeter(t *testing.T) {
	for _, what := range []string{
		conversation.MeasuredIn, conversation.MeasuredOut, conversation.MeasuredBot, conversation.MeasuredTemplates, conversation.MeasuredBytes,
		conversation.MeasuredConversations, conversation.MeasuredContacts, conversation.MeasuredPeople, conversation.MeasuredBilled, conversation.MeasuredFree,
	} {
		if kind, ok := meterOf(what); !ok || string(kind) != what {
			t.Errorf("%s is measured as %q", what, kind)
		}
	}
}
