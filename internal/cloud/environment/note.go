package environment

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/cloud/schedule"
)

// Kind is what a note is about.
type Kind string

// The kinds.
const (
	LeaseTaken    Kind = "lease_taken"
	LeaseExtended Kind = "lease_extended"
	LeaseEnded    Kind = "lease_ended"
	GoesOff       Kind = "goes_off" // a warning
	CameUp        Kind = "up"
	WentDown      Kind = "down"
	Restarted     Kind = "restarted_by_vendor"
	Failed        Kind = "failed"
)

// Note is news of a deployment, for people.
type Note struct {
	Deployment string `json:"deployment"`
	Kind       Kind   `json:"kind"`
	Who        string `json:"who,omitempty"`
	Why        string `json:"why,omitempty"`
	AtMS       int64  `json:"at_ms"`
	// EndsMS is when a lease ends, or the environment goes off.
	EndsMS int64 `json:"ends_ms,omitempty"`
	// Text says it in Portuguese and TextEN in English; chat tools show Text.
	Text   string `json:"text"`
	TextEN string `json:"text_en"`
}

// tell completes a note and sends it on its way.
func (s *Service) tell(ctx context.Context, d Deployment, note Note) {
	note.Deployment, note.AtMS = d.Name, s.deps.Clock.Now().UnixMilli()
	zone := d.Schedule.Zone
	if zone == nil {
		zone = time.UTC
	}
	note.say(zone)
	s.deps.Logger.InfoContext(ctx, "environment", "deployment", d.Name, "news", note.Kind, "who", note.Who, "why", note.Why, "ends_ms", note.EndsMS)
	if s.deps.Tell == nil {
		return
	}
	if err := s.deps.Tell(context.WithoutCancel(ctx), note); err != nil {
		s.deps.Logger.WarnContext(ctx, "the news of an environment were not told", "deployment", d.Name, "news", note.Kind, "error", err)
	}
}

// say spells the note. The end is given in the deployment's own time.
func (n *Note) say(zone *time.Location) {
	ends := time.UnixMilli(n.EndsMS).In(zone).Format("15:04")
	who := n.Who
	if n.Why != "" {
		who += " (" + n.Why + ")"
	}
	pt, en := map[Kind]string{
		LeaseTaken:    "%[1]s: reservado por %[2]s até %[3]s.",
		LeaseExtended: "%[1]s: reserva estendida por %[2]s até %[3]s.",
		LeaseEnded:    "%[1]s: liberado por %[2]s.",
		GoesOff:       "%[1]s desliga às %[3]s. Quem ainda precisa: prosa environment extend %[1]s --for 1h, ou prosa environment up %[1]s --for 1h --why \"...\".",
		CameUp:        "%[1]s está no ar.",
		WentDown:      "%[1]s foi desligado.",
		Restarted:     "%[1]s: a nuvem religou o banco parado há sete dias; ele está sendo parado de novo.",
		Failed:        "%[1]s: a troca parou: %[2]s",
	}, map[Kind]string{
		LeaseTaken:    "%[1]s: taken by %[2]s until %[3]s.",
		LeaseExtended: "%[1]s: lease extended by %[2]s until %[3]s.",
		LeaseEnded:    "%[1]s: released by %[2]s.",
		GoesOff:       "%[1]s goes off at %[3]s. Who still needs it: prosa environment extend %[1]s --for 1h, or prosa environment up %[1]s --for 1h --why \"...\".",
		CameUp:        "%[1]s is up.",
		WentDown:      "%[1]s went off.",
		Restarted:     "%[1]s: the cloud started the database after seven days; it is being stopped again.",
		Failed:        "%[1]s: the switch came to a halt: %[2]s",
	}
	n.Text, n.TextEN = fill(pt[n.Kind], n.Deployment, who, ends), fill(en[n.Kind], n.Deployment, who, ends)
}

// fill spells a sentence of which not every part may be used.
func fill(format, deployment, who, ends string) string {
	return fmt.Sprintf(format+"%.0[1]s%.0[2]s%.0[3]s", deployment, who, ends)
}

func (s *Service) warn(ctx context.Context, d Deployment, warning schedule.Warning) {
	note := Note{Kind: GoesOff, EndsMS: warning.Ends.UnixMilli()}
	if len(warning.Leases) > 0 {
		note.Who, note.Why = warning.Leases[0].Who, warning.Leases[0].Why
	}
	s.tell(ctx, d, note)
}

// Webhook gives a Tell that posts notes to an address, as JSON that the
// incoming webhooks of chat tools take: they show its text. The client is the
// guarded one: the address is the operator's, and a mistake in it must not
// reach a machine of ours.
func Webhook(client *http.Client, address secret.Text) func(ctx context.Context, note Note) error {
	return func(ctx context.Context, note Note) error {
		body, err := json.Marshal(note)
		if err != nil {
			return fault.Wrap(err, fault.Internal, "a note can't be written")
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, address.Reveal(), bytes.NewReader(body))
		if err != nil {
			return fault.New(fault.Invalid, "the address of the webhook is none")
		}
		request.Header.Set("Content-Type", "application/json")
		response, err := client.Do(request)
		if err != nil {
			return fault.New(fault.Unavailable, "the webhook can't be reached") // the error would tell its address
		}
		defer func() { _ = response.Body.Close() }()
		_, _ = io.Copy(io.Discard, response.Body)
		if response.StatusCode >= 300 {
			return fault.New(fault.Unavailable, "the webhook answers %d", response.StatusCode)
		}
		return nil
	}
}
