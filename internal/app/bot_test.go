package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"prosa/internal/modules/channel"
	"prosa/internal/platform/config"
	"prosa/internal/platform/telemetry"

	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/modules/tenancy"
)

func TestABotIsPublishedFromTheCommandLine(t *testing.T) {
	settings := map[string]string{"PROSA_DATA_DIR": t.TempDir()}
	if code, _, problem := invoke(t, settings, "migrate"); code != exitOK {
		t.Fatal(problem)
	}
	cfg, err := load(config.Map(settings))
	if err != nil {
		t.Fatal(err)
	}
	h, err := open(t.Context(), cfg, "test", telemetry.Discard())
	if err != nil {
		t.Fatal(err)
	}
	company, err := h.tenancy.Create(t.Context(), tenancy.Draft{Name: "Padaria Sol", Slug: "padaria-sol"}, tenancy.By{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.channel.Create(t.Context(), channel.NewAccount{TenantID: company.ID, Channel: message.Telegram, Name: "Balcão", ExternalID: "7",
		Credentials: map[string]secret.Text{"token": secret.New("7:x")}}); err != nil {
		t.Fatal(err)
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.json")
	loop := `{"schema":1,"name":"Laço","languages":["pt-BR"],"start":"a","nodes":[{"name":"a","kind":"message","text":{"pt-BR":"oi"},"next":"a"}]}`
	if err := os.WriteFile(broken, []byte(loop), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--company", "padaria-sol"}, exitFailure, "--template"},
		{[]string{"--company", "nobody", "--template", "recepcao"}, exitFailure, "nobody"},
		{[]string{"--company", "padaria-sol", "--template", "nothing"}, exitFailure, "nothing"},
		{[]string{"--company", "padaria-sol", "--flow", broken}, exitFailure, "a"},
		{[]string{"--company", "padaria-sol", "--template", "recepcao", "--channel", "Balcão"}, exitOK, "version 1 of Recepção is live\nit answers first on Balcão"},
		{[]string{"--company", "padaria-sol", "--template", "captacao"}, exitOK, "version 2 of Recepção"},
		{[]string{"--company", "padaria-sol", "--template", "recepcao", "--channel", "Lua"}, exitFailure, "Lua"},
	} {
		code, out, problem := invoke(t, settings, append([]string{"bot"}, step.args...)...)
		if code != step.code || !strings.Contains(out+problem, step.says) {
			t.Errorf("%v: exit %d, want %d with %q:\n%s%s", step.args, code, step.code, step.says, out, problem)
		}
	}
}
