package meta

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
)

func body(text string, values ...string) m {
	component := m{"type": "BODY", "text": text}
	if len(values) > 0 {
		component["example"] = m{"body_text": [][]string{values}}
	}
	return component
}

func proposed(name string, components ...m) m {
	return m{"name": name, "language": "pt_BR", "category": "UTILITY", "components": components}
}

// made posts a template that must be taken and gives its id.
func (w *world) made(template m) string {
	w.t.Helper()
	status, raw := w.graph("POST", "/v25.0/"+wabaID+"/message_templates", template)
	var answer struct{ ID, Status, Category string }
	if err := json.Unmarshal(raw, &answer); err != nil || status != http.StatusOK || answer.ID == "" || answer.Status != "PENDING" {
		w.t.Fatalf("%d %s", status, raw)
	}
	return answer.ID
}

func (w *world) decide(id string, state TemplateState) {
	w.t.Helper()
	if _, err := w.server.DecideTemplate(id, state); err != nil {
		w.t.Fatal(err)
	}
}

// told waits for the next webhook and gives its field and value.
func (w *world) told() (string, map[string]any) {
	w.t.Helper()
	var got envelope
	if err := json.Unmarshal(w.receiver.next(w.t).body, &got); err != nil {
		w.t.Fatal(err)
	}
	change := got.Entry[0].Changes[0]
	var v map[string]any
	if err := json.Unmarshal(change.Value, &v); err != nil {
		w.t.Fatal(err)
	}
	return change.Field, v
}

func TestATemplateIsReviewed(t *testing.T) {
	w := start(t, Config{Review: time.Millisecond})
	id := w.made(proposed("pedido", body("Olá {{1}}, seu pedido saiu.", "Ana")))
	field, v := w.told()
	if field != "message_template_status_update" || v["event"] != "APPROVED" || v["message_template_name"] != "pedido" || v["message_template_language"] != "pt_BR" || v["reason"] != "NONE" {
		t.Fatalf("%s %v", field, v)
	}
	if told := fmt.Sprintf("%.0f", v["message_template_id"]); len(told) != len(id) || told[:15] != id[:15] { // a float has 15 digits for sure
		t.Errorf("id %v, want %s", v["message_template_id"], id)
	}
	status, raw := w.graph("GET", "/v25.0/"+id+"?fields=name,status,rejected_reason,quality_score", nil)
	if status != 200 || !strings.Contains(string(raw), `"APPROVED"`) || !strings.Contains(string(raw), `"UNKNOWN"`) {
		t.Errorf("%d %s", status, raw)
	}
	w.sent(m{"type": "template", "template": m{"name": "pedido", "language": m{"code": "pt_BR"}, "components": []m{{"type": "body", "parameters": []m{{"type": "text", "text": "Ana"}}}}}})
}

func TestWhatThePlatformDecidesIsTold(t *testing.T) {
	w := start(t, Config{Review: -1})
	id := w.made(proposed("pedido", body("Olá, seu pedido saiu.")))
	use := m{"type": "template", "template": m{"name": "pedido", "language": m{"code": "pt_BR"}}}
	for _, c := range []struct {
		state TemplateState
		field string
		want  string // in the webhook
		code  int    // of a send after it; 0: accepted
	}{
		{TemplateState{Status: "REJECTED", Reason: "INVALID_FORMAT"}, "message_template_status_update", "INVALID_FORMAT", 132001},
		{TemplateState{Status: "APPROVED"}, "message_template_status_update", "APPROVED", 0},
		{TemplateState{Quality: "YELLOW"}, "message_template_quality_update", "YELLOW", 0},
		{TemplateState{Category: "MARKETING"}, "template_category_update", "MARKETING", 0},
		{TemplateState{Status: "PAUSED"}, "message_template_status_update", "FIRST_PAUSE", 132015},
		{TemplateState{Status: "DISABLED"}, "message_template_status_update", "DISABLED", 132016},
		{TemplateState{Status: "REINSTATED"}, "message_template_status_update", "REINSTATED", 0},
	} {
		w.decide(id, c.state)
		field, v := w.told()
		text, _ := json.Marshal(v)
		if field != c.field || !strings.Contains(string(text), c.want) {
			t.Errorf("%+v: %s %s", c.state, field, text)
		}
		status, raw := w.send(use)
		if c.code == 0 && status != 200 || c.code != 0 && (status == 200 || graphErr(t, raw).Code != c.code) {
			t.Errorf("%+v: %d %s", c.state, status, raw)
		}
	}
	for _, wrong := range []TemplateState{{Status: "FINE"}, {Quality: "BLUE"}, {Category: "SERVICE"}} {
		if _, err := w.server.DecideTemplate(id, wrong); err == nil {
			t.Errorf("%+v passed", wrong)
		}
	}
	if status, _ := w.do("POST", "/_sandbox/templates/404/state", "", m{"status": "APPROVED"}); status != 404 {
		t.Errorf("%d", status)
	}
}

