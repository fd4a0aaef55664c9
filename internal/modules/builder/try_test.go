package builder

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/flow/stand"
	"prosa/internal/modules/flow/template"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func onSQLite(t *testing.T) *bench {
	t.Helper()
	return setup(t, databasetest.Open(t))
}

func TestCheckFindsWhatPublishingWouldSay(t *testing.T) {
	b := onSQLite(t)
	for name, c := range map[string]struct {
		definition string
		ok         bool
		node, code string
		nodes      int
	}{
		"good":       {shop(), true, "", "", 3},
		"dead end":   {shop(`"next":"menu"`, `"next":""`), false, "horas", "dead_end", 3},
		"nowhere":    {shop(`"next":"menu"`, `"next":"x"`), false, "horas", "leads_nowhere", 3},
		"unknown":    {shop(`"handoff"`, `"nada"`), false, "gente", codeUnreadable, 0},
		"no flow":    {`{"a":1}`, false, "", codeUnreadable, 0},
		"no JSON":    {`{`, false, "", codeUnreadable, 0},
		"nothing":    {``, false, "", codeUnreadable, 0},
		"empty flow": {string(emptyFlow("x")), false, "", "missing", 0},
	} {
		for _, lang := range []string{"pt-BR", "en"} {
			report, err := b.service.Check(t.Context(), b.tenant, Question{Definition: json.RawMessage(c.definition), Lang: lang})
			if err != nil || report.OK != c.ok || len(report.Graph.Nodes) != c.nodes || report.Issues == nil || report.Graph.Flows == nil {
				t.Errorf("%s: %+v %v", name, report, err)
				continue
			}
			if c.code != "" && !slices.ContainsFunc(report.Issues, func(i Issue) bool {
				return i.Node == c.node && i.Code == c.code && i.Weight == "error" && i.Sentence != "" && i.Args != nil
			}) {
				t.Errorf("%s: %+v", name, report.Issues)
			}
			if c.ok != (report.Hash != "" && c.ok) {
				t.Errorf("%s: hash %q", name, report.Hash)
			}
		}
	}
	pt, err := b.service.Check(t.Context(), b.tenant, Question{Definition: json.RawMessage(shop(`"next":"menu"`, `"next":""`)), Lang: "pt-BR"})
	en, err2 := b.service.Check(t.Context(), b.tenant, Question{Definition: json.RawMessage(shop(`"next":"menu"`, `"next":""`)), Lang: "en"})
	if err != nil || err2 != nil || pt.Issues[0].Sentence == en.Issues[0].Sentence {
		t.Fatalf("%+v %+v", pt.Issues, en.Issues)
	}
	// What can't be read is told in the author's language too, at its node.
	unread, err := b.service.Check(t.Context(), b.tenant, Question{Definition: json.RawMessage(shop(`"next":"menu"`, `"nexd":"menu"`)), Lang: "pt-BR"})
	if err != nil || len(unread.Issues) != 1 || unread.Issues[0].Node != "horas" || unread.Issues[0].Sentence != `Não dá para ler o fluxo: o campo "nexd" não existe.` {
		t.Errorf("%+v %v", unread.Issues, err)
	}
}

// talk is a simulated conversation that keeps its state as a browser does.
type talk struct {
	t     *testing.T
	b     *bench
	botID string
	text  string
	state string
	now   int64
}

func (c *talk) says(input TurnInput) Simulated {
	c.t.Helper()
	c.now += 1000
	done, err := c.b.service.Simulate(c.t.Context(), c.b.tenant, c.botID, "pt-BR", Turn{
		Definition: json.RawMessage(c.text), Channel: message.WhatsApp, Contact: TurnContact{Name: "Caio"}, State: c.state, Input: input, NowMS: c.now,
	})
	if err != nil {
		c.t.Fatal(err, flawsOf(err))
	}
	c.state = done.State
	return done
}

func wrote(text string) TurnInput {
	return TurnInput{Kind: "message", Content: &message.Content{Kind: message.Text, Text: text}}
}

