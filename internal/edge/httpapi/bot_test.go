package httpapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/identity"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// The life of a bot as a browser sees it.
func TestABotIsMadeAndPublished(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		admin := h.root
		bot := admin.call(http.MethodPost, "/bots", map[string]any{"name": "Recepção", "definition": botFlow("Padaria")}).want(http.StatusCreated)
		if bot.text("key") != "recepcao" || bot.text("state") != "active" {
			t.Fatalf("%s", bot.body)
		}
		path := "/bots/" + bot.text("id")
		watching := admin.watch("")
		defer watching.close()

		draft := decode[map[string]any](admin.get(path + "/draft").want(http.StatusOK))
		draft["definition"].(map[string]any)["name"] = "Outra"
		saved := admin.call(http.MethodPut, path+"/draft", map[string]any{"revision": 1, "definition": draft["definition"], "layout": map[string]any{"nodes": map[string]any{}}}).want(http.StatusOK)
		if decode[map[string]any](saved)["revision"].(float64) != 2 {
			t.Fatalf("%s", saved.body)
		}
		watching.until(event.BotUpdated, func(data string) bool {
			return strings.Contains(data, `"drafted"`) && strings.Contains(data, bot.text("id"))
		})

		t.Run("who saves an old revision is told by whom", func(t *testing.T) {
			stale := admin.call(http.MethodPut, path+"/draft", map[string]any{"revision": 1, "definition": map[string]any{}}).wantProblem(http.StatusConflict, fault.Conflict, "draft_changed")
			if facts := decode[Problem](stale).Facts; facts["revision"] != "2" || facts["author_name"] != "Ana" || facts["updated_ms"] == "" {
				t.Fatalf("%s", stale.body)
			}
		})
		t.Run("a flow that fails a proof is told by node", func(t *testing.T) {
			broken := strings.Replace(string(botFlow("x")), `"next":"menu"`, `"next":""`, 1)
			report := admin.call(http.MethodPost, "/bots/check", map[string]any{"definition": json.RawMessage(broken)}).want(http.StatusOK)
			if report.text("issues", "0", "node") != "horas" || report.text("issues", "0", "sentence") == "" || report.text("graph", "nodes", "0", "name") != "menu" {
				t.Fatalf("%s", report.body)
			}
			other := admin.call(http.MethodPost, "/bots", map[string]any{"name": "Quebrado", "definition": json.RawMessage(broken)}).want(http.StatusCreated).text("id")
			refused := admin.call(http.MethodPost, "/bots/"+other+"/publish", map[string]any{"revision": 1}).wantProblem(http.StatusConflict, fault.Refused, "not_proved")
			if flaws := decode[Problem](refused).Errors; len(flaws) != 1 || flaws[0].Field != "horas" || flaws[0].Message == "" {
				t.Fatalf("%s", refused.body)
			}
		})
		one := admin.call(http.MethodPost, path+"/publish", map[string]any{"revision": 2, "note": "Primeira"}).want(http.StatusOK)
		if one.text("author_name") != "Ana" || one.text("note") != "Primeira" || one.text("policy") != "drain" {
			t.Fatalf("%s", one.body)
		}
		watching.until(event.BotUpdated, func(data string) bool { return strings.Contains(data, `"published"`) })
		t.Run("a test that fails keeps it from being published", func(t *testing.T) {
			test := json.RawMessage(`[{"name":"errado","steps":[{"customer":{"text":"oi"}},{"bot":{"text":"nunca"}}]}]`)
			admin.call(http.MethodPut, path+"/draft", map[string]any{"revision": 2, "definition": botFlow("Loja"), "tests": test}).want(http.StatusOK)
			refused := admin.call(http.MethodPost, path+"/publish", map[string]any{"revision": 3}).wantProblem(http.StatusConflict, fault.Refused, "tests_failed")
			if flaws := decode[Problem](refused).Errors; len(flaws) != 1 || flaws[0].Field != "errado" {
				t.Fatalf("%s", refused.body)
			}
			run := admin.call(http.MethodPost, path+"/tests/run", map[string]any{}).want(http.StatusOK)
			if run.text("results", "0", "name") != "errado" || run.text("results", "0", "sentence") == "" {
				t.Fatalf("%s", run.body)
			}
		})
		recorded := admin.call(http.MethodPost, path+"/tests/record", map[string]any{"name": "certo", "channel": "whatsapp", "now_ms": 1_790_000_000_000,
			"steps": []any{map[string]any{"customer": map[string]any{"text": "oi"}}}}).want(http.StatusOK)
		admin.call(http.MethodPut, path+"/draft", map[string]any{"revision": 3, "definition": botFlow("Loja"), "tests": []any{json.RawMessage(recorded.body)}}).want(http.StatusOK)
		if changes := admin.get(path + "/diff").want(http.StatusOK); changes.text("changes", "0", "sentence") == "" {
			t.Fatalf("%s", changes.body)
		}
		admin.call(http.MethodPost, path+"/publish", map[string]any{"revision": 4, "sessions": "move"}).want(http.StatusOK)
		back := admin.call(http.MethodPost, path+"/roll-back", map[string]any{"number": 1, "note": "de volta"}).want(http.StatusOK)
		if back.text("hash") != one.text("hash") {
			t.Fatalf("%s", back.body)
		}
		versions := admin.get(path + "/versions?limit=2").want(http.StatusOK)
		if versions.text("items", "0", "note") != "de volta" || versions.text("next") == "" || versions.text("items", "1", "policy") != "move" {
			t.Fatalf("%s", versions.body)
		}
		if full := admin.get(path + "/versions/2").want(http.StatusOK); full.text("tests", "0", "name") != "certo" || full.text("definition", "name") != "Loja" {
			t.Fatalf("%s", full.body)
		}
		if found := admin.call(http.MethodPost, path+"/explore", map[string]any{"runs": 3}).want(http.StatusOK); !strings.Contains(string(found.body), `"failures":[]`) {
			t.Fatalf("%s", found.body)
		}
		if file := admin.get(path + "/export").want(http.StatusOK); file.text("key") != "recepcao" {
			t.Fatalf("%s", file.body)
		}
		if ready := admin.get("/bot-templates").want(http.StatusOK); ready.text("items", "0", "title") == "" {
			t.Fatalf("%s", ready.body)
		}
	})
}