func TestTemplatesThatMetaRefuses(t *testing.T) {
	w := start(t, Config{Review: -1})
	w.made(proposed("tomado", body("Olá")))
	quick := func(n int, text string) m {
		var list []m
		for range n {
			list = append(list, m{"type": "QUICK_REPLY", "text": text})
		}
		return m{"type": "BUTTONS", "buttons": list}
	}
	with := func(change func(m)) m {
		p := proposed("novo", body("Olá"))
		change(p)
		return p
	}
	url := func(button m) m { return m{"type": "BUTTONS", "buttons": []m{button}} }
	for name, c := range map[string]struct {
		template m
		code     int // or subcode
	}{
		"taken":                {proposed("tomado", body("Oi")), subcodeNameTaken},
		"name":                 {proposed("Com Espaço", body("Oi")), subcodeLong},
		"no name":              {with(func(p m) { delete(p, "name") }), 131008},
		"language":             {with(func(p m) { p["language"] = "Português" }), 100},
		"category":             {with(func(p m) { p["category"] = "PROMO" }), 100},
		"no category":          {with(func(p m) { delete(p, "category") }), 100},
		"no components":        {with(func(p m) { delete(p, "components") }), 131008},
		"no body":              {proposed("novo", m{"type": "FOOTER", "text": "Loja"}), subcodeBody},
		"two bodies":           {proposed("novo", body("a"), body("b")), subcodeBody},
		"long body":            {proposed("novo", body(strings.Repeat("a", 1025))), subcodeLong},
		"begins with variable": {proposed("novo", body("{{1}}, olá", "Ana")), subcodeEdge},
		"ends with variable":   {proposed("novo", body("olá {{1}}", "Ana")), subcodeEdge},
		"gap":                  {proposed("novo", body("olá {{2}}, tudo bem?", "Ana")), subcodeBody},
		"no example":           {proposed("novo", body("olá {{1}}, tudo bem?")), subcodeBody},
		"too few examples":     {proposed("novo", body("olá {{1}} e {{2}}, tudo bem com vocês?", "Ana")), subcodeBody},
		"few words":            {proposed("novo", body("a {{1}} {{2}} {{3}} b", "1", "2", "3")), subcodeFewWords},
		"many lines":           {proposed("novo", body("a\n\n\n\nb")), subcodeBody},
		"long header":          {proposed("novo", m{"type": "HEADER", "format": "TEXT", "text": strings.Repeat("a", 61)}, body("Oi")), subcodeLong},
		"two header variables": {proposed("novo", m{"type": "HEADER", "format": "TEXT", "text": "{{1}} {{2}} a"}, body("Oi")), subcodeHeader},
		"header example":       {proposed("novo", m{"type": "HEADER", "format": "TEXT", "text": "Oi {{1}} a"}, body("Oi")), subcodeHeader},
		"header file example":  {proposed("novo", m{"type": "HEADER", "format": "IMAGE"}, body("Oi")), subcodeHeader},
		"handle of nobody":     {proposed("novo", m{"type": "HEADER", "format": "IMAGE", "example": m{"header_handle": []string{"4::x"}}}, body("Oi")), subcodeHeader},
		"header format":        {proposed("novo", m{"type": "HEADER", "format": "SOUND"}, body("Oi")), 100},
		"long footer":          {proposed("novo", body("Oi"), m{"type": "FOOTER", "text": strings.Repeat("a", 61)}), subcodeLong},
		"footer variable":      {proposed("novo", body("Oi"), m{"type": "FOOTER", "text": "a {{1}} b"}), subcodeFooter},
		"eleven buttons":       {proposed("novo", body("Oi"), quick(11, "Sim")), 100},
		"long label":           {proposed("novo", body("Oi"), quick(1, strings.Repeat("a", 26))), subcodeLong},
		"no label":             {proposed("novo", body("Oi"), quick(1, "")), subcodeBody},
		"button type":          {proposed("novo", body("Oi"), url(m{"type": "DANCE", "text": "x"})), 100},
		"no address":           {proposed("novo", body("Oi"), url(m{"type": "URL", "text": "x", "url": "loja"})), subcodeBody},
		"variable inside":      {proposed("novo", body("Oi"), url(m{"type": "URL", "text": "x", "url": "https://a.example/{{1}}/b", "example": []string{"1"}})), subcodeBody},
		"address example":      {proposed("novo", body("Oi"), url(m{"type": "URL", "text": "x", "url": "https://a.example/{{1}}"})), subcodeBody},
		"phone":                {proposed("novo", body("Oi"), url(m{"type": "PHONE_NUMBER", "text": "x", "phone_number": "casa"})), subcodeBody},
		"code":                 {proposed("novo", body("Oi"), url(m{"type": "COPY_CODE", "example": strings.Repeat("A", 16)})), subcodeBody},
		"three addresses": {proposed("novo", body("Oi"), m{"type": "BUTTONS", "buttons": []m{
			{"type": "URL", "text": "a", "url": "https://a.example"}, {"type": "URL", "text": "b", "url": "https://a.example"}, {"type": "URL", "text": "c", "url": "https://a.example"}}}), subcodeBody},
		"not grouped": {proposed("novo", body("Oi"), m{"type": "BUTTONS", "buttons": []m{
			{"type": "QUICK_REPLY", "text": "a"}, {"type": "URL", "text": "b", "url": "https://a.example"}, {"type": "QUICK_REPLY", "text": "c"}}}), subcodeBody},
		"one card":  {proposed("novo", body("Oi"), m{"type": "CAROUSEL", "cards": []m{{"components": []m{body("a")}}}}), subcodeBody},
		"component": {proposed("novo", body("Oi"), m{"type": "SONG"}), 100},
	} {
		status, raw := w.graph("POST", "/v25.0/"+wabaID+"/message_templates", c.template)
		failure := graphErr(t, raw)
		if status == 200 || failure.Code != c.code && failure.Subcode != c.code {
			t.Errorf("%s: %d %s", name, status, raw)
		}
	}
}

