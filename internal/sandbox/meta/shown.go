package meta

import "encoding/json"

// TemplateOf gives the template that an outbound message was made of, as it is
// now, so that a telephone can draw its header, footer and buttons.
func (s *Server) TemplateOf(m Message) (Template, bool) {
	var body struct {
		Template struct {
			Name     string
			Language struct{ Code string }
		}
	}
	if m.Dir != Outbound || json.Unmarshal(m.Content, &body) != nil || body.Template.Name == "" {
		return Template{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	number := s.numbers[m.Number]
	if number == nil {
		return Template{}, false
	}
	template := s.templates[templateKey(number.WABA, body.Template.Name, body.Template.Language.Code)]
	if template == nil {
		return Template{}, false
	}
	return *template, true
}