func TestSimulatingAConversation(t *testing.T) {
	b := onSQLite(t)
	bot := b.create(NewBot{Name: "Loja", Definition: json.RawMessage(shop())})
	c := &talk{t: t, b: b, botID: bot.ID, now: 1_790_000_000_000}
	first := c.says(wrote("oi"))
	if first.Status != "waiting" || first.Node != "menu" || len(first.Messages) != 1 || len(first.Messages[0].Shown) != 4 || first.Timer == nil || first.Ask != nil {
		t.Fatalf("%+v", first)
	}
	for _, shown := range first.Messages[0].Shown {
		want := map[message.Channel]string{message.WhatsApp: "buttons", message.Telegram: "keyboard", message.Messenger: "quick_replies", message.Instagram: "quick_replies"}[shown.Channel]
		if shown.Shape != want || len(shown.Options) != 2 || shown.Text != "Oi! O que deseja?" || shown.Pages != 1 {
			t.Errorf("%+v", shown)
		}
	}
	option := first.Messages[0].Content.Choice.Options[0]
	second := c.says(TurnInput{Kind: "message", Content: &message.Content{Kind: message.Pick, Pick: &message.Picked{ID: option.ID}}})
	if len(second.Messages) != 2 || second.Messages[0].Content.Text != "Das 9 às 18." || second.Messages[0].Shown[0].Shape != "text" {
		t.Fatalf("%+v", second)
	}
	if len(second.Trail) == 0 || second.Trail[0] != (Passed{"menu", "horarios"}) || second.Trail[len(second.Trail)-1].Node != "menu" {
		t.Fatalf("%+v", second.Trail)
	}
	last := c.says(wrote("atendente"))
	if last.Status != "handed_off" || len(last.Effects) == 0 || !strings.Contains(string(slices.Concat(last.Effects...)), `"handoff"`) {
		t.Fatalf("%+v", last)
	}
	if after := b.draft(bot.ID); after.Revision != 1 {
		t.Fatal("a simulation changed the draft")
	}
}

func TestSimulatingTimeAndTheWeb(t *testing.T) {
	b := onSQLite(t)
	bot := b.create(NewBot{Name: "Rede"})
	text := strings.Replace(asksWeb, `"next":"fim","on_error":"fim"}`, `"save":{"total":"total"},"next":"diga","on_error":"fim"},
		{"name":"diga","kind":"message","text":"São {{vars.total}}.","next":"fim"}`, 1)
	text = strings.Replace(text, `"start"`, `"variables":{"total":"-"},"start"`, 1)
	c := &talk{t: t, b: b, botID: bot.ID, text: text, now: 1_790_000_000_000}
	if err := b.bots.PutSecret(t.Context(), b.tenant, "LOJA", secretText("s3gredo")); err != nil {
		t.Fatal(err)
	}
	asked := c.says(TurnInput{Kind: "start"})
	if asked.Ask == nil || asked.Ask.Kind != "web" || asked.Ask.Node != "chama" || asked.Timer == nil || !strings.Contains(string(asked.Ask.Request), "secret.LOJA") {
		t.Fatalf("%+v", asked)
	}
	if text, err := json.Marshal(asked); err != nil || strings.Contains(string(text), "s3gredo") {
		t.Fatalf("a simulation shows a secret: %s", text)
	}
	before := c.state
	answered := c.says(TurnInput{Kind: "answer", Answer: &TurnAnswer{ID: asked.Ask.ID, OK: true, Status: 200, Body: json.RawMessage(`{"total":7}`)}})
	if len(answered.Messages) == 0 || answered.Messages[0].Content.Text != "São 7." || string(answered.Variables["total"]) != "7" {
		t.Fatalf("%+v %s", answered, answered.Variables["total"])
	}
	c.state, c.now = before, asked.Timer.AtMS
	late := c.says(TurnInput{Kind: "timer", Timer: asked.Timer.Name})
	if late.Status != "handed_off" {
		t.Fatalf("a call without an answer: %+v", late)
	}
}

