package builder

import (
	"context"
	"encoding/json"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
)

// What became of a bot, in an Event.
const (
	WhatCreated    = "created"
	WhatChanged    = "changed" // name or state
	WhatDrafted    = "drafted"
	WhatPublished  = "published"
	WhatRolledBack = "rolled_back"
)

// Event is the data of bot.updated: enough for a list to be asked anew and for
// an editor to see that somebody else has saved.
type Event struct {
	BotID      string `json:"bot_id"`
	What       string `json:"what" enum:"created,changed,drafted,published,rolled_back"`
	Name       string `json:"name,omitempty"`
	Revision   int64  `json:"revision,omitempty" doc:"Of the draft, after this."`
	LiveNumber int64  `json:"live_number,omitempty" doc:"Of the version that was published."`
}

// By is who does something, and from where.
type By struct {
	Actor event.Actor
	IP    string
}

// tell emits bot.updated in the transaction of what happened.
func (s *Service) tell(ctx context.Context, tx *database.Tx, tenantID string, by By, e Event) error {
	data, err := json.Marshal(e)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "an event could not be written")
	}
	return s.emit(ctx, tx, 0, event.Envelope{
		Version: event.Version, TenantID: tenantID, Type: event.BotUpdated, AtMS: tx.Now(), Actor: by.Actor, Cause: event.Manual, Data: data,
	})
}

// note writes the audit log in the transaction of what happened.
func note(ctx context.Context, tx *database.Tx, tenantID string, by By, action, target string, facts map[string]string) error {
	return audit.Write(ctx, tx, audit.Entry{TenantID: tenantID, Actor: by.Actor, Action: action, Target: target, Facts: facts, IP: by.IP})
}
