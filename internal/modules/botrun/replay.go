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
	Input   flow.Input
	State   flow.State // after the turn
	Effects []flow.Effect
	// Same reports that the effects are those that were recorded.
	Same bool
}

// Replay runs a session again from its records, step by step. A turn in which
// the engine failed has its recorded effects and ends the replay. Errors:
// fault.NotFound.
func (s *Service) Replay(ctx context.Context, tenantID, sessionID string) ([]Replayed, error) {
	var turns []Replayed
	err := s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		records, err := loadRecords(ctx, tx, tenantID, sessionID)
		if err != nil {
			return err
		}
		if len(records) == 0 {
			return fault.New(fault.NotFound, "no such session")
		}
		var state flow.State
		for _, record := range records {
			turn, err := s.again(ctx, tx, record, state)
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

func (s *Service) again(ctx context.Context, tx *database.Tx, record record, state flow.State) (Replayed, error) {
	var in recorded
	if err := json.Unmarshal([]byte(record.input), &in); err != nil {
		return Replayed{}, fault.Wrap(err, fault.Internal, "a recorded turn can't be read")
	}
	turn := Replayed{Seq: record.seq, Input: in.Input, State: state}
	if in.Failed != "" {
		turn.State.Seq, turn.State.Status = record.seq, flow.Failed
		if err := json.Unmarshal([]byte(record.effects), &turn.Effects); err != nil {
			return Replayed{}, fault.Wrap(err, fault.Internal, "a recorded turn can't be read")
		}
		turn.Same = true
		return turn, nil
	}
	compiled, err := s.version(ctx, tx, versionKey{record.tenantID, record.versionID})
	if err != nil {
		return Replayed{}, err
	}
	if in.Env.Zone, err = time.LoadLocation(in.Zone); err != nil {
		in.Env.Zone = s.zone
	}
	turn.State, turn.Effects, err = flow.Step(compiled, state, in.Input, in.Env)
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
