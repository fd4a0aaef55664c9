package move

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/httpclient"
	"prosa/internal/platform/shard"
)

const (
	// forwardEvery is how often a shard's owner looks for pieces to send on.
	forwardEvery = 100 * time.Millisecond
	// forwardIdle is between two looks while no company has left.
	forwardIdle = time.Second
	// forwardPause is after a failure; it doubles up to forwardLongest.
	forwardPause   = 200 * time.Millisecond
	forwardLongest = 10 * time.Second
	// forwardMost and forwardBytes bound one call.
	forwardMost  = 200
	forwardBytes = 4 << 20
	// answerMost is how far the clocks of the two sides may differ.
	answerMost = 10 * time.Minute
)

// Headers of a call by which pieces are sent on.
const (
	HeaderTime      = "X-Prosa-Time"
	HeaderSignature = "X-Prosa-Signature"
)

// sent is a piece on its way.
type sent struct {
	ID         string `json:"id"`
	Shard      int    `json:"shard"`
	AccountID  string `json:"account_id"`
	Channel    string `json:"channel"`
	ReceivedMS int64  `json:"received_ms"`
	Body       []byte `json:"body"`
}

// Forwarder is the job of a shard's owner that sends on what comes in for
// companies that have left. It is a shard.Job: so there is one for each shard,
// and the order stands.
type Forwarder struct {
	service *Service
	gate    *hold.Gate
	clients map[string]*http.Client
	keys    map[string][]byte
}

// Forwarder makes the job.
func (s *Service) Forwarder(gate *hold.Gate) shard.Job { return forwarders{s, gate} }

// forwarders makes a Forwarder for each shard.
type forwarders struct {
	service *Service
	gate    *hold.Gate
}

// Run implements shard.Job.
func (f forwarders) Run(ctx context.Context, lease shard.Lease) error {
	one := &Forwarder{service: f.service, gate: f.gate, clients: map[string]*http.Client{}, keys: map[string][]byte{}}
	return one.run(ctx, lease)
}

func (f *Forwarder) run(ctx context.Context, lease shard.Lease) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	pause := forwardPause
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		wait := forwardIdle
		for companyID, level := range f.gate.Companies() {
			if level != hold.Moved {
				wait = min(wait, forwardEvery)
				continue
			}
			more, err := f.company(ctx, companyID, lease.Shard)
			switch {
			case err != nil && ctx.Err() == nil:
				f.service.with.Logger.WarnContext(ctx, "webhooks of a company that has moved could not be sent on; they wait", "company", companyID, "shard", lease.Shard, "error", err)
				wait, pause = pause, min(2*pause, forwardLongest)
			case more:
				wait, pause = time.Millisecond, forwardPause
			default:
				wait, pause = min(wait, forwardEvery), forwardPause
			}
		}
		timer.Reset(wait)
	}
}

// company sends the next pieces of a company on and forgets them.
func (f *Forwarder) company(ctx context.Context, companyID string, shardNumber int) (more bool, err error) {
	pieces, err := f.service.pieces.Of(ctx, companyID, shardNumber, forwardMost)
	if err != nil || len(pieces) == 0 {
		return false, err
	}
	h, err := hold.Find(ctx, f.service.db, companyID)
	if err != nil {
		return false, err
	}
	m, err := f.service.find(ctx, h.MoveID)
	if err != nil {
		return false, err
	}
	if m.TargetURL == "" {
		return false, fault.New(fault.Unavailable, "where the company is now is not known yet")
	}
	size, n := 0, 0
	list := make([]sent, 0, len(pieces))
	ids := make([]string, 0, len(pieces))
	for ; n < len(pieces) && (n == 0 || size+len(pieces[n].Body) <= forwardBytes); n++ {
		one := pieces[n]
		size += len(one.Body)
		list = append(list, sent{one.ID, one.Shard, one.AccountID, one.Channel, one.ReceivedMS, one.Body})
		ids = append(ids, one.ID)
	}
	if err := f.send(ctx, m, list); err != nil {
		return false, err
	}
	if err := f.service.pieces.Done(ctx, ids); err != nil {
		return false, err
	}
	return n < len(pieces) || len(pieces) == forwardMost, f.service.tally(ctx, m, int64(n))
}

