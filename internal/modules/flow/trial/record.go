package trial

import (
	"context"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/flow"
)

// Record turns what happened in a conversation into a test that holds the flow
// to how it behaves now: it plays the steps of the customer, of time and of the
// web, and writes down after each what the bot says, and at the end where the
// conversation stands. Bot and Expect steps of the given test are written anew.
func Record(ctx context.Context, subject *Subject, played *Test) (Test, error) {
	out := *played
	out.Steps = nil
	if err := played.check("test"); err != nil {
		return Test{}, err
	}
	s, err := begin(subject, played)
	if err != nil {
		return Test{}, fault.OnField("test.now", "the time has the form %s", defaultNow)
	}
	s.served = true
	for i := range played.Steps {
		step := played.Steps[i]
		if step.Bot != nil || step.Expect != nil {
			continue
		}
		if ctx.Err() != nil {
			return Test{}, fault.Wrap(ctx.Err(), fault.Unavailable, "the recording was interrupted")
		}
		s.step, s.unread, s.stated = i, nil, stated(played.Steps[i+1:])
		if problem := s.do(&step); problem != nil {
			failed := Result{Step: i, why: problem}
			return Test{}, fault.OnField("test.steps", "%s", failed.Sentence("en"))
		}
		out.Steps = append(out.Steps, step)
		for _, said := range s.unread {
			out.Steps = append(out.Steps, Step{Bot: said.expected()})
		}
	}
	stands := &Expect{Node: s.at, Status: s.state.Status}
	if s.state.Status == flow.HandedOff && s.handed != nil {
		stands.Team, stands.Reason = s.handed.Team, s.handed.Reason
	}
	if s.state.Status != flow.New {
		out.Steps = append(out.Steps, Step{Expect: stands})
	}
	if len(out.Steps) > maxSteps {
		return Test{}, fault.New(fault.TooLarge, "a test has at most %d steps", maxSteps)
	}
	return out, nil
}

// expected is the step that a message passes.
func (s *spoken) expected() *Bot {
	bot := &Bot{Text: s.content.Text, Options: s.options}
	if s.content.Kind != message.Text && s.content.Kind != message.Options {
		bot.Kind = string(s.content.Kind)
	}
	return bot
}
