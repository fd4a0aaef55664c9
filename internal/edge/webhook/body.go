package webhook

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// readCallback reads the body of a small call whole, within callbackTime and at
// most so many bytes. What it can't be read for is the answer.
func readCallback(w http.ResponseWriter, r *http.Request, most int64) ([]byte, *answer) {
	if control := http.NewResponseController(w); control.SetReadDeadline(time.Now().Add(callbackTime)) == nil {
		defer func() { _ = control.SetReadDeadline(time.Time{}) }() // it worked a moment ago
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		return nil, &tooLarge
	}
	if err != nil {
		return nil, &cutOff
	}
	return body, nil
}