func TestABotIsSimulated(t *testing.T) {
	h := open(t, databasetest.Open(t))
	bot := h.root.call(http.MethodPost, "/bots", map[string]any{"name": "Recepção", "definition": botFlow("Padaria")}).want(http.StatusCreated).text("id")
	turn := func(state string, input any) *answer {
		return h.root.call(http.MethodPost, "/bots/"+bot+"/simulate", map[string]any{
			"channel": "whatsapp", "contact": map[string]any{"name": "Caio"}, "state": state, "session": "tela-00001", "input": input, "now_ms": 1_790_000_000_000,
		})
	}
	first := turn("", map[string]any{"kind": "message", "content": map[string]any{"kind": "text", "text": "oi"}}).want(http.StatusOK)
	if first.text("node") != "menu" || first.text("messages", "0", "shown", "0", "shape") != "buttons" {
		t.Fatalf("%s", first.body)
	}
	picked := map[string]any{"kind": "pick", "pick": map[string]any{"id": first.text("messages", "0", "content", "choice", "options", "1", "id")}}
	last := turn(first.text("state"), map[string]any{"kind": "message", "content": picked}).want(http.StatusOK)
	if last.text("status") != "handed_off" || last.text("trail", "0", "exit") != "pessoa" {
		t.Fatalf("%s", last.body)
	}
	turn("forged", map[string]any{"kind": "start"}).wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
}