func TestParametersAreHeldAgainstTheTemplate(t *testing.T) {
	w := start(t, Config{Review: -1})
	components := func(list ...m) json.RawMessage {
		raw, _ := json.Marshal(list)
		return raw
	}
	w.put("/_sandbox/templates", Template{WABA: wabaID, Name: "rico", Language: "pt_BR", Category: "MARKETING", Components: components(
		m{"type": "HEADER", "format": "IMAGE"}, m{"type": "BODY", "text": "Olá {{1}}, até {{2}}!"},
		m{"type": "BUTTONS", "buttons": []m{{"type": "QUICK_REPLY", "text": "Sim"}, {"type": "URL", "text": "Ver", "url": "https://a.example/{{1}}", "example": []string{"x"}}}},
	)})
	w.put("/_sandbox/templates", Template{WABA: wabaID, Name: "nomes", Language: "pt_BR", Format: "NAMED", Components: components(m{"type": "BODY", "text": "Olá {{nome}}, até!"})})
	w.put("/_sandbox/templates", Template{WABA: wabaID, Name: "cartas", Language: "pt_BR", Components: components(m{"type": "BODY", "text": "Veja"},
		m{"type": "CAROUSEL", "cards": []m{
			{"components": []m{{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "A {{1}} b"}}},
			{"components": []m{{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "C"}}}}})})
	picture := m{"type": "header", "parameters": []m{{"type": "image", "image": m{"link": "https://a.example/i.jpg"}}}}
	film := m{"type": "header", "parameters": []m{{"type": "video", "video": m{"link": "https://a.example/i.mp4"}}}}
	texts := func(values ...string) m {
		list := []m{}
		for _, value := range values {
			list = append(list, m{"type": "text", "text": value})
		}
		return m{"type": "body", "parameters": list}
	}
	link := m{"type": "button", "sub_type": "url", "index": "1", "parameters": []m{{"type": "text", "text": "p1"}}}
	quick := m{"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": []m{{"type": "payload", "payload": "sim"}}}
	cardOf := func(i int, parts ...m) m { return m{"card_index": i, "components": parts} }
	carousel := func(cards ...m) m { return m{"type": "carousel", "cards": cards} }
	for name, c := range map[string]struct {
		template   string
		components []m
		code       int
	}{
		"right":                  {"rico", []m{picture, texts("Ana", "logo"), quick, link}, 0},
		"quick reply left out":   {"rico", []m{picture, texts("Ana", "logo"), link}, 0},
		"body short":             {"rico", []m{picture, texts("Ana"), link}, 132000},
		"body long":              {"rico", []m{picture, texts("Ana", "b", "c"), link}, 132000},
		"no header":              {"rico", []m{texts("Ana", "logo"), link}, 132012},
		"header of another kind": {"rico", []m{film, texts("Ana", "logo"), link}, 132012},
		"no link":                {"rico", []m{picture, texts("Ana", "logo")}, 131008},
		"new line":               {"rico", []m{picture, texts("Ana", "a\nb"), link}, 132012},
		"wrong button":           {"rico", []m{picture, texts("Ana", "b"), link, {"type": "button", "sub_type": "url", "index": "0", "parameters": []m{{"type": "text", "text": "x"}}}}, 132012},
		"no such button":         {"rico", []m{picture, texts("Ana", "b"), link, {"type": "button", "sub_type": "quick_reply", "index": "7", "parameters": []m{{"type": "payload", "payload": "x"}}}}, 132012},
		"button parameter":       {"rico", []m{picture, texts("Ana", "b"), {"type": "button", "sub_type": "url", "index": "1", "parameters": []m{{"type": "payload", "payload": "x"}}}}, 132012},
		"offer":                  {"rico", []m{picture, texts("Ana", "b"), link, {"type": "limited_time_offer", "parameters": []m{{"type": "limited_time_offer", "limited_time_offer": m{"expiration_time_ms": 1}}}}}, 132012},
		"named":                  {"nomes", []m{{"type": "body", "parameters": []m{{"type": "text", "parameter_name": "nome", "text": "Ana"}}}}, 0},
		"named without name":     {"nomes", []m{texts("Ana")}, 132012},
		"picture in the body":    {"nomes", []m{{"type": "body", "parameters": []m{{"type": "image", "image": m{"link": "https://a.example/i.jpg"}}}}}, 132012},
		"cards":                  {"cartas", []m{carousel(cardOf(0, picture, texts("x")), cardOf(1, picture))}, 0},
		"one card":               {"cartas", []m{carousel(cardOf(0, picture, texts("x")))}, 132000},
		"card short":             {"cartas", []m{carousel(cardOf(0, picture), cardOf(1, picture))}, 132000},
	} {
		status, raw := w.send(m{"type": "template", "template": m{"name": c.template, "language": m{"code": "pt_BR"}, "components": c.components}})
		if c.code == 0 && status != 200 || c.code != 0 && (status == 200 || graphErr(t, raw).Code != c.code) {
			t.Errorf("%s: %d %s", name, status, raw)
		}
	}
}

