package flow

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"prosa/internal/message"
)

const ratingA = `{"name":"a","kind":"rating","text":"Nota?","scale":%d,"save":"nota",%s"next":"z"},{"name":"z","kind":"end","text":"nota {{vars.nota}}"},{"name":"n","kind":"end","text":"que pena"}`

func rates(effects []Effect) (out []Rate) {
	for _, effect := range effects {
		if effect.Rate != nil {
			out = append(out, *effect.Rate)
		}
	}
	return out
}

func TestRatingsToFive(t *testing.T) {
	for said, want := range map[string]int{"#1": 1, "#5": 5, "4": 4, "nota 3": 3, "5 - Ótimo": 5, "ótimo": 5, "PÉSSIMO": 1, "2️⃣": 2, "0": 0, "6": 0, "": 0, "mais ou menos": 0, "!sticker": 0, "4 ou 5": 0} {
		c := talk(t, "", fmt.Sprintf(ratingA, 5, `"low":{"most":2,"next":"n"},`))
		first := sends(c.write("oi"))[0]
		if first.Kind != message.Options || len(first.Choice.Options) != 5 || first.Text != "Nota?" {
			t.Fatalf("%+v", first)
		}
		effects := c.write(said)
		got := rates(effects)
		if want == 0 {
			if len(got) != 0 || c.state.Status != Waiting || c.state.Misses != 1 {
				t.Errorf("%q: %v, %s", said, got, c.state.Status)
			}
			continue
		}
		if !reflect.DeepEqual(got, []Rate{{Node: "a", Score: want, Scale: 5}}) {
			t.Errorf("%q: %v", said, got)
		}
		told := fmt.Sprint("nota ", want)
		if want <= 2 {
			told = "que pena"
		}
		if text := lastText(t, effects); text != told {
			t.Errorf("%q: %q", said, text)
		}
	}
}

func TestRatingsToTen(t *testing.T) {
	for said, want := range map[string]int{"0": 0, "10": 10, "7": 7, "nota 9": 9, "11": -1, "-1": 1, "dez": -1, "#1": -1, "péssimo": -1} {
		c := talk(t, "", strings.Replace(fmt.Sprintf(ratingA, 10, `"low":{"most":6,"next":"n"},`), `"text":"Nota?"`, `"text":"De 0 a 10?"`, 1))
		if first := sends(c.write("oi"))[0]; first.Kind != message.Text {
			t.Fatalf("%+v", first)
		}
		if said == "#1" {
			continue // there is nothing to tap
		}
		effects := c.write(said)
		got := rates(effects)
		if want < 0 {
			if len(got) != 0 || lastText(t, effects) != portuguese.score10 {
				t.Errorf("%q: %v %q", said, got, lastText(t, effects))
			}
		} else if len(got) != 1 || got[0].Score != want || got[0].Scale != 10 {
			t.Errorf("%q: %v", said, got)
		}
	}
}

func TestAStaleScoreIsNotTaken(t *testing.T) {
	c := talk(t, "", fmt.Sprintf(ratingA, 5, `"low":{"most":2,"next":"n"},`))
	c.write("oi")
	effects := c.step(Input{Kind: Wrote, Content: message.Content{Kind: message.Pick, Text: "5 - Ótimo", Pick: &message.Picked{ID: "other00000.9.4", Title: "5 - Ótimo"}}})
	if len(rates(effects)) != 0 || !strings.HasPrefix(lastText(t, effects), portuguese.stale) || c.state.Misses != 0 {
		t.Errorf("%+v", effects)
	}
}

