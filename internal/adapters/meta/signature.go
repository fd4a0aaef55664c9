package meta

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/channel"
)

// SignatureHeader carries "sha256=" and the lowercase hex of the HMAC-SHA256 of
// the raw body under the app secret (Meta: Webhooks, Validating Payloads).
const SignatureHeader = "X-Hub-Signature-256"

const maxChallenge = 1 << 10

// Names of the credentials that a webhook is checked with.
const (
	AppSecret   = "app_secret"
	VerifyToken = "verify_token"
	Token       = "token"
)

// Challenge answers the GET handshake: the bare challenge when the token is one
// of the accounts'. Error: fault.Forbidden.
func Challenge(query url.Values, accounts []channel.Account) ([]byte, error) {
	known := false
	for _, account := range accounts {
		token := account.Credential(VerifyToken)
		if !token.IsZero() && token.Equal(query.Get("hub.verify_token")) {
			known = true
		}
	}
	challenge := query.Get("hub.challenge")
	if !known || query.Get("hub.mode") != "subscribe" || challenge == "" || len(challenge) > maxChallenge {
		return nil, fault.New(fault.Forbidden, "the verification was refused")
	}
	return []byte(challenge), nil
}

// Verify gives the accounts whose app secret signed the body. All of them are
// tried, whichever matched before. Error: fault.Unauthorized.
func Verify(header http.Header, body []byte, accounts []channel.Account) ([]channel.Account, error) {
	given, ok := signature(header)
	var matched []channel.Account
	// Numbers of one app share its secret: sign once for each distinct one.
	tried := make(map[secret.Text]bool, 1)
	for _, account := range accounts {
		key := account.Credential(AppSecret)
		if key.IsZero() {
			continue
		}
		valid, known := tried[key]
		if !known {
			valid = hmac.Equal(given, sign(key, body)) && ok
			tried[key] = valid
		}
		if valid {
			matched = append(matched, account)
		}
	}
	if len(matched) == 0 {
		return nil, fault.New(fault.Unauthorized, "the signature is not valid")
	}
	return matched, nil
}

func sign(key secret.Text, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(key.Reveal()))
	mac.Write(body)
	return mac.Sum(nil)
}

func signature(header http.Header) ([]byte, bool) {
	values := header.Values(SignatureHeader)
	if len(values) != 1 {
		return nil, false
	}
	digits, found := strings.CutPrefix(values[0], "sha256=")
	if !found || len(digits) != hex.EncodedLen(sha256.Size) {
		return nil, false
	}
	given, err := hex.DecodeString(digits)
	return given, err == nil
}