func TestWhatABotDidIsSeen(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		e := furnish(t, h, h.root, "alfa", "1", "ana@alfa.example.com")
		path := "/bots/" + e.bot
		sessions := h.root.get(path + "/sessions?status=waiting&node=menu&version=1").want(http.StatusOK)
		if sessions.text("items", "0", "contact_name") != "alfa cliente" || sessions.text("items", "0", "conversation_id") != e.conversation {
			t.Fatalf("%s", sessions.body)
		}
		if h.root.get(path + "/sessions?node=horas").want(http.StatusOK); !strings.Contains(string(h.root.get(path+"/sessions?node=horas").body), `"items":[]`) {
			t.Fatal("nobody waits there")
		}
		replay := h.root.get(path + "/sessions/" + e.talk + "/replay").want(http.StatusOK)
		if replay.text("turns", "0", "node") != "menu" || replay.text("turns", "0", "input", "content", "text") != "alfa" || !strings.Contains(string(replay.body), `"same":true`) {
			t.Fatalf("%s", replay.body)
		}
		h.root.get(path + "/sessions/" + e.talk + "/replay?version=1").want(http.StatusOK)
		h.root.get(path+"/sessions/"+e.talk+"/replay?version=9").wantProblem(http.StatusNotFound, fault.NotFound, "")
		if impact := h.root.get(path + "/impact").want(http.StatusOK); !strings.Contains(string(impact.body), `"menu":1`) {
			t.Fatalf("%s", impact.body)
		}
		if counts := h.root.get(path + "/counts").want(http.StatusOK); counts.text("nodes", "0", "node") != "menu" {
			t.Fatalf("%s", counts.body)
		}
		h.root.get(path+"/counts?version=7").wantProblem(http.StatusNotFound, fault.NotFound, "")
		// An attendant may see numbers, and the words only of those whom they may serve.
		outsider := h.join(h.root, "atena@alfa.example.com", "Atena", identity.Attendant)
		seen := outsider.get(path + "/sessions").want(http.StatusOK)
		if visible := outsider.get("/conversations/" + e.conversation).status; visible == http.StatusNotFound {
			if strings.Contains(string(seen.body), "alfa cliente") {
				t.Fatalf("%s", seen.body)
			}
			outsider.get(path+"/sessions/"+e.talk+"/replay").wantProblem(http.StatusNotFound, fault.NotFound, "")
		} else {
			t.Fatalf("an attendant sees another's conversation: %d", visible)
		}
	})
}

// Attendants and supervisors read; admins write and publish.
func TestWhoMayChangeBots(t *testing.T) {
	h := open(t, databasetest.Open(t))
	e := furnish(t, h, h.root, "alfa", "1", "ana@alfa.example.com")
	for name, role := range map[string]identity.Role{"atena": identity.Attendant, "sula": identity.Supervisor} {
		who := h.join(h.root, name+"@alfa.example.com", name, role)
		for id, attempts := range reach(e, e) {
			for _, op := range allOperations(t) {
				if op.OperationID != id || op.Tags[0] != "bot" {
					continue
				}
				for _, one := range attempts {
					got := call(who, op.Method, one)
					reads := op.Extensions[permissionKey] == string(identity.BotRead)
					if reads == (got.status == http.StatusForbidden) {
						t.Errorf("%s as %s: %d %s", id, name, got.status, got.body)
					}
				}
			}
		}
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	h := open(t, databasetest.Open(t))
	h.root.call(http.MethodPut, "/bot-secrets/LOJA", map[string]any{"value": "s3gredo-da-loja"}).want(http.StatusOK)
	h.root.call(http.MethodPut, "/bot-secrets/9x", map[string]any{"value": "x"}).want(http.StatusUnprocessableEntity)
	list := h.root.get("/bot-secrets").want(http.StatusOK)
	if list.text("items", "0", "name") != "LOJA" {
		t.Fatalf("%s", list.body)
	}
	log := h.root.get("/audit").want(http.StatusOK)
	if !strings.Contains(string(log.body), "bot.secret_set") {
		t.Fatalf("%s", log.body)
	}
	h.root.call(http.MethodDelete, "/bot-secrets/LOJA", nil).want(http.StatusNoContent)
	h.root.call(http.MethodDelete, "/bot-secrets/LOJA", nil).wantProblem(http.StatusNotFound, fault.NotFound, "")
	for _, text := range []string{string(list.body), string(log.body), h.logs.String()} {
		if strings.Contains(text, "s3gredo-da-loja") {
			t.Fatal("a secret was shown: " + text)
		}
	}
}