func TestTheCommentOfARating(t *testing.T) {
	for said, want := range map[string]string{"foi rápido": "foi rápido", "não": "", "pular": "", "!sticker": "", "!image que lindo": "que lindo", strings.Repeat("é", 900): strings.Repeat("é", 500)} {
		c := talk(t, "", fmt.Sprintf(ratingA, 5, `"comment":"Por quê?","low":{"most":2,"next":"n"},`))
		c.write("oi")
		effects := c.write("2")
		if got := rates(effects); len(got) != 1 || got[0].Comment != "" || lastText(t, effects) != "Por quê?" || c.state.Stage != stageComment {
			t.Fatalf("%v %q", got, lastText(t, effects))
		}
		effects = c.write(said)
		got := rates(effects)
		if want == "" && len(got) != 0 || want != "" && (len(got) != 1 || got[0] != Rate{Node: "a", Score: 2, Scale: 5, Comment: want}) {
			t.Errorf("%.20q: %v", said, got)
		}
		if lastText(t, effects) != "que pena" || c.state.Stage != 0 && c.state.Status == Waiting {
			t.Errorf("%.20q: %q", said, lastText(t, effects))
		}
	}
	silent := talk(t, "", fmt.Sprintf(ratingA, 5, `"comment":"Por quê?","low":{"most":2,"next":"n"},`))
	silent.write("oi")
	silent.write("5")
	if silent.write("!idle"); silent.state.Status != Ended {
		t.Errorf("a silent customer: %s", silent.state.Status)
	}
}

func TestSwitches(t *testing.T) {
	for said, want := range map[string]string{"São Paulo": "sp", "sao paulo!": "sp", "SP": "sp", "recife": "pe", "10": "dez", "10,0": "outro", "10.0": "dez", "Olinda": "outro", "👍": "joia", strings.Repeat("x", 3000): "outro"} {
		c := talk(t, "", `{"name":"a","kind":"question","text":"?","expect":"text","save":"x","next":"s"}`,
			`{"name":"s","kind":"switch","on":"vars.x","cases":[{"name":"paulista","values":["são paulo","sp"],"next":"sp"},{"values":["Recife"],"next":"pe"},{"values":["10"],"next":"dez"},{"values":["👍"],"next":"joia"}],"else":"outro"}`,
			`{"name":"sp","kind":"end","text":"sp"}`, `{"name":"pe","kind":"end","text":"pe"}`, `{"name":"dez","kind":"end","text":"dez"}`, `{"name":"joia","kind":"end","text":"joia"}`, `{"name":"outro","kind":"end","text":"outro"}`)
		c.write("oi")
		if text := lastText(t, c.write(said)); text != want {
			t.Errorf("%.20q: %q, want %q", said, text, want)
		}
		label := map[string]string{"sp": "paulista", "pe": "cases.2", "dez": "cases.3", "joia": "cases.4", "outro": "else"}[want]
		if got := c.trail[1]; (got != Passed{"s", label}) {
			t.Errorf("%.20q: %v", said, got)
		}
	}
	empty := talk(t, "", `{"name":"a","kind":"switch","on":"contact.city","cases":[{"values":["x"],"next":"z"}],"else":"n"}`, endZ, `{"name":"n","kind":"end","text":"nada"}`)
	if text := lastText(t, empty.write("oi")); text != "nada" {
		t.Errorf("nothing at all: %q", text)
	}
}

// A session always goes the same way of a split, and many go by the weights.
func TestSplitsAreStickyAndFair(t *testing.T) {
	c := talk(t, "", `{"name":"a","kind":"split","arms":[{"name":"x","weight":1,"next":"x"},{"name":"y","weight":2,"next":"y"},{"name":"w","weight":1,"next":"w"}]}`,
		`{"name":"x","kind":"end","text":"x"}`, `{"name":"y","kind":"end","text":"y"}`, `{"name":"w","kind":"end","text":"w"}`)
	counts := map[string]int{}
	const sessions = 4000
	for i := range sessions {
		one := meet(t, c.flow, message.WhatsApp)
		one.env.Session = fmt.Sprintf("bse_01jd%022d", i)
		way := lastText(t, one.write("oi"))
		again := meet(t, c.flow, message.WhatsApp)
		again.env.Session = one.env.Session
		again.env.NowMS += 99 * hourMS
		if lastText(t, again.write("olá")) != way {
			t.Fatalf("session %d went two ways", i)
		}
		counts[way]++
	}
	for way, want := range map[string]int{"x": sessions / 4, "y": sessions / 2, "w": sessions / 4} {
		if got := counts[way]; got < want*9/10 || got > want*11/10 {
			t.Errorf("%s: %d of %d sessions, want about %d", way, got, sessions, want)
		}
	}
}

