package telegram

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// attachment is a file that goes along with a call.
type attachment struct {
	field, name, mime string
	content           io.ReadCloser
	size              int64
}

// unfetched is the code of a public file that we could not fetch either.
const unfetched = "fetch"

// open opens a file to be sent: one of ours, or one at a public address that
// Telegram could not fetch by itself.
func (a *Adapter) open(ctx context.Context, account channel.Account, file *message.Media) (*attachment, *channel.SendError) {
	opened := &attachment{name: fileName(file), mime: file.MIME}
	var err error
	if file.Blob == "" && file.URL != "" {
		if opened.content, opened.size, opened.mime, err = a.fetchPublic(ctx, file); err != nil {
			a.logger.InfoContext(ctx, "a public file to be sent could not be fetched", "account", account.ID, "error", err)
			return nil, &channel.SendError{Class: channel.Rejected, Code: unfetched, Message: "the file's public address gives no file"}
		}
		return opened, nil
	}
	if opened.content, opened.size, err = a.blobs.Open(ctx, account.TenantID, file.Blob); err != nil {
		a.logger.WarnContext(ctx, "a file to be sent could not be opened", "account", account.ID, "blob", file.Blob, "error", err)
		return nil, &channel.SendError{Class: channel.Retry, Code: "blob", Message: "the file could not be opened", MaxTries: 3}
	}
	return opened, nil
}

// fetchPublic reads a public file into memory: its length must be known before
// it is sent on, and servers do not always tell it.
func (a *Adapter) fetchPublic(ctx context.Context, file *message.Media) (content io.ReadCloser, size int64, mime string, err error) {
	ctx, cancel := context.WithTimeout(ctx, a.config.UploadTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, file.URL, nil)
	if err != nil {
		return nil, 0, "", fault.Wrap(err, fault.Invalid, "the address cannot be asked")
	}
	response, err := a.web.Do(request)
	if err != nil {
		return nil, 0, "", err
	}
	defer response.Body.Close()
	most := message.LimitsOf(message.Telegram).Document
	data, err := io.ReadAll(io.LimitReader(response.Body, most+1))
	switch {
	case err != nil:
		return nil, 0, "", err
	case response.StatusCode != http.StatusOK || len(data) == 0:
		return nil, 0, "", fault.New(fault.NotFound, "the address answered %d with %d bytes", response.StatusCode, len(data))
	case int64(len(data)) > most:
		return nil, 0, "", fault.New(fault.TooLarge, "the file has more than %d bytes", most)
	}
	mime = file.MIME
	if mime == "" {
		mime = response.Header.Get("Content-Type")
	}
	return io.NopCloser(bytes.NewReader(data)), int64(len(data)), mime, nil
}

// form streams the arguments and the files as multipart with a known length, so
// that a file of 50 MB never lies in memory.
func form(c call) (stream io.Reader, size int64, kind string, err error) {
	arguments := map[string]jsontext.Value{}
	if read(c.body, &arguments) != nil {
		return nil, 0, "", &channel.SendError{Class: channel.Rejected, Code: "body", Message: "the stored request cannot be read"}
	}
	var frame strings.Builder
	writer := multipart.NewWriter(&frame)
	for name, argument := range arguments {
		text := string(argument)
		if argument.Kind() == '"' && read(argument, &text) != nil {
			continue
		}
		_ = writer.WriteField(name, text) // a strings.Builder takes everything
	}
	var pieces []io.Reader
	written := 0
	cut := func() {
		pieces = append(pieces, strings.NewReader(frame.String()[written:]))
		written = frame.Len()
	}
	for _, file := range c.files {
		part := textproto.MIMEHeader{}
		part.Set("Content-Disposition", multipart.FileContentDisposition(file.field, file.name))
		part.Set("Content-Type", file.mime)
		_, _ = writer.CreatePart(part)
		cut()
		pieces = append(pieces, file.content)
		size += file.size
	}
	_ = writer.Close()
	cut()
	return io.MultiReader(pieces...), int64(frame.Len()) + size, writer.FormDataContentType(), nil
}