func TestTheLibraryIsPagedAndFiltered(t *testing.T) {
	w := start(t, Config{Review: -1})
	for i := range 7 {
		w.made(proposed(fmt.Sprint("aviso_", i), body("Olá")))
	}
	page := func(query string) (names []string, after string, next bool) {
		_, raw := w.graph("GET", "/v25.0/"+wabaID+"/message_templates?"+query, nil)
		var got struct {
			Data   []struct{ Name string }
			Paging struct {
				Cursors struct{ Before, After string }
				Next    string
			}
		}
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatalf("%s", raw)
		}
		for _, item := range got.Data {
			names = append(names, item.Name)
		}
		return names, got.Paging.Cursors.After, got.Paging.Next != ""
	}
	seen := map[string]bool{}
	after, pages := "", 0
	for {
		names, cursor, next := page("limit=3&after=" + after)
		for _, name := range names {
			seen[name] = true
		}
		pages++
		if !next {
			break
		}
		after = cursor
	}
	if len(seen) != 7 || pages != 3 {
		t.Errorf("%d in %d pages", len(seen), pages)
	}
	for query, want := range map[string]int{
		"name=aviso_3": 1, "status=pending": 7, "status=APPROVED": 0, "category=UTILITY": 7, "language=en": 0, "name_or_content=aviso": 7, "quality_score=GREEN": 0,
	} {
		if names, _, _ := page(query); len(names) != want {
			t.Errorf("%s: %v", query, names)
		}
	}
	if status, raw := w.graph("GET", "/v25.0/"+wabaID+"/message_templates?fields=color", nil); status != 400 || graphErr(t, raw).Code != 100 {
		t.Errorf("%d %s", status, raw)
	}
	if status, _ := w.graph("GET", "/v25.0/"+wabaID+"/message_templates?limit=x", nil); status != 400 {
		t.Errorf("%d", status)
	}
}

