package conversation

import (
	"context"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// accounts are those that the directory's snapshot does not know yet, by id.
type accounts map[string]channel.Account

// unknownAccounts reads the accounts of pieces that the snapshot does not know:
// made a moment ago, by another process. What the database does not know either
// is left out.
func (s *Service) unknownAccounts(ctx context.Context, raws []event.Raw) (accounts, error) {
	found := accounts{}
	for _, raw := range raws {
		if _, ok := s.directory.Account(raw.AccountID); ok || raw.TenantID == "" || raw.AccountID == "" || raw.Problem != "" {
			continue
		}
		if _, ok := found[raw.AccountID]; ok {
			continue
		}
		err := s.db.Read(ctx, database.Company(raw.TenantID), func(ctx context.Context, tx *database.Tx) error {
			account, err := s.deliverer.Account(ctx, tx, raw.TenantID, raw.AccountID)
			if err == nil {
				found[raw.AccountID] = account
			}
			return err
		})
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	return found, nil
}

// parse reads raw pieces into events. What can't be routed or read comes back
// with a reason each; its neighbours go on.
func (s *Service) parse(raws []event.Raw, fresh accounts) (items []*item, bad []event.Raw, reasons []string) {
	for _, raw := range raws {
		i, err := s.parseOne(raw, fresh)
		switch {
		case err != nil:
			bad, reasons = append(bad, raw), append(reasons, fault.MessageOf(err))
		case i != nil:
			items = append(items, i)
		}
	}
	return items, bad, reasons
}

// parseOne reads one piece. A nil item is an event of no use here.
func (s *Service) parseOne(raw event.Raw, fresh accounts) (i *item, err error) {
	if raw.Problem != "" {
		return nil, fault.New(fault.Invalid, "%s", raw.Problem)
	}
	account, ok := s.directory.Account(raw.AccountID)
	if !ok {
		account, ok = fresh[raw.AccountID]
	}
	if !ok || account.TenantID != raw.TenantID {
		return nil, fault.New(fault.Invalid, "the account is not known")
	}
	adapter, ok := s.directory.Adapter(message.Channel(raw.Channel))
	if !ok || message.Channel(raw.Channel) != account.Channel {
		return nil, fault.New(fault.Invalid, "the channel is not known")
	}
	defer func() {
		if p := recover(); p != nil {
			i, err = nil, fault.New(fault.Invalid, "the event broke its reader: %v", p)
		}
	}()
	in, err := adapter.Parse(raw.Body)
	if err != nil {
		return nil, err
	}
	return checked(&item{raw: raw, account: account, in: in})
}

// checked holds an event against what the rules rely on.
func checked(i *item) (*item, error) {
	switch i.in.Kind {
	case channel.InIgnored:
		return nil, nil
	case channel.InAccount:
		if i.in.News == nil {
			return nil, nil
		}
		return i, nil
	case channel.InStatus:
		if i.in.Status == nil {
			return nil, fault.New(fault.Invalid, "a status without a report")
		}
		return i, nil
	}
	if i.in.Key != plain(i.in.Key) || i.in.Target != plain(i.in.Target) || i.in.ExternalID != plain(i.in.ExternalID) {
		return nil, fault.New(fault.Invalid, "an identifier of the event is no text")
	}
	for _, address := range i.in.From {
		if address.Value == "" || address.Value != plain(address.Value) {
			return nil, fault.New(fault.Invalid, "an address of the customer is no text")
		}
	}
	switch {
	case i.in.Kind == channel.InControl && i.in.Control == nil:
		return nil, fault.New(fault.Invalid, "a word on who has the thread says nothing")
	case (i.hears() || i.in.Kind == channel.InReach || i.in.Kind == channel.InPerson) && len(i.in.From) == 0:
		return nil, fault.New(fault.Invalid, "the event names no customer")
	case (i.hears() || i.alters()) && i.in.Key == "":
		return nil, fault.New(fault.Invalid, "the event has no id, so that a repetition could not be told")
	case i.alters() && i.in.Target == "":
		return nil, fault.New(fault.Invalid, "the event names no message")
	}
	return i, nil
}
