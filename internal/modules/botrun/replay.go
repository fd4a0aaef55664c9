package botrun

import (
	"context"
	"time"

	"github.com/go-json-experiment/json"

	"prosa/internal/base/fault"
	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
)

// Replayed is a turn that was run again.
type Replayed struct {
	Seq     int64
	AtMS    int64
	Number  int64 // of the version
	Input   flow.Input
	State   flow.State // after the turn: node, status, variables
	Effects []flow.Effect
	// Same reports that the effects are those that were recorded.
	Same bool
}

// Replay runs a session again from its records, step by step. A turn in which
// the engine failed has its recorded effects and ends the replay. Errors:
// fault.NotFound.
func (s *Service) Replay(ctx context.Context, tenantID, sessionID string) (turns []Replayed, err error) {
	err = s.records(ctx, tenantID, sessionID, func(ctx context.Context, tx *database.Tx, records []record) error {
		turns = nil
		var state flow.State
		for _, record := range records {
			turn, err := s.rerun(ctx, tx, record, state)
			if err != nil {
				return err
			}
			turns = append(turns, turn)
			state = turn.State
		}
		return nil
	})
	return turns, err
}

// Fork runs the recorded inputs of a session on another version of its bot, as
// far as that goes: what it would have done. A timer counts for the turn that it
// was set by; an answer for the question that stands. Same reports that the
// customer would have been told the same. Errors: fault.NotFound.
func (s *Service) Fork(ctx context.Context, tenantID, sessionID string, number int64) (turns []Replayed, err error) {
	err = s.records(ctx, tenantID, sessionID, func(ctx context.Context, tx *database.Tx, records []record) error {
		turns = nil
		first, err := loadVersion(ctx, tx, tenantID, records[0].versionID)
		if err != nil {
			return err
		}
		other, err := loadNumber(ctx, tx, tenantID, first.BotID, number)
		if err != nil {
			return err
		}
		ready, err := s.version(ctx, tx, versionKey{tenantID, other.ID})
		if err != nil {
			return err
		}
		var state flow.State
		for _, record := range records {
			if state.Status != flow.New && state.Status != flow.Waiting {
				return nil // it ended earlier than in life
			}
			in, effects, err := s.decode(record)
			if err != nil {
				return err
			}
			if in.Failed != "" {
				return nil
			}
			switch in.Input.Kind {
			case flow.Timer:
				in.Input.Timer = flow.TimerName(state.Seq)
			case flow.Answered:
				if in.Input.Answer != nil {
					answer := *in.Input.Answer
					answer.ID = flow.AskID(state.Asked)
					in.Input.Answer = &answer
				}
			}
			turn := Replayed{Seq: record.seq, AtMS: record.atMS, Number: number, Input: in.Input}
			if turn.State, turn.Effects, err = flow.Step(ready.compiled, state, in.Input, in.Env); err != nil {
				return err
			}
			turn.Same = told(turn.Effects) == told(effects)
			turns = append(turns, turn)
			state = turn.State
		}
		return nil
	})
	return turns, err
}

// told is what a customer notices of a turn: the words, and that it ended or
// was handed over. The ids of options belong to the turn.
func told(effects []flow.Effect) string {
	text := ""
	for _, effect := range effects {
		switch {
		case effect.Send != nil:
			text += string(effect.Send.Kind) + " " + effect.Send.Text
			if choice := effect.Send.Choice; choice != nil {
				for _, option := range choice.Options {
					text += "\n- " + option.Title
				}
			}
		case effect.HandOff != nil:
			text += "hand-off " + effect.HandOff.Team
		case effect.End != nil:
			text += "end"
		}
		text += "\n"
	}
	return text
}

// records gives a session's records to fn within one read.
func (s *Service) records(ctx context.Context, tenantID, sessionID string, fn func(context.Context, *database.Tx, []record) error) error {
	return s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		records, err := loadRecords(ctx, tx, tenantID, sessionID)
		if err != nil {
			return err
		}
		if len(records) == 0 {
			return fault.New(fault.NotFound, "no such session")
		}
		return fn(ctx, tx, records)
	})
}

func (s *Service) decode(record record) (in recorded, effects []flow.Effect, err error) {
	if err := json.Unmarshal([]byte(record.input), &in); err != nil {
		return in, nil, fault.Wrap(err, fault.Internal, "a recorded turn can't be read")
	}
	if err := json.Unmarshal([]byte(record.effects), &effects); err != nil {
		return in, nil, fault.Wrap(err, fault.Internal, "a recorded turn can't be read")
	}
	if in.Env.Zone, err = time.LoadLocation(in.Zone); err != nil {
		in.Env.Zone = s.zone
	}
	return in, effects, nil
}

func (s *Service) rerun(ctx context.Context, tx *database.Tx, record record, state flow.State) (Replayed, error) {
	in, recordedEffects, err := s.decode(record)
	if err != nil {
		return Replayed{}, err
	}
	turn := Replayed{Seq: record.seq, AtMS: record.atMS, Input: in.Input, State: state}
	if in.Failed != "" {
		turn.State.Seq, turn.State.Status = record.seq, flow.Failed
		turn.Effects, turn.Same = recordedEffects, true
		return turn, nil
	}
	ready, err := s.version(ctx, tx, versionKey{record.tenantID, record.versionID})
	if err != nil {
		return Replayed{}, err
	}
	turn.Number = ready.number
	turn.State, turn.Effects, err = flow.Step(ready.compiled, state, in.Input, in.Env)
	if err != nil {
		return Replayed{}, err
	}
	effects, err := json.Marshal(turn.Effects, json.Deterministic(true))
	if err != nil {
		return Replayed{}, fault.Wrap(err, fault.Internal, "a turn can't be written")
	}
	turn.Same = string(effects) == record.effects
	return turn, nil
}