func TestEditsAndDeletions(t *testing.T) {
	now := clock.NewManual(time.UnixMilli(1_763_800_000_000))
	w := start(t, Config{Review: -1, Clock: now})
	id := w.made(proposed("aviso", body("Olá")))
	edit := func(text string, more m) (int, []byte) {
		change := m{"components": []m{body(text)}}
		for name, value := range more {
			change[name] = value
		}
		return w.graph("POST", "/v25.0/"+id, change)
	}
	if status, raw := edit("Oi", nil); status != 400 || graphErr(t, raw).Subcode != subcodeEdits {
		t.Errorf("one in review was edited: %d %s", status, raw)
	}
	w.decide(id, TemplateState{Status: "APPROVED"})
	if status, raw := edit("Oi", m{"category": "MARKETING"}); status != 400 || graphErr(t, raw).Subcode != subcodeEdits {
		t.Errorf("the category of an approved one: %d %s", status, raw)
	}
	if status, raw := edit("Oi", nil); status != 200 {
		t.Fatalf("%d %s", status, raw)
	}
	w.decide(id, TemplateState{Status: "APPROVED"})
	if status, raw := edit("Oi, oi", nil); status != 400 || graphErr(t, raw).Subcode != subcodeEdits {
		t.Errorf("twice a day: %d %s", status, raw)
	}
	for range 9 {
		now.Advance(25 * time.Hour)
		if status, raw := edit("Oi", nil); status != 200 {
			t.Fatalf("%d %s", status, raw)
		}
		w.decide(id, TemplateState{Status: "APPROVED"})
	}
	now.Advance(25 * time.Hour)
	if status, raw := edit("Oi", nil); status != 400 || graphErr(t, raw).Subcode != subcodeEdits {
		t.Errorf("eleven times a month: %d %s", status, raw)
	}
	list := "/v25.0/" + wabaID + "/message_templates"
	if status, raw := w.graph("DELETE", list+"?name=nada", nil); status != 400 || graphErr(t, raw).Subcode != 33 {
		t.Errorf("%d %s", status, raw)
	}
	if status, raw := w.graph("DELETE", list+"?name=aviso&hsm_id="+id, nil); status != 200 {
		t.Fatalf("%d %s", status, raw)
	}
	if status, _ := w.graph("GET", "/v25.0/"+id, nil); status != 400 {
		t.Errorf("it is still there: %d", status)
	}
	if status, raw := w.graph("POST", list, proposed("aviso", body("Olá"))); status != 400 || graphErr(t, raw).Subcode != subcodeNameKept {
		t.Errorf("%d %s", status, raw)
	}
	now.Advance(31 * 24 * time.Hour)
	w.made(proposed("aviso", body("Olá")))
	if status, _ := w.graph("DELETE", list, nil); status != 400 {
		t.Errorf("a deletion of nothing: %d", status)
	}
}

