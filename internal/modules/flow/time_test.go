package flow

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/message"
	"prosa/internal/message/fold"
)

const hoursA = `{"name":"a","kind":"hours","week":{"mon":[["08:00","12:00"],["13:00","18:00"]],"tue":[["08:00","18:00"]],"fri":[["18:00","02:00"]],"sat":[["09:00","24:00"]],"sun":[["00:00","24:00"]]},` +
	`"holidays":"br","optional_days":true,"closed_days":["2026-12-14"],"open_days":["2026-11-02"],"open":"y","closed":"n"},{"name":"y","kind":"end","text":"aberto"},{"name":"n","kind":"end","text":"fechado"}`

func TestHours(t *testing.T) {
	for at, want := range map[string]bool{
		"2026-11-23 07:59": false, "2026-11-23 08:00": true, "2026-11-23 11:59": true, "2026-11-23 12:00": false, "2026-11-23 12:59": false, "2026-11-23 13:00": true, "2026-11-23 18:00": false,
		"2026-11-25 10:00": false,                                                                                // a Wednesday without times
		"2026-11-27 17:59": false, "2026-11-27 18:00": true, "2026-11-28 01:59": true, "2026-11-28 02:00": false, // past midnight
		"2026-11-28 23:59": true, "2026-11-29 00:00": true, // until the end of a day
		"2026-11-02 10:00": true,                             // Finados, but the company is open
		"2026-10-12 10:00": false,                            // Nossa Senhora Aparecida, a Monday
		"2026-02-16 10:00": false, "2026-02-17 10:00": false, // Carnaval
		"2026-12-14 10:00": false,                            // a day of its own
		"2026-11-20 19:00": false, "2026-11-21 01:00": false, // a holiday's night belongs to the holiday
		"2026-04-03 20:00": false, "2026-04-10 20:00": true, "2026-11-15 10:00": false,
	} {
		c := talk(t, "", hoursA)
		local, err := time.ParseInLocation("2006-01-02 15:04", at, c.env.Zone)
		if err != nil {
			t.Fatal(err)
		}
		c.env.NowMS = local.UnixMilli() - 1000 // write adds a second
		if text := lastText(t, c.write("oi")); (text == "aberto") != want {
			t.Errorf("%s: %s", at, text)
		}
	}
}

func TestHoursInTheirOwnZone(t *testing.T) {
	for zone, want := range map[string]string{"": "aberto", "America/Sao_Paulo": "aberto", "America/Rio_Branco": "fechado", "America/Noronha": "aberto"} {
		// Half past eight in Recife: half past six in Acre.
		c := talk(t, "", strings.Replace(hoursA, `"week"`, `"zone":"`+zone+`","week"`, 1))
		c.env.NowMS = time.Date(2026, 11, 23, 8, 30, 0, 0, c.env.Zone).UnixMilli()
		if text := lastText(t, c.write("oi")); text != want {
			t.Errorf("%q: %s", zone, text)
		}
	}
}

func TestNeverOpenIsWarnedOf(t *testing.T) {
	c := talk(t, "", `{"name":"a","kind":"hours","week":{},"open":"y","closed":"n"},{"name":"y","kind":"end","text":"aberto"},{"name":"n","kind":"end","text":"fechado"}`)
	if text := lastText(t, c.write("oi")); text != "fechado" {
		t.Errorf("%q", text)
	}
}

// The state of a minute agrees with a plain reading of the table, whatever the
// times are.
func TestHoursAgreeWithTheirTable(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		from, to := rapid.IntRange(0, 23).Draw(rt, "from"), rapid.IntRange(0, 24).Draw(rt, "to")
		if from == to {
			return
		}
		h := &hours{node: &hoursNode{}}
		end := to * 60
		if to < from {
			end += minutesOfDay
		}
		for day := range h.week {
			h.week[day] = []span{{from * 60, end}}
		}
		at := time.Date(2026, 3, 1, 0, rapid.IntRange(0, 40*24*60).Draw(rt, "minute"), 0, 0, time.UTC)
		want := at.Hour() >= from && at.Hour() < to
		if to < from {
			want = at.Hour() >= from || at.Hour() < to
		}
		if got := h.opens(at); got != want {
			rt.Fatalf("%s with %d to %d: %v", at.Format("15:04"), from, to, got)
		}
	})
}

