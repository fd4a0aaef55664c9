package meta

import (
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/channel"
)

func withSecret(id, appSecret, verifyToken string) channel.Account {
	return channel.Account{ID: id, Credentials: map[string]secret.Text{
		AppSecret: secret.New(appSecret), VerifyToken: secret.New(verifyToken),
	}}
}

func signed(key, body string) string {
	return "sha256=" + hex.EncodeToString(sign(secret.New(key), []byte(body)))
}

func TestSignIsHMACOfTheRawBytes(t *testing.T) {
	// RFC 4231, test case 2.
	got := signed("Jefe", "what do ya want for nothing?")
	if want := "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"; got != want {
		t.Errorf("got %s", got)
	}
}

func TestVerifyGivesOnlyTheAccountsThatSigned(t *testing.T) {
	accounts := []channel.Account{withSecret("a", "one", ""), withSecret("b", "two", ""), withSecret("c", "one", ""), withSecret("d", "", "")}
	const body = `{"text":"olá \u00e1"}`
	matched, err := Verify(http.Header{SignatureHeader: {signed("one", body)}}, []byte(body), accounts)
	if err != nil || len(matched) != 2 || matched[0].ID != "a" || matched[1].ID != "c" {
		t.Errorf("matched %+v, %v", matched, err)
	}
	valid := signed("one", body)
	for name, header := range map[string][]string{
		"none":            nil,
		"other body":      {signed("one", body+" ")},
		"other secret":    {signed("three", body)},
		"empty secret":    {signed("", body)},
		"without prefix":  {strings.TrimPrefix(valid, "sha256=")},
		"sha1":            {strings.Replace(valid, "sha256", "sha1", 1)},
		"cut":             {valid[:len(valid)-2]},
		"not hex":         {valid[:len(valid)-2] + "zz"},
		"two of them":     {valid, valid},
		"longer":          {valid + "00"},
		"empty signature": {"sha256="},
	} {
		matched, err := Verify(http.Header{SignatureHeader: header}, []byte(body), accounts)
		if !fault.Is(err, fault.Unauthorized) || matched != nil {
			t.Errorf("%s: %v, %v", name, matched, err)
		}
		if err != nil && strings.Contains(err.Error(), valid[10:20]) {
			t.Errorf("%s: the error tells the signature: %v", name, err)
		}
	}
	if _, err := Verify(http.Header{SignatureHeader: {signed("", body)}}, []byte(body), accounts[3:]); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("an account without a secret let it in: %v", err)
	}
}

func TestChallenge(t *testing.T) {
	accounts := []channel.Account{withSecret("a", "", "t1"), withSecret("b", "", "t2"), withSecret("c", "", "")}
	ask := func(mode, token, challenge string) url.Values {
		return url.Values{"hub.mode": {mode}, "hub.verify_token": {token}, "hub.challenge": {challenge}}
	}
	if got, err := Challenge(ask("subscribe", "t2", "1158201444"), accounts); err != nil || string(got) != "1158201444" {
		t.Errorf("got %q, %v", got, err)
	}
	for name, query := range map[string]url.Values{
		"wrong token":  ask("subscribe", "t3", "1"),
		"empty token":  ask("subscribe", "", "1"),
		"wrong mode":   ask("unsubscribe", "t1", "1"),
		"no challenge": ask("subscribe", "t1", ""),
		"long":         ask("subscribe", "t1", strings.Repeat("1", maxChallenge+1)),
		"nothing":      {},
	} {
		if got, err := Challenge(query, accounts); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
