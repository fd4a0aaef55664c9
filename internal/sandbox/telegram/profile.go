package telegram

import (
	"regexp"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// commandForm is the name of a command. Source: BotCommand.
var commandForm = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

// PutPhoto gives a person a profile picture.
func (s *Server) PutPhoto(id int64, picture []byte, mime string) (User, error) {
	if len(picture) == 0 {
		return User{}, fault.OnField("bytes", "give the bytes of a picture")
	}
	kept, err := s.keepFile("photo", upload{name: "profile.jpg", mime: mime, data: picture}, "")
	if err != nil {
		return User{}, err
	}
	s.mu.Lock()
	user := s.users[id]
	if user == nil {
		s.mu.Unlock()
		return User{}, fault.New(fault.NotFound, "no such person")
	}
	user.Photo = kept.ID
	s.saveUser(user)
	out := *user
	s.mu.Unlock()
	return out, s.settle()
}

func (s *Server) getUserProfilePhotos(c *call) (stage.Answer, *apiError) {
	if limit := c.params.text("limit"); limit != "" && (c.params.number("limit") < 1 || c.params.number("limit") > 100) {
		return stage.Answer{}, bad("parameter limit must be 1 to 100")
	}
	s.mu.Lock()
	user := s.users[c.params.number("user_id")]
	s.mu.Unlock()
	if user == nil {
		return stage.Answer{}, bad("user not found")
	}
	f, has := s.files.get(user.Photo)
	if !has || c.params.number("offset") > 0 {
		return result(object{"total_count": map[bool]int{true: 1, false: 0}[has], "photos": []any{}}, ""), nil
	}
	_, sizes := f.media(params{})
	return result(object{"total_count": 1, "photos": []any{sizes}}, ""), nil
}