func TestAHeaderIsUploaded(t *testing.T) {
	w := start(t, Config{Review: -1})
	var app struct{ ID string }
	if _, raw := w.graph("GET", "/v25.0/app", nil); json.Unmarshal(raw, &app) != nil || app.ID != appID {
		t.Fatalf("%s", raw)
	}
	open := func(query string) (int, string) {
		status, raw := w.graph("POST", "/v25.0/"+appID+"/uploads?"+query, nil)
		var session struct{ ID string }
		_ = json.Unmarshal(raw, &session)
		return status, session.ID
	}
	if status, _ := open("file_length=3&file_type=audio/ogg"); status != 400 {
		t.Errorf("a sound passed: %d", status)
	}
	if status, _ := open("file_type=image/png"); status != 400 {
		t.Errorf("no length: %d", status)
	}
	status, session := open("file_length=6&file_type=image/png&file_name=a.png")
	if status != 200 || !strings.HasPrefix(session, "upload:") {
		t.Fatalf("%d %s", status, session)
	}
	put := func(scheme, offset, data string) (int, string) {
		request, err := http.NewRequest("POST", w.http.URL+"/v25.0/"+session, strings.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", scheme+" "+token)
		request.Header["file_offset"] = []string{offset}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var answer struct{ H string }
		_ = json.NewDecoder(response.Body).Decode(&answer)
		return response.StatusCode, answer.H
	}
	if status, _ := put("Bearer", "0", "abcdef"); status != 401 {
		t.Errorf("a bearer token: %d", status)
	}
	if status, _ := put("OAuth", "3", "def"); status != 400 {
		t.Errorf("a gap: %d", status)
	}
	if status, _ := put("OAuth", "0", "abc"); status != 400 {
		t.Errorf("a part: %d", status)
	}
	status, handle := put("OAuth", "3", "def")
	if status != 200 || handle == "" {
		t.Fatalf("%d %q", status, handle)
	}
	w.made(proposed("foto", m{"type": "HEADER", "format": "IMAGE", "example": m{"header_handle": []string{handle}}}, body("Olá")))
}

func TestTemplatesSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	w := start(t, Config{Dir: dir, Review: -1})
	id := w.made(proposed("aviso", body("Olá {{1}}, tudo bem?", "Ana")))
	w.decide(id, TemplateState{Status: "APPROVED", Quality: "GREEN"})
	w.stop()
	_ = w.server.Close()
	again := &world{t: t, receiver: w.receiver}
	again.open(Config{Dir: dir, Review: -1, StatusDelays: StatusDelays{Sent: -1, Delivered: -1, Read: -1}})
	if _, raw := again.graph("GET", "/v25.0/"+id+"?fields=status,quality_score,components", nil); !strings.Contains(string(raw), "GREEN") || !strings.Contains(string(raw), "APPROVED") || !strings.Contains(string(raw), "tudo bem") {
		t.Errorf("%s", raw)
	}
}

