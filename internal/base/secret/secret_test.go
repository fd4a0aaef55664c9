package secret

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestNothingPrintsASecret(t *testing.T) {
	const value = "s3cr3t-value"
	holder := struct {
		Token Text
		Inner *Text
	}{New(value), ptr(New(value))}
	encoded, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "token", holder.Token, "holder", holder)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		logged.WriteString(fmt.Sprintf(verb, holder.Token))
		logged.WriteString(fmt.Sprintf(verb, holder))
	}
	if all := logged.String() + string(encoded); strings.Contains(all, value) || strings.Contains(all, fmt.Sprintf("%x", value)) {
		t.Fatalf("the value leaked: %s", all)
	}
	if !holder.Token.Equal(value) || holder.Token.Equal("other") || holder.Token.Reveal() != value {
		t.Fatal("the value itself was lost")
	}
}

func ptr[T any](v T) *T { return &v }
