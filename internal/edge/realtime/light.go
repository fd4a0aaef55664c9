package realtime

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"prosa/internal/event"
)

// Light events, which exist for browsers only.
const (
	presenceUpdated = "presence.updated"
	countsChanged   = "counts.changed"
)

// light gathers by company what is told at most every LightEvery.
type light struct {
	counts   map[string]bool
	presence map[string]bool
}

func newLight() light { return light{counts: map[string]bool{}, presence: map[string]bool{}} }

func changesCounts(kind string) bool {
	switch kind {
	case event.MessageCreated, event.ConversationCreated, event.ConversationUpdated, event.ConversationRead:
		return true
	default:
		return false
	}
}

// Typing tells the company's other people that somebody writes to a
// conversation, or has stopped; viewers narrows them as in an envelope. It is
// neither stored nor repeated.
func (h *Hub) Typing(tenantID, conversationID string, actor event.Actor, viewers *event.Viewers, typing bool, atMS int64) {
	data, err := json.Marshal(struct {
		ConversationID string `json:"conversation_id"`
		UserID         string `json:"user_id"`
		UserName       string `json:"user_name"`
		Typing         bool   `json:"typing"`
	}{conversationID, actor.ID, actor.Name, typing})
	if err != nil {
		return // texts and a boolean always encode
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	e := &entry{light: true, envelope: event.Envelope{
		Version: event.Version, TenantID: tenantID, Type: event.ConversationTyping, AtMS: atMS,
		ConversationID: conversationID, Actor: actor, Cause: event.Manual, Viewers: viewers, Data: data,
	}}
	for c := range h.rooms[tenantID] {
		if c.viewer.Principal.User.ID != actor.ID {
			c.offer(e)
		}
	}
}

// tick tells changed counts and presence, at most once every LightEvery.
func (h *Hub) tick(ctx context.Context) {
	ticker := time.NewTicker(h.cfg.LightEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			h.tellLight(now.UnixMilli())
		}
	}
}

func (h *Hub) tellLight(atMS int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for tenantID := range h.light.counts {
		h.fanLight(tenantID, countsChanged, struct{}{}, atMS)
	}
	for tenantID := range h.light.presence {
		h.fanLight(tenantID, presenceUpdated, struct {
			Online []string `json:"online"`
		}{h.online(tenantID)}, atMS)
	}
	h.light = newLight()
}

// online lists the people of a company who are connected to this process.
func (h *Hub) online(tenantID string) []string {
	people := []string{}
	for c := range h.rooms[tenantID] {
		people = append(people, c.viewer.Principal.User.ID)
	}
	slices.Sort(people)
	return slices.Compact(people)
}

func (h *Hub) fanLight(tenantID, kind string, data any, atMS int64) {
	encoded, err := json.Marshal(data)
	if err != nil {
		return // lists of texts always encode
	}
	e := &entry{light: true, envelope: event.Envelope{
		Version: event.Version, TenantID: tenantID, Type: kind, AtMS: atMS,
		Actor: event.Actor{Kind: "system"}, Cause: event.Auto, Data: encoded,
	}}
	for c := range h.rooms[tenantID] {
		c.offer(e)
	}
}
