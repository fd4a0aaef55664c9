package httpclient

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
)

const mask = "[secret]"

// Redact gives an error of net/http without the secrets that its URL may hold.
// What errors.Is and errors.As find in the cause stays.
func Redact(err error) error {
	var outer *url.Error
	if !errors.As(err, &outer) {
		return err
	}
	return &url.Error{Op: outer.Op, URL: RedactURL(outer.URL), Err: outer.Err}
}

// secretSegment finds path segments that are, or hold, a token: Telegram's
// /bot123:AA.../, and anything long without a vowel's rhythm to it, such as the
// secret of a hook.
var secretSegment = regexp.MustCompile(`^(?:bot)?[0-9]+:[A-Za-z0-9_-]{10,}$|^[A-Za-z0-9_-]{40,}$`)

// openQuery are the query parameters whose values may be shown; the list is of
// what is shown, since a list of what is hidden would miss one.
var openQuery = map[string]bool{"fields": true, "limit": true, "offset": true, "after": true, "before": true, "messaging_product": true, "type": true}

// RedactURL gives a URL without credentials, tokens in the path, and values of
// its query, for logs and exchange records.
func RedactURL(text string) string {
	target, err := url.Parse(text)
	if err != nil {
		return mask // what can't be read can't be judged
	}
	if target.User != nil {
		target.User = url.User(mask)
	}
	segments := strings.Split(target.Path, "/")
	for i, segment := range segments {
		if secretSegment.MatchString(segment) {
			segments[i] = mask
		}
	}
	var shown strings.Builder
	if target.Scheme != "" {
		shown.WriteString(target.Scheme + ":")
	}
	if target.Host != "" {
		shown.WriteString("//")
		if target.User != nil {
			shown.WriteString(mask + "@")
		}
		shown.WriteString(target.Host)
	}
	shown.WriteString(strings.Join(segments, "/"))
	separator := "?"
	for pair := range strings.SplitSeq(target.RawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		switch {
		case pair == "":
			continue
		case !openQuery[name]:
			value = mask
		}
		shown.WriteString(separator + name + "=" + value)
		separator = "&"
	}
	return shown.String()
}