// Two splits of a flow are independent of each other.
func TestSplitsAreIndependent(t *testing.T) {
	arms := func(next string) string {
		return `"kind":"split","arms":[{"name":"x","weight":1,"next":"` + next + `x"},{"name":"y","weight":1,"next":"` + next + `y"}]}`
	}
	mark := func(name, next string) string {
		return fmt.Sprintf(`{"name":%q,"kind":"set","set":[{"var":"v_%s","to":"1"}],"next":%q}`, name, name, next)
	}
	c := talk(t, `"variables":{"v_bx":0,"v_by":0,"v_cx":0,"v_cy":0}`, `{"name":"a",`+arms("b"), mark("bx", "c"), mark("by", "c"), `{"name":"c",`+arms("c"), mark("cx", "z"), mark("cy", "z"),
		`{"name":"z","kind":"end","text":"{{vars.v_bx}}{{vars.v_cx}}"}`)
	counts := map[string]int{}
	for i := range 2000 {
		one := meet(t, c.flow, message.WhatsApp)
		one.env.Session = fmt.Sprintf("bse_01jd%022d", i)
		counts[lastText(t, one.write("oi"))]++
	}
	for _, way := range []string{"00", "01", "10", "11"} {
		if counts[way] < 400 || counts[way] > 600 {
			t.Errorf("%s: %d of 2000", way, counts[way])
		}
	}
}

func TestTagsGoOnAndOff(t *testing.T) {
	c := talk(t, "", `{"name":"a","kind":"tag","add":["Cliente VIP","sul"],"remove":["novo"],"next":"z"}`, endZ)
	effects := c.write("oi")
	if want := (&Tag{Add: []string{"Cliente VIP", "sul"}, Remove: []string{"novo"}}); !reflect.DeepEqual(effects[0].Tag, want) {
		t.Errorf("%+v", effects[0].Tag)
	}
}

func TestJumpsWithinAFlow(t *testing.T) {
	c := talk(t, "", `{"name":"a","kind":"jump","to":"z"}`, `{"name":"z","kind":"end","text":"aqui"}`)
	if text := lastText(t, c.write("oi")); text != "aqui" || fmt.Sprint(c.trail) != "[{a to} {z }]" {
		t.Errorf("%q %v", text, c.trail)
	}
}

func TestQuestionsForFilesAndPlaces(t *testing.T) {
	for _, c := range []struct{ expect, sent, saved, complaint string }{
		{`"file","kinds":["image"]`, "!image", "image", ""}, {`"file","kinds":["image"]`, "!document", "", "não consigo ler"}, {`"file"`, "!video", "video", ""}, {`"file"`, "pronto", "", portuguese.expect["file"]},
		{`"file"`, "!location", "", portuguese.expect["file"]}, {`"location"`, "Rua da Aurora, 1", "", portuguese.expect["location"]}, {`"location"`, "!image", "", portuguese.expect["location"]},
		{`"money","min":500`, "R$ 4,99", "", portuguese.bounds}, {`"money","min":500`, "R$ 5", "500", ""}, {`"time"`, "oito", "", portuguese.expect["time"]}, {`"time"`, "8h", "08:00", ""},
	} {
		customer := talk(t, "", `{"name":"a","kind":"question","text":"?","expect":`+c.expect+`,"save":"x","next":"z"}`, endZ)
		customer.write("oi")
		effects := customer.write(c.sent)
		if c.complaint != "" && !strings.Contains(lastText(t, effects), c.complaint) || customer.state.Get("x").String() != c.saved {
			t.Errorf("%s, %s: saved %q, %+v", c.expect, c.sent, customer.state.Get("x"), effects)
		}
	}
	place := talk(t, "", `{"name":"a","kind":"question","text":"?","expect":"location","save":"x","next":"z"}`, endZ)
	place.write("oi")
	place.step(Input{Kind: Wrote, Content: message.Content{Kind: message.Place, Place: &message.Location{Latitude: -8.0631, Longitude: -34.8711, Name: "Marco Zero"}}})
	if got := place.state.Get("x").String(); got != "-8.063100,-34.871100" {
		t.Errorf("%q", got)
	}
	named := talk(t, "", `{"name":"a","kind":"question","text":"?","expect":"file","save":"x","next":"z"}`, endZ)
	named.write("oi")
	named.step(Input{Kind: Wrote, Content: message.Content{Kind: message.Document, Media: &message.Media{Name: "contrato.pdf"}}})
	if got := named.state.Get("x").String(); got != "contrato.pdf" {
		t.Errorf("%q", got)
	}
}

