package metacatalog

import (
	"net/http"
	"net/url"

	"prosa/internal/adapters/meta"
	"prosa/internal/modules/channel"
)

// Notice says that Meta is over with a batch. It is a hint: Check tells what
// became of it.
type Notice struct {
	CatalogID string
	Handle    string
}

// Challenge answers the handshake of an app's webhook. Error: fault.Forbidden.
func Challenge(query url.Values, accounts []channel.Account) ([]byte, error) {
	return meta.Challenge(query, accounts)
}

// Verify gives the accounts whose app signed the body. Error:
// fault.Unauthorized.
func Verify(header http.Header, body []byte, accounts []channel.Account) ([]channel.Account, error) {
	return meta.Verify(header, body, accounts)
}

// object is what the webhooks of catalogs are about. Source: Webhooks reference.
const object = "catalog"

// Notices reads the body of a webhook about catalogs. Other fields than
// items_batch, and what can't be read, give none: every batch is asked for
// anyway. Errors: fault.Invalid when the body is about something else,
// fault.TooLarge.
func Notices(body []byte) ([]Notice, error) {
	updates, err := meta.Open(body, object)
	if err != nil {
		return nil, err
	}
	var notices []Notice
	for _, update := range updates {
		if update.Field != "items_batch" || update.Problem != "" {
			continue
		}
		notice := Notice{CatalogID: update.EntryID}
		for name, value := range meta.Members(update.Value) {
			text, _ := meta.TextOf(value)
			switch {
			case string(name) == "catalog_id" && text != "":
				notice.CatalogID = text
			case string(name) == "handle":
				notice.Handle = text
			}
		}
		if notice.CatalogID != "" && notice.Handle != "" {
			notices = append(notices, notice)
		}
	}
	return notices, nil
}