func TestASimulationTakesNoForgedState(t *testing.T) {
	b := onSQLite(t)
	bot := b.create(NewBot{Name: "Loja", Definition: json.RawMessage(shop())})
	for _, state := range []string{"x", "{", `{"v":99}`, `[]`, `{"v":1,"s":"waiting","n":"nunca"}`, `{"v":1,"s":"waiting","n":"horas"}`, `{"v":1,"s":"waiting","n":"menu","l":77,"p":-5,"q":-1,"a":-1}`, `{"v":1,"s":"?","n":"menu"}`} {
		_, err := b.service.Simulate(t.Context(), b.tenant, bot.ID, "pt-BR", Turn{Channel: message.WhatsApp, State: state, Input: wrote("oi"), NowMS: 1})
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", state, err)
		}
	}
	for _, input := range []TurnInput{{Kind: "message"}, {Kind: "answer"}, {Kind: "nada"}, {}} {
		if _, err := b.service.Simulate(t.Context(), b.tenant, bot.ID, "pt-BR", Turn{Channel: message.WhatsApp, Input: input}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", input, err)
		}
	}
	_, err := b.service.Simulate(t.Context(), b.tenant, bot.ID, "pt-BR", Turn{Definition: emptyFlow("x"), Channel: message.WhatsApp, Input: wrote("oi")})
	refused(t, err, "not_proved")
	_, err = b.service.Simulate(t.Context(), b.tenant, bot.ID, "pt-BR", Turn{Definition: json.RawMessage(`{`), Channel: message.WhatsApp, Input: wrote("oi")})
	refused(t, err, "not_proved")
}

func TestALongTextIsShownInParts(t *testing.T) {
	got := shown(message.Content{Kind: message.Text, Text: strings.Repeat("Uma frase. ", 150)}, message.Instagram)
	if got.Shape != "text" || len(got.Before) != 1 || len(got.Text) == 0 || len(got.Text) > 1000 {
		t.Fatalf("%+v", got)
	}
}