func TestLinksAndContacts(t *testing.T) {
	nodes := []string{
		`{"name":"a","kind":"question","text":"?","expect":"text","save":"x","next":"b"}`,
		`{"name":"b","kind":"message","text":"Veja","links":[{"title":{"pt-BR":"O site"},"url":"https://loja.exemplo.com.br/{{vars.x}}?q={{vars.x}}"}],"next":"c"}`,
		`{"name":"c","kind":"message","contact":{"name":"Loja","phones":["+558133330000"],"emails":["a@loja.com.br"]},"next":"z"}`, endZ,
	}
	for channel, card := range map[message.Channel]bool{message.WhatsApp: true, message.Telegram: true, message.Instagram: false, message.Messenger: false} {
		c := meet(t, talk(t, "", nodes...).flow, channel)
		c.write("oi")
		got := sends(c.write("a/b c"))
		want := message.Content{Kind: message.Links, Text: "Veja", Links: []message.Link{{Title: "O site", URL: "https://loja.exemplo.com.br/a%2Fb%20c?q=a%2Fb+c"}}}
		if !reflect.DeepEqual(*got[0], want) {
			t.Errorf("%+v", got[0])
		}
		if card && (got[1].Kind != message.Cards || got[1].Cards[0].Name != "Loja") || !card && got[1].Text != "Loja\n+558133330000\na@loja.com.br" {
			t.Errorf("%s: %+v", channel, got[1])
		}
	}
}

func TestHandingOffToAnAttendant(t *testing.T) {
	c := talk(t, "", `{"name":"a","kind":"handoff","team":"Vendas","assignee":"ana@loja.com.br"}`)
	effects := c.write("oi")
	if got := effects[len(effects)-1].HandOff; got.Assignee != "ana@loja.com.br" || got.Team != "Vendas" {
		t.Errorf("%+v", got)
	}
}

// Each way that the engine itself takes is told by its own name.
func TestTheEnginesOwnExits(t *testing.T) {
	settings := `"settings":{"misses":1,"interrupts":[{"words":["promo"],"next":"z"}]}`
	for said, want := range map[string]string{"atendente": exitPerson, "sair": exitLeave, "menu": exitMenu, "promo": exitWord, "!idle": exitExpired, "x": exitMisses} {
		c := talk(t, settings, choose(pick("s", "Sim", "z"))+","+endZ)
		c.write("oi")
		if c.write(said); len(c.trail) == 0 || (c.trail[0] != Passed{"a", want}) {
			t.Errorf("%s: %v", said, c.trail)
		}
	}
	old := talk(t, `"settings":{"max_hours":1}`, choose(pick("s", "Sim", "z"))+","+endZ)
	old.write("oi")
	old.write("!days")
	if old.write("oi"); fmt.Sprint(old.trail) != "[{a @again} {a }]" {
		t.Errorf("%v", old.trail)
	}
	broken := meet(t, forced(t, wrapped(`{"name":"a","kind":"message","text":"x","next":"q"}`)), message.WhatsApp)
	if broken.write("oi"); fmt.Sprint(broken.trail) != "[{a next} {a @failed}]" {
		t.Errorf("%v", broken.trail)
	}
}
