package meta

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"

	"prosa/internal/base/clock"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/wire"
)

// Client calls the Graph API for accounts.
type Client struct {
	config   Config
	http     *http.Client
	recorder channel.Recorder
	clock    clock.Clock
}

// NewClient makes a client. The HTTP client's own redirects are not used.
func NewClient(config Config, client *http.Client, recorder channel.Recorder, clock clock.Clock) *Client {
	return &Client{config: config, http: client, recorder: recorder, clock: clock}
}

// Call is one Graph request.
type Call struct {
	Verb  string // http.MethodGet, http.MethodPost
	Path  string // below the version: "1060001/messages"
	Query url.Values
	Body  []byte // JSON
	File  *File  // sends a form instead of Body
	// DeliveryID connects the exchange log to the message.
	DeliveryID string
	// Note stands in the exchange log for a Body of thousands of rows.
	Note string
	// Secret says that the answer holds a secret: the exchange log gets none of it.
	Secret bool
	// MaxAnswer is as in wire.Request.
	MaxAnswer int64
}

// File is a form with one file.
type File struct {
	Fields  [][2]string
	Field   string
	Name    string
	MIME    string
	Content io.Reader
	Size    int64 // bytes
}

// Do makes the call with the account's token and gives the body of a success.
// Error: *channel.SendError, always.
func (c *Client) Do(ctx context.Context, account channel.Account, call Call, table Table) ([]byte, error) {
	answer, err := c.Ask(ctx, account, call, table)
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}

// Ask makes the call like Do and gives the whole answer, beside an error too:
// its headers tell how much of a rate is left.
func (c *Client) Ask(ctx context.Context, account channel.Account, call Call, table Table) (wire.Answer, error) {
	timeout := c.config.Timeout
	if call.File != nil {
		timeout = c.config.UploadTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	mask := wire.NewMask(account.Credentials)
	request, note := c.request(account, call)
	log := exchange{account: account, call: call, mask: mask, request: note, startMS: clock.MS(c.clock.Now())}
	answer, err := wire.Do(ctx, c.http, request)
	problem := ""
	var failure *channel.SendError
	switch {
	case answer.Status >= 200 && answer.Status < 300 && err == nil && !holdsError(answer.Body):
	case answer.Status >= 400 || answer.Status != 0 && err == nil:
		// Refused, even if the explanation broke off.
		failure = Classify(answer.Status, answer.Header, answer.Body, table)
	default:
		failure = lost(err)
	}
	if err != nil {
		problem = err.Error()
	}
	c.record(log, answer, problem)
	if failure != nil {
		failure.Message = mask.Hide(failure.Message)
		return answer, failure
	}
	return answer, nil
}

// lost classifies a call without an answer.
func lost(err error) *channel.SendError {
	failure := &channel.SendError{Class: channel.Retry, Code: "network", Message: err.Error()}
	var fate *wire.Failure
	if errors.As(err, &fate) && fate.Sent {
		failure.Class, failure.Code = channel.Ambiguous, "no_answer"
	}
	return failure
}

// holdsError guards against an error object under status 200.
func holdsError(body []byte) bool {
	var answer struct {
		Error *GraphError `json:"error"`
	}
	return Read(body, &answer) == nil && answer.Error != nil
}

// URL is where a path of the Graph API is.
func (c *Client) URL(path string, query url.Values) string {
	address := c.config.BaseURL + "/" + c.config.Version + "/" + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return address
}

// request gives the request and what of its payload goes to the exchange log.
func (c *Client) request(account channel.Account, call Call) (wire.Request, string) {
	request := wire.Request{Method: call.Verb, URL: c.URL(call.Path, call.Query), Header: Bearer(account), Body: call.Body, MaxAnswer: call.MaxAnswer}
	if call.File == nil {
		if call.Body != nil {
			request.Header["Content-Type"] = []string{"application/json"}
		}
		if call.Note != "" {
			return request, call.Note
		}
		return request, string(call.Body)
	}
	stream, size, kind := form(*call.File)
	request.Stream, request.Size = stream, size
	request.Header["Content-Type"] = []string{kind}
	return request, "form: file " + call.File.Name + ", " + call.File.MIME + ", " + strconv.FormatInt(call.File.Size, 10) + " bytes"
}

// Bearer is the header that carries the account's token. Meta's media hosts
// refuse requests without a User-Agent.
func Bearer(account channel.Account) http.Header {
	return http.Header{
		"Authorization": {"Bearer " + account.Credential(Token).Reveal()},
		"User-Agent":    {"prosa/1"},
	}
}

// form streams a multipart form with a known length, so that a file of 100 MB
// never lies in memory.
func form(file File) (io.Reader, int64, string) {
	var head strings.Builder
	writer := multipart.NewWriter(&head)
	for _, field := range file.Fields {
		_ = writer.WriteField(field[0], field[1]) // a strings.Builder takes everything
	}
	part := textproto.MIMEHeader{}
	part.Set("Content-Disposition", multipart.FileContentDisposition(file.Field, file.Name))
	part.Set("Content-Type", file.MIME)
	_, _ = writer.CreatePart(part)
	opened := head.Len()
	_ = writer.Close()
	text := head.String()
	size := int64(len(text)) + file.Size
	return io.MultiReader(strings.NewReader(text[:opened]), file.Content, strings.NewReader(text[opened:])), size, writer.FormDataContentType()
}

// exchange is a call under way, as the exchange log will keep it.
type exchange struct {
	account channel.Account
	call    Call
	mask    wire.Mask
	request string
	startMS int64
}

func (c *Client) record(log exchange, answer wire.Answer, problem string) {
	path := "/" + c.config.Version + "/" + log.call.Path
	if len(log.call.Query) > 0 {
		path += "?" + log.call.Query.Encode()
	}
	response := log.mask.Keep(answer.Body)
	if log.call.Secret && answer.Status < 300 {
		response = "[secret]"
	}
	c.recorder.Record(channel.Exchange{
		TenantID: log.account.TenantID, AccountID: log.account.ID, DeliveryID: log.call.DeliveryID,
		AtMS: log.startMS, TookMS: clock.MS(c.clock.Now()) - log.startMS,
		Outgoing: true, Method: log.call.Verb, Path: log.mask.Hide(path),
		Request: log.mask.Keep([]byte(log.request)), Status: answer.Status,
		Response: response, Problem: log.mask.Hide(problem),
	})
}
