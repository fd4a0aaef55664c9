package config_test

import (
	"errors"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/config"
)

var update = flag.Bool("update", false, "rewrite the golden files")

type mail struct {
	Host string      `env:"MAIL_HOST" doc:"Server that sends mail."`
	Port int16       `env:"MAIL_PORT" default:"587" doc:"Its port."`
	Key  secret.Text `env:"MAIL_KEY" doc:"Its password."`
	Dir  string      `env:"PROSA_DIR" default:"data" doc:"Data folder."`
}

func (m mail) Validate() error {
	if m.Host != "" && m.Key.IsZero() {
		return fault.OnField("MAIL_KEY", "a server needs a password")
	}
	return nil
}

type tree struct {
	Dir     string        `env:"PROSA_DIR" default:"data" doc:"Data folder."`
	Grace   time.Duration `env:"PROSA_GRACE" default:"10s" doc:"How long a stop may take."`
	Limit   config.Size   `env:"PROSA_LIMIT" default:"64MB" doc:"Largest body | in bytes."`
	Debug   bool          `env:"PROSA_DEBUG" default:"false" doc:"Say more."`
	Share   float64       `env:"PROSA_SHARE" default:"0.5" doc:"Share of the machine."`
	Hosts   []string      `env:"PROSA_HOSTS" doc:"Hosts that we answer for."`
	Waits   []config.Size `env:"PROSA_SIZES" default:"1KB,2KB" doc:"Sizes."`
	Public  url.URL       `env:"PROSA_PUBLIC" default:"http://localhost:8080" doc:"Our address." required:"true"`
	Token   secret.Text   `env:"PROSA_TOKEN" doc:"Token of the platform."`
	Plain   string        `env:"PROSA_PLAIN" doc:"A secret in a string." secret:"true"`
	Mail    mail
	Second  mail   `prefix:"SECOND_"`
	Skipped func() `env:"-"`
}

func load(t *testing.T, values map[string]string) (tree, error) {
	t.Helper()
	var got tree
	err := config.Load(&got, config.Map(values))
	return got, err
}