func TestTestsAreRecordedAndRun(t *testing.T) {
	b := onSQLite(t)
	bot := b.create(NewBot{Name: "Loja", Definition: json.RawMessage(shop())})
	test, err := b.service.Record(t.Context(), b.tenant, bot.ID, "pt-BR", Recording{
		Name: "pergunta as horas", Channel: message.Telegram, Contact: TurnContact{Name: "Caio"}, NowMS: 1_790_000_000_000,
		Steps: []json.RawMessage{json.RawMessage(`{"customer":{"text":"oi"}}`), json.RawMessage(`{"customer":{"pick":"horarios"}}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	written, err := json.Marshal([]Test{test})
	if err != nil || !strings.Contains(string(written), "Das 9") || !strings.Contains(string(written), `"menu"`) || test.Channel != "telegram" {
		t.Fatalf("%s %v", written, err)
	}
	run := func(definition string) Outcome {
		t.Helper()
		out, err := b.service.RunTests(t.Context(), TestRun{TenantID: b.tenant, BotID: bot.ID, Definition: json.RawMessage(definition), Tests: written, Lang: "pt-BR"})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if out := run(shop()); out.Passed != 1 || out.Failed != 0 || out.Results[0].Step != -1 || out.Coverage.Nodes["horas"] == 0 || out.Coverage.Exits["menu/horarios"] == 0 {
		t.Fatalf("%+v", out)
	}
	if out := run(shop("Das 9", "Das 8")); out.Failed != 1 || out.Results[0].Passed || out.Results[0].Sentence == "" || !strings.Contains(out.Results[0].Got, "Das 8") {
		t.Fatalf("%+v", out)
	}
	b.save(bot.ID, shop(), string(written))
	if out, err := b.service.RunTests(t.Context(), TestRun{TenantID: b.tenant, BotID: bot.ID}); err != nil || out.Passed != 1 {
		t.Fatalf("the draft's own: %+v %v", out, err)
	}
	t.Run("what can't be played", func(t *testing.T) {
		for _, steps := range [][]json.RawMessage{{json.RawMessage(`{"nada":1}`)}, {json.RawMessage(`{`)}, {json.RawMessage(`{"customer":{"text":"a"},"wait":"1h"}`)}} {
			_, err := b.service.Record(t.Context(), b.tenant, bot.ID, "pt-BR", Recording{Name: "x", Channel: message.WhatsApp, Steps: steps})
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", steps, err)
			}
		}
		_, err := b.service.RunTests(t.Context(), TestRun{TenantID: b.tenant, BotID: bot.ID, Definition: json.RawMessage(`{}`)})
		refused(t, err, "not_proved")
	})
}

func TestExploring(t *testing.T) {
	b := onSQLite(t)
	bot := b.create(NewBot{Name: "Loja", Template: "recepcao"})
	found, err := b.service.Explore(t.Context(), Expedition{TenantID: b.tenant, BotID: bot.ID, Runs: 20, Seed: 7, Lang: "pt-BR"})
	if err != nil || found.Runs != 20 || found.Seed != 7 || found.Failures == nil || len(found.Failures) != 0 {
		t.Fatalf("%+v %v", found, err)
	}
	// Trials wait for each other, for as long as their callers do.
	for range trialsAtOnce {
		leave, err := b.service.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer leave()
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	if _, err := b.service.enter(gone); !fault.Is(err, fault.Unavailable) {
		t.Fatal(err)
	}
	// A caller who left ends it.
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	cancel()
	if _, err := b.service.Explore(ctx, Expedition{TenantID: b.tenant, BotID: bot.ID}); err == nil {
		t.Fatal("it went on")
	}
}

func TestComparing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		bot := b.create(NewBot{Name: "Loja", Definition: json.RawMessage(shop())})
		compare := func(from, to string) []Change {
			t.Helper()
			changes, err := b.service.Compare(t.Context(), Comparison{TenantID: b.tenant, BotID: bot.ID, From: from, To: to, Lang: "pt-BR"})
			if err != nil {
				t.Fatal(err)
			}
			return changes
		}
		if changes := compare("", ""); len(changes) < 3 {
			t.Fatalf("before anything is live, everything is new: %+v", changes)
		}
		b.publish(bot.ID)
		if changes := compare("", ""); len(changes) != 0 {
			t.Fatalf("%+v", changes)
		}
		b.save(bot.ID, shop("Das 9", "Das 8", `"title":"Atendente","next":"gente"`, `"title":"Atendente","next":"horas"`), "")
		changes := compare("1", "draft")
		if len(changes) != 2 || changes[0].Sentence == "" || !slices.ContainsFunc(changes, func(c Change) bool { return c.Node == "menu" && c.Before == "gente" && c.After == "horas" }) {
			t.Fatalf("%+v", changes)
		}
		if back := compare("draft", "live"); len(back) != 2 {
			t.Fatalf("%+v", back)
		}
		for _, word := range []string{"x", "-1", "0", "1.5"} {
			if _, err := b.service.Compare(t.Context(), Comparison{TenantID: b.tenant, BotID: bot.ID, From: word}); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", word, err)
			}
		}
		if _, err := b.service.Compare(t.Context(), Comparison{TenantID: b.tenant, BotID: bot.ID, To: "7"}); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}

// A simulated purchase sells the company's own goods, and touches nothing.
func TestSimulatingAPurchase(t *testing.T) {
	b := onSQLite(t)
	b.service.goods = func(context.Context, string) ([]stand.Product, error) {
		return []stand.Product{{ID: "prd_1", Name: "Vaso de barro", Variants: []stand.Variant{{ID: "var_1", Price: 4500, Stock: 3}}}}, nil
	}
	text, err := template.Text("loja")
	if err != nil {
		t.Fatal(err)
	}
	bot := b.create(NewBot{Name: "Loja", Definition: json.RawMessage(text)})
	c := &talk{t: t, b: b, botID: bot.ID, now: 1_790_000_000_000}
	c.says(wrote("oi"))
	c.says(wrote("buscar produto"))
	found := c.says(wrote("vasos"))
	if len(found.Messages) != 1 || found.Messages[0].Content.Choice == nil || found.Messages[0].Content.Choice.Options[0].Title != "Vaso de barro" || found.Ask != nil {
		t.Fatalf("%+v", found)
	}
	for _, said := range []string{"1", "2", "ver o carrinho", "fechar o pedido", "não tenho", "retirar na loja", "pix", "529.982.247-25"} {
		c.says(wrote(said))
	}
	placed := c.says(wrote("sim"))
	if placed.Node != "pagar" || !strings.Contains(placed.Messages[0].Content.Text, "Total: R$ 90,00") || placed.Timer == nil {
		t.Fatalf("%+v", placed)
	}
	for i, passed := range placed.Trail {
		if passed.Exit == "" && i < len(placed.Trail)-1 {
			t.Errorf("the turn rests in between: %+v", placed.Trail)
		}
	}
	c.now = placed.Timer.AtMS
	paid := c.says(TurnInput{Kind: "timer", Timer: placed.Timer.Name})
	if paid.Status != "ended" || !strings.Contains(paid.Messages[0].Content.Text, "a cada passo do pedido") {
		t.Fatalf("%+v", paid)
	}
	c.state = `{"v":1,"s":"waiting","n":"menu"}` + "\n{"
	if _, err := b.service.Simulate(t.Context(), b.tenant, bot.ID, "pt-BR", Turn{Channel: message.WhatsApp, State: c.state, Input: wrote("carrinho"), NowMS: 1}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a forged shop: %v", err)
	}
}