func TestClocks(t *testing.T) {
	for text, want := range map[string]int{"00:00": 0, "09:05": 545, "23:59": 1439, "24:00": 1440, "24:01": -1, "9:00": -1, "09:60": -1, "": -1, "aa:bb": -1, "-1:00": -1, "09:00:00": -1, "0900": -1} {
		if got, ok := clock(text); ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %d %v", text, got, ok)
		}
	}
}

func waitFlow(how string) []string {
	return []string{`{"name":"a","kind":"message","text":"Já volto.","next":"w"}`, `{"name":"w","kind":"wait",` + how + `,"next":"b"}`,
		`{"name":"b","kind":"question","text":"Voltei. Nome?","expect":"text","save":"nome","next":"z"}`, `{"name":"m","kind":"end","text":"Que bom que voltou!"}`, endZ}
}

func TestWaits(t *testing.T) {
	for how, want := range map[string]time.Duration{
		`"seconds":5`: 5 * time.Second, `"minutes":90`: 90 * time.Minute, `"hours":2`: 2 * time.Hour, `"days":3`: 72 * time.Hour,
		`"until":"10:30"`: 30*time.Minute - time.Second, `"until":"10:00"`: 24*time.Hour - time.Second, `"until":"09:59"`: 24*time.Hour - time.Minute - time.Second, `"until":"00:00"`: 14*time.Hour - time.Second,
	} {
		nodes := waitFlow(how + `,"on_message":"m"`)
		c := talk(t, "", nodes...) // ten o'clock, and a second when it is written
		effects := c.write("oi")
		if got := time.Duration(c.timer.AtMS-c.env.NowMS) * time.Millisecond; got != want || len(sends(effects)) != 1 || c.state.Node != "w" {
			t.Errorf("%s: %v, want %v", how, got, want)
		}
		old := c.timer
		if text := lastText(t, c.write("!idle")); text != "Voltei. Nome?" || c.state.DueMS != 0 {
			t.Errorf("%s: %q", how, text)
		}
		if effects := c.step(Input{Kind: Timer, Timer: old.Timer}); len(effects) != 0 {
			t.Errorf("%s: a timer that has fired fires again: %+v", how, effects)
		}
	}
}

func TestAWordEndsAWait(t *testing.T) {
	for how, want := range map[string]string{`"hours":2,"on_message":"m"`: "Que bom que voltou!", `"hours":2`: "Voltei. Nome?"} {
		nodes := waitFlow(how)
		if !strings.Contains(how, "on_message") {
			nodes = append(nodes[:3], nodes[4]) // nothing leads to m
		}
		for _, line := range []string{"oi?", "!voice", "#1"} {
			c := talk(t, "", nodes...)
			c.write("oi")
			if line == "#1" { // an old button is a word like any other
				c.step(Input{Kind: Wrote, Content: message.Content{Kind: message.Pick, Text: "Sim", Pick: &message.Picked{ID: "other00000.1.0"}}})
			} else if text := lastText(t, c.write(line)); text != want {
				t.Errorf("%s, %s: %q", how, line, text)
			}
			if c.state.DueMS != 0 {
				t.Errorf("%s: it still waits until %d", how, c.state.DueMS)
			}
		}
		c := talk(t, "", nodes...)
		c.write("oi")
		if effects := c.write("!reaction 👍"); len(effects) != 0 {
			t.Errorf("a reaction ended the wait: %+v", effects)
		}
		if c.write("atendente"); c.state.Status != HandedOff {
			t.Errorf("no person during a wait: %s", c.state.Status)
		}
	}
}

// A wait may be longer than the age at which a session begins anew.
func TestALongWaitOutlivesTheAgeOfASession(t *testing.T) {
	for _, line := range []string{"!idle", "oi de novo"} {
		c := talk(t, `"settings":{"max_hours":1}`, waitFlow(`"days":5,"on_message":"m"`)...)
		c.write("oi")
		if line != "!idle" {
			c.env.NowMS += 4 * 24 * hourMS
		}
		text := lastText(t, c.write(line))
		if line == "!idle" && text != "Voltei. Nome?" || line != "!idle" && text != "Que bom que voltou!" {
			t.Errorf("%s: %q", line, text)
		}
	}
}