func TestDefaultsThenEnvironment(t *testing.T) {
	got, err := load(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Dir != "data" || got.Grace != 10*time.Second || got.Limit != 64<<20 || got.Mail.Port != 587 || got.Public.Host != "localhost:8080" {
		t.Fatalf("defaults: %+v", got)
	}
	if !reflect.DeepEqual(got.Waits, []config.Size{1 << 10, 2 << 10}) {
		t.Fatalf("list: %v", got.Waits)
	}
	got, err = load(t, map[string]string{
		"PROSA_DIR": "/srv", "PROSA_GRACE": "1m", "PROSA_DEBUG": "true", "PROSA_HOSTS": "a.com, b.com,",
		"PROSA_TOKEN": "t0", "MAIL_PORT": "25", "SECOND_MAIL_PORT": "26", "PROSA_LIMIT": "",
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.Dir != "/srv" || got.Mail.Dir != "/srv" || got.Grace != time.Minute || !got.Debug || got.Token.Reveal() != "t0" ||
		got.Mail.Port != 25 || got.Second.Mail() != 26 || got.Limit != 64<<20 || !reflect.DeepEqual(got.Hosts, []string{"a.com", "b.com"}) {
		t.Fatalf("environment: %+v", got)
	}
}

func (m mail) Mail() int16 { return m.Port }

func TestEveryFaultIsToldWithItsVariable(t *testing.T) {
	_, err := load(t, map[string]string{
		"PROSA_GRACE": "soon", "PROSA_LIMIT": "many", "PROSA_DEBUG": "perhaps", "PROSA_SHARE": "half",
		"PROSA_PUBLIC": "localhost", "PROSA_SIZES": "1KB,x", "MAIL_PORT": "70000", "SECOND_MAIL_HOST": "h",
	})
	var names []string
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("got %v", err)
	}
	for _, one := range joined.Unwrap() {
		var f *fault.Error
		if !errors.As(one, &f) || f.Code != fault.Invalid {
			t.Fatalf("not a fault about a variable: %v", one)
		}
		names = append(names, f.Field)
	}
	want := []string{"PROSA_GRACE", "PROSA_LIMIT", "PROSA_DEBUG", "PROSA_SHARE", "PROSA_SIZES", "PROSA_PUBLIC", "MAIL_PORT", "MAIL_KEY"}
	if !reflect.DeepEqual(names, want) {
		t.Fatalf("got %v, want %v", names, want)
	}
}

func TestSecretsComeFromFilesAndStayHidden(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("s3cr3t\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := load(t, map[string]string{"PROSA_TOKEN_FILE": file, "PROSA_PLAIN": "pl4in"})
	if err != nil || got.Token.Reveal() != "s3cr3t" {
		t.Fatalf("%q, %v", got.Token.Reveal(), err)
	}
	fields, err := config.Describe(&got)
	if err != nil {
		t.Fatal(err)
	}
	shown := config.Markdown(fields) + config.Text(fields)
	if strings.Contains(shown, "s3cr3t") || strings.Contains(shown, "pl4in") {
		t.Fatalf("a secret shows:\n%s", shown)
	}
	if _, err := load(t, map[string]string{"PROSA_TOKEN_FILE": file, "PROSA_TOKEN": "x"}); err == nil {
		t.Error("two sources of one secret were accepted")
	}
	if _, err := load(t, map[string]string{"PROSA_TOKEN_FILE": file + "x"}); err == nil {
		t.Error("an absent file was accepted")
	}
}

func TestDescribe(t *testing.T) {
	got, err := load(t, map[string]string{"PROSA_GRACE": "20s", "PROSA_TOKEN": "x", "PROSA_DIR": "data"})
	if err != nil {
		t.Fatal(err)
	}
	fields, err := config.Describe(&got)
	if err != nil {
		t.Fatal(err)
	}
	var differ []string
	for _, f := range fields {
		if f.Differs {
			differ = append(differ, f.Name)
		}
	}
	if want := []string{"PROSA_GRACE", "PROSA_TOKEN"}; !reflect.DeepEqual(differ, want) {
		t.Fatalf("differ: %v, want %v", differ, want)
	}
	golden(t, "describe.md", config.Markdown(fields))
	golden(t, "describe.txt", config.Text(fields))
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

func TestUnknownFindsMisspeltNames(t *testing.T) {
	got, err := config.Unknown(&tree{}, []string{"PROSA_DIR=x", "PROSA_DRI=x", "PROSA_TOKEN_FILE=f", "PROSA_DIR_FILE=f", "HOME=/"}, "PROSA_")
	if err != nil || !reflect.DeepEqual(got, []string{"PROSA_DIR_FILE", "PROSA_DRI"}) {
		t.Fatalf("%v, %v", got, err)
	}
}

func TestMistakesInATree(t *testing.T) {
	for name, wrong := range map[string]any{
		"not a pointer": tree{},
		"no name":       &struct{ A string }{},
		"two meanings": &struct {
			A string `env:"X" default:"1"`
			B string `env:"X" default:"2"`
		}{},
		"no such kind": &struct {
			A chan int `env:"X" default:"1"`
		}{},
	} {
		if err := config.Load(wrong, config.Map(nil)); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestSizeReadsWhatItWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := config.Size(rapid.Int64Min(0).Draw(t, "size"))
		var back config.Size
		if err := back.UnmarshalText([]byte(size.String())); err != nil || back != size {
			t.Fatalf("%d as %s came back as %d, %v", size, size, back, err)
		}
	})
	for text, want := range map[string]config.Size{"512": 512, "1kb": 1024, "2 MiB": 2 << 20, "3G": 3 << 30, "7B": 7} {
		var got config.Size
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"-1", "B", "1XB", "9999999999GB", "1.5MB"} {
		if new(config.Size).UnmarshalText([]byte(text)) == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}
