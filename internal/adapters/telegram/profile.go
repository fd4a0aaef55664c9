package telegram

import (
	"context"
	"net/url"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// Profile implements channel.Profiler. Names come with every webhook; here they
// are asked for together with the picture. Its address holds the bot's token:
// it is good for an hour and must never be stored, shown or logged. A person
// without a picture, or one who hides it, has none. Errors as Fetch.
func (a *Adapter) Profile(ctx context.Context, account channel.Account, who []message.Address) (channel.Profile, error) {
	where, err := addressee(who)
	if err != nil {
		return channel.Profile{}, err
	}
	profile := channel.Profile{}
	result, err := a.ask(ctx, account, "getChat", request{ChatID: where.chat})
	if err != nil {
		return profile, asFault(err)
	}
	var person chat
	if read(result, &person) == nil {
		profile.Name, profile.Username = person.name(), person.Username
	}
	result, err = a.ask(ctx, account, "getUserProfilePhotos", struct {
		User  int64 `json:"user_id"`
		Limit int   `json:"limit"`
	}{where.chat, 1})
	if err != nil {
		return profile, asFault(err)
	}
	var pictures struct {
		Photos [][]file `json:"photos"`
	}
	if read(result, &pictures) != nil {
		return profile, fault.New(fault.Unavailable, "Telegram's answer about pictures cannot be read")
	}
	if len(pictures.Photos) == 0 || len(pictures.Photos[0]) == 0 {
		return profile, nil
	}
	found, err := a.locate(ctx, account, largest(pictures.Photos[0]).ID)
	if err != nil {
		return profile, err
	}
	profile.PictureURL = a.config.BaseURL + "/file/bot" + account.Credential(Token).Reveal() + "/" + (&url.URL{Path: found.Path}).EscapedPath()
	return profile, nil
}