// TestATemplateIsShownAndTapped: the telephone shows the template's own words
// and labels, and a tap gives the payload, or the label where none was given.
func TestATemplateIsShownAndTapped(t *testing.T) {
	w := start(t, Config{})
	w.put("/_sandbox/templates", Template{WABA: wabaID, Name: "pesquisa", Language: "pt_BR", Components: json.RawMessage(`[
		{"type":"HEADER","format":"TEXT","text":"Pedido {{1}} chegou"},{"type":"BODY","text":"Olá {{1}}, gostou?"},{"type":"FOOTER","text":"Loja"},
		{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Gostei"},{"type":"QUICK_REPLY","text":"Não"},{"type":"URL","text":"Ver","url":"https://a.example/{{1}}","example":["x"]}]}]`)})
	w.act(Action{Do: "text", Text: "oi"})
	w.told()
	id := w.sent(m{"type": "template", "template": m{"name": "pesquisa", "language": m{"code": "pt_BR"}, "components": []m{
		{"type": "header", "parameters": []m{{"type": "text", "text": "12"}}}, {"type": "body", "parameters": []m{{"type": "text", "text": "Ana"}}},
		{"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": []m{{"type": "payload", "payload": "nota-5"}}},
		{"type": "button", "sub_type": "url", "index": "2", "parameters": []m{{"type": "text", "text": "p/12"}}},
	}}})
	message, err := w.server.Message(id)
	if err != nil {
		t.Fatal(err)
	}
	want := Shown{Header: "Pedido 12 chegou", Text: "Olá Ana, gostou?", Footer: "Loja", Buttons: []ShownButton{
		{"QUICK_REPLY", "Gostei", "nota-5"}, {"QUICK_REPLY", "Não", "Não"}, {"URL", "Ver", "https://a.example/p/12"},
	}}
	if got := fmt.Sprintf("%+v", *message.Shown); got != fmt.Sprintf("%+v", want) || message.Text != want.Text {
		t.Errorf("%s", got)
	}
	for choice, title := range map[string]string{"nota-5": "Gostei", "Não": "Não"} {
		w.act(Action{Do: "tap", Message: id, Choice: choice})
		_, v := w.told()
		button := first(t, v, "messages")["button"].(map[string]any)
		if button["payload"] != choice || button["text"] != title {
			t.Errorf("%v", button)
		}
	}
}

func TestMarketingMayGoByItsOwnEndpointOnly(t *testing.T) {
	w := start(t, Config{})
	w.put("/_sandbox/templates", Template{WABA: wabaID, Name: "oferta", Language: "pt_BR", Body: "Hoje!", Category: "MARKETING"})
	w.put("/_sandbox/templates", Template{WABA: wabaID, Name: "aviso", Language: "pt_BR", Body: "Pago."})
	w.put("/_sandbox/wabas", WABA{ID: wabaID, Marketing: "elsewhere"})
	use := func(name string) m {
		return m{"messaging_product": "whatsapp", "recipient_type": "individual", "to": ana, "type": "template", "template": m{"name": name, "language": m{"code": "pt_BR"}}}
	}
	for _, c := range []struct {
		path, name string
		code       int
	}{
		{"messages", "oferta", 131063}, {"marketing_messages", "oferta", 0}, {"messages", "aviso", 0}, {"marketing_messages", "aviso", 131009},
	} {
		status, raw := w.graph("POST", "/v25.0/"+numberID+"/"+c.path, use(c.name))
		if c.code == 0 && status != 200 || c.code != 0 && (status == 200 || graphErr(t, raw).Code != c.code) {
			t.Errorf("%s by %s: %d %s", c.name, c.path, status, raw)
		}
	}
	odd := use("oferta")
	odd["biz_opaque_callback_data"] = "x"
	if status, raw := w.graph("POST", "/v25.0/"+numberID+"/marketing_messages", odd); status != 400 || graphErr(t, raw).Code != 100 {
		t.Errorf("%d %s", status, raw)
	}
}
