package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/sync/errgroup"

	"prosa/internal/app/sample"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/conversation"
)

// sceneWait bounds how long a scene waits for what must happen next.
const sceneWait = 20 * time.Second

// play lets the sample company live: the customers of the scenes write from
// their telephones, the bot answers, attendants take over and reply. All of it
// goes the way of real traffic, so that all of it can go on.
func (h *house) play(ctx context.Context, phones *sandboxClient, made seeded) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, scene := range sample.Scenes() {
		group.Go(func() error {
			if err := h.playScene(ctx, phones, made, scene); err != nil {
				return fault.Wrap(err, fault.Unavailable, "the scene of "+scene.Name+" could not be played")
			}
			return nil
		})
	}
	return group.Wait()
}

func (h *house) playScene(ctx context.Context, phones *sandboxClient, made seeded, scene sample.Scene) error {
	telephone, err := phones.telephone(ctx, scene.Name, scene.Channel)
	if err != nil {
		return err
	}
	if scene.Channel == "telegram" || scene.Channel == "messenger" {
		if err := telephone.send(ctx, map[string]any{"kind": "start"}, true); err != nil {
			return err
		}
	}
	for _, words := range scene.Says {
		if err := telephone.send(ctx, map[string]any{"kind": "text", "text": words}, true); err != nil {
			return err
		}
	}
	for _, words := range scene.After {
		if err := telephone.send(ctx, map[string]any{"kind": "text", "text": words}, false); err != nil {
			return err
		}
	}
	if scene.Attendant == "" {
		return nil
	}
	helper := made.people[scene.Attendant]
	by := conversation.Viewer{UserID: helper.ID, Name: helper.Name, Role: conversation.Attendant}
	var found conversation.Row
	if err := await(ctx, func() (bool, error) {
		list, err := h.conversation.List(ctx, conversation.ListInput{TenantID: made.tenantID, By: by, View: conversation.QueueView, Limit: 100})
		for _, row := range list.Items {
			if row.ContactName == scene.Name && int(row.LastInSeq) > len(scene.Says)+len(scene.After) {
				found = row
				return true, nil
			}
		}
		return false, err
	}); err != nil {
		return err
	}
	if _, err := h.conversation.Take(ctx, conversation.Step{TenantID: made.tenantID, ConversationID: found.ID, By: by}); err != nil {
		return err
	}
	before := telephone.heard(ctx)
	if _, err := h.conversation.Reply(ctx, conversation.ReplyInput{TenantID: made.tenantID, ConversationID: found.ID, By: by, ClientKey: "scene-" + scene.Name,
		Content: message.Content{Kind: message.Text, Text: scene.Reply}}); err != nil {
		return err
	}
	if scene.Answer == "" {
		return nil
	}
	if err := await(ctx, func() (bool, error) { return telephone.heard(ctx) > before, nil }); err != nil {
		return err
	}
	return telephone.send(ctx, map[string]any{"kind": "text", "text": scene.Answer}, false)
}

// await asks until it is so.
func await(ctx context.Context, so func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, sceneWait)
	defer cancel()
	for {
		if ok, err := so(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fault.New(fault.Unavailable, "what should follow did not come")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// telephone is one chat of a simulated telephone with the company.
type telephone struct {
	phones *sandboxClient
	chat   string
}

// telephone makes a person with an account on a channel.
func (c *sandboxClient) telephone(ctx context.Context, name, channel string) (*telephone, error) {
	var phone struct{ ID string }
	if err := c.post(ctx, phonePath+"/phones", map[string]any{"name": name, "phone": "", "channels": []string{channel}}, &phone); err != nil {
		return nil, err
	}
	var list struct {
		Chats []struct{ ID, Channel string }
	}
	if err := c.get(ctx, phonePath+"/phones/"+url.PathEscape(phone.ID)+"/chats", &list); err != nil {
		return nil, err
	}
	for _, chat := range list.Chats {
		if chat.Channel == channel {
			return &telephone{c, phonePath + "/chats/" + url.PathEscape(chat.ID)}, nil
		}
	}
	return nil, fault.New(fault.NotFound, "the telephone of %s has no chat on %s", name, channel)
}

// send writes to the company and, when answered, waits for its next words.
func (t *telephone) send(ctx context.Context, what map[string]any, answered bool) error {
	before := t.heard(ctx)
	if err := t.phones.post(ctx, t.chat+"/messages", what, nil); err != nil || !answered {
		return err
	}
	return await(ctx, func() (bool, error) { return t.heard(ctx) > before, nil })
}

// heard counts what the company said in the chat.
func (t *telephone) heard(ctx context.Context) (count int) {
	var page struct {
		Bubbles []struct{ Dir string }
	}
	if err := t.phones.get(ctx, t.chat+"/messages?limit=50", &page); err != nil {
		return 0
	}
	for _, bubble := range page.Bubbles {
		if bubble.Dir == "theirs" {
			count++
		}
	}
	return count
}

func (c *sandboxClient) get(ctx context.Context, path string, out any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "the simulators' address is no URL")
	}
	response, err := c.http.Do(request)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "the simulators can't be reached")
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the simulators answered %s", response.Status)
	}
	return json.NewDecoder(response.Body).Decode(out)
}