// tally counts what was sent on.
func (s *Service) tally(ctx context.Context, m Move, n int64) error {
	_, err := s.note(ctx, m.ID, m.CompanyID, Source, "", func(m *Move) { m.Facts.SentOn += n })
	return err
}

// send makes the call; it has come through when the target says that it has kept
// the pieces.
func (f *Forwarder) send(ctx context.Context, m Move, list []sent) error {
	body, err := json.Marshal(list)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "pieces could not be written")
	}
	client, ok := f.clients[m.TargetURL]
	if !ok {
		if client, err = httpclient.Provider(httpclient.Limits{Timeout: 20 * time.Second, Body: 64 << 10}, m.TargetURL); err != nil {
			return err
		}
		f.clients[m.TargetURL] = client
	}
	key, ok := f.keys[m.ID]
	if !ok {
		if key, err = f.service.forwardKey(m.ID); err != nil {
			return err
		}
		f.keys[m.ID] = key
	}
	at := strconv.FormatInt(f.service.nowMS(), 10)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(m.TargetURL, "/")+"/webhooks/moved/"+m.ID, bytes.NewReader(body))
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the call could not be made")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(HeaderTime, at)
	request.Header.Set(HeaderSignature, mac(key, []byte(at+"."), body))
	response, err := client.Do(request)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "the target can't be reached")
	}
	_, err = io.Copy(io.Discard, response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return fault.Wrap(err, fault.Unavailable, "the target's answer broke off")
	}
	if response.StatusCode != http.StatusOK {
		return fault.New(fault.Unavailable, "the target answered %d", response.StatusCode)
	}
	return nil
}

func (s *Service) forwardKey(moveID string) ([]byte, error) {
	box, err := s.key()
	if err != nil {
		return nil, err
	}
	return derive(box, "company move, sending on of "+moveID)
}

// Take keeps pieces that the source of a move has sent on, so that they are on
// the disk when it returns. Errors: Unauthorized for what the move's key did not
// sign, or signed long ago; Invalid for what can't be read; Unavailable while nobody would
// work on it here.
func (s *Service) Take(ctx context.Context, moveID, at, signature string, body []byte) error {
	refused := fault.New(fault.Unauthorized, "not signed by a move's key")
	m, err := s.find(ctx, moveID)
	if fault.Is(err, fault.NotFound) || err == nil && m.Side != Target {
		return refused
	}
	if err != nil {
		return err
	}
	key, err := s.forwardKey(moveID)
	if err != nil {
		return refused
	}
	ms, err := strconv.ParseInt(at, 10, 64)
	if err != nil || !hmac.Equal([]byte(signature), []byte(mac(key, []byte(at+"."), body))) {
		return refused
	}
	if age := s.nowMS() - ms; age > answerMost.Milliseconds() || age < -answerMost.Milliseconds() {
		return refused
	}
	if m.Step != Cutting && m.Step != Landed && m.Step != Opened {
		return fault.New(fault.Unavailable, "the company does not work here: the step is %q", m.Step)
	}
	pieces, err := readSent(body, m.CompanyID, s.with.Shards)
	if err != nil {
		return err
	}
	return s.pieces.Take(ctx, pieces)
}

// readSent reads what was sent on. Error: fault.Invalid.
func readSent(body []byte, companyID string, shards int) ([]Piece, error) {
	var list []sent
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fault.New(fault.Invalid, "not a list of pieces")
	}
	pieces := make([]Piece, len(list))
	for i, one := range list {
		if one.ID == "" || one.Shard < 0 || one.Shard >= shards || one.AccountID == "" || one.Channel == "" {
			return nil, fault.New(fault.Invalid, "a piece lacks its name, its account or its channel, or names a shard that is not here")
		}
		body := one.Body
		if body == nil {
			body = []byte{}
		}
		pieces[i] = Piece{ID: one.ID, Shard: one.Shard, Raw: event.Raw{TenantID: companyID, AccountID: one.AccountID, Channel: one.Channel, ReceivedMS: one.ReceivedMS, Body: body}}
	}
	return pieces, nil
}