func TestALongWaitIsWarnedOf(t *testing.T) {
	for how, want := range map[string]int{`"days":2`: 3, `"hours":2`: 0} {
		nodes := waitFlow(how)
		definition, err := Parse([]byte(strings.Replace(wrapped(strings.Join(append(nodes[:3:3], nodes[4]), ",")), `"kind":"end"`, `"kind":"end","text":"Tchau"`, 1)))
		if err != nil {
			t.Fatal(err)
		}
		flow, issues := Compile(definition, Options{Channels: allChannels})
		if flow == nil || len(issues) != want {
			t.Errorf("%s: %v", how, issues)
		}
		for _, issue := range issues {
			if issue.Code != codeWindow || issue.Weight != Warning || issue.Node != "w" || issue.Args[0] == string(message.Telegram) {
				t.Errorf("%s: %+v", how, issue)
			}
		}
	}
}

// A round of waits on which the customer never writes is warned of, and ends
// with a person.
func TestARoundOfWaitsEnds(t *testing.T) {
	text := wrapped(`{"name":"a","kind":"message","text":"Ainda aí?","next":"w"},{"name":"w","kind":"wait","hours":1,"next":"a","on_message":"z"},` + endZ)
	definition, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	flow, issues := Compile(definition, Options{Channels: allChannels})
	if flow == nil || len(issues) != 1 || issues[0].Code != codeCycleTimed || !strings.Contains(issues[0].Sentence("pt-BR"), "a > w > a") {
		t.Fatalf("%v", issues)
	}
	c := meet(t, flow, message.WhatsApp)
	c.write("oi")
	rounds := 0
	for ; c.state.Status == Waiting && rounds < 100; rounds++ {
		c.write("!idle")
	}
	if c.state.Status != Failed || rounds != maxWakes+1 {
		t.Fatalf("%s after %d rounds", c.state.Status, rounds)
	}
}

func TestAWordForgivesTheWaits(t *testing.T) {
	text := wrapped(`{"name":"a","kind":"message","text":"Ainda aí?","next":"w"},{"name":"w","kind":"wait","hours":1,"next":"a"}`)
	c := meet(t, forced(t, text), message.WhatsApp)
	c.write("oi")
	for i := range 3 * maxWakes {
		if i%10 == 9 {
			c.write("sim, estou")
		} else {
			c.write("!idle")
		}
		if c.state.Status != Waiting {
			t.Fatalf("%s at wake %d", c.state.Status, i)
		}
	}
}

func TestTimesOfTheDay(t *testing.T) {
	for said, want := range map[string]string{
		"14:30": "14:30", "14h30": "14:30", "14h": "14:00", "14 h": "14:00", "14h30min": "14:30", "9": "09:00", "às 9 da manhã": "09:00", "3 da tarde": "15:00", "3:15 da tarde": "15:15", "8 e meia da noite": "20:30",
		"2 pm": "14:00", "2pm": "14:00", "2:45 PM": "14:45", "12 am": "00:00", "12 pm": "12:00", "meio-dia": "12:00", "meia noite": "00:00", "0:05": "00:05", "23h59": "23:59", "15 horas": "15:00", "noon": "12:00",
		"24:00": "", "25h": "", "9:60": "", "manhã": "", "": "", "nove": "", "9 10 11": "", "3 da tarde da manhã": "", "h": "",
	} {
		minute, ok := timeOfDay(fold.Words(said))
		if got := fmt.Sprintf("%02d:%02d", minute/60, minute%60); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %s %v, want %q", said, got, ok, want)
		}
	}
}

func TestMoney(t *testing.T) {
	for said, want := range map[string]float64{
		"R$ 1.234,56": 123456, "r$50": 5000, "R$ 50,00": 5000, "1.234": 123400, "12,5": 1250, "0,01": 1, "50 reais": 5000, "1 real": 100, "1,234.56": 123456, "10": 1000, "R$ 1.000.000,00": 100000000, "  7,90  ": 790, "brl": -1,
		"dez": -1, "": -1, "-5": -1, "R$ -5": -1, "10%": -1, "0,001": -1, "1,2345": -1, "99999999999999": -1, "R$": -1, "NaN": -1, "inf": -1,
	} {
		got, ok := money(said)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %v %v, want %v", said, got, ok, want)
		}
	}
}

// Money reads back what it is written as.
func TestMoneyReadsWhatIsWritten(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		cents := rapid.Int64Range(0, 1e11).Draw(rt, "cents")
		whole := fmt.Sprint(cents / 100)
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + "." + whole[i:]
		}
		said := fmt.Sprintf("R$ %s,%02d", whole, cents%100)
		if got, ok := money(said); !ok || int64(got) != cents {
			rt.Fatalf("%q: %v %v, want %d", said, got, ok, cents)
		}
	})
}
