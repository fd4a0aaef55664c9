package builder

import (
	"context"
	"encoding/json"

	"prosa/internal/base/fault"
	"prosa/internal/base/page"
	"prosa/internal/modules/botrun"
)

var ErrComing = fault.New(fault.Unavailable, "not here yet")

type Overview struct {
	ID            string       `json:"id"`
	Key           string       `json:"key" doc:"By which other flows name it."`
	Name          string       `json:"name"`
	State         botrun.State `json:"state" enum:"active,archived"`
	LiveVersionID string       `json:"live_version_id,omitempty" doc:"Absent until something is published."`
	LiveNumber    int64        `json:"live_number" doc:"Number of the live version, 0 for none."`
	DraftDiffers  bool         `json:"draft_differs" doc:"Publishing the draft would change something."`
	SessionsLive  int64        `json:"sessions_live" doc:"Conversations under way."`
	Accounts      []Account    `json:"accounts" doc:"Where it answers first."`
	CreatedMS     int64        `json:"created_ms"`
	Version       int64        `json:"version" doc:"Counts changes of the bot itself, not of its flow."`
}

type NewBot struct {
	TenantID, Name, Template  string
	Definition, Layout, Tests json.RawMessage
	By                        By
}
type BotChange struct {
	TenantID, BotID string
	Name            *string
	State           *botrun.State
	Version         int64
	By              By
}
type TestRun struct {
	TenantID, BotID   string
	Definition, Tests json.RawMessage
	Lang              string
}
type Recording struct {
	Name       string            `json:"name" minLength:"1" maxLength:"200"`
	Definition json.RawMessage   `json:"definition,omitempty" doc:"The draft's when absent."`
	Channel    string            `json:"channel" enum:"whatsapp,telegram,messenger,instagram"`
	Contact    TurnContact       `json:"contact,omitempty"`
	Session    string            `json:"session,omitempty" maxLength:"64"`
	NowMS      int64             `json:"now_ms" doc:"When the conversation began."`
	Steps      []json.RawMessage `json:"steps" maxItems:"500" doc:"What the customer did: steps of a test, customer, wait and answer; what the bot says to them is filled in."`
}
type Expedition struct {
	TenantID, BotID string
	Definition      json.RawMessage
	Runs            int
	Seed            uint64
	Lang            string
}
type Comparison struct{ TenantID, BotID, From, To, Lang string }

func (s *Service) List(ctx context.Context, tenantID, cursor string, limit int) (page.List[Overview], error) {
	bots, err := s.bots.ListBots(ctx, tenantID, cursor, limit)
	list := page.List[Overview]{Items: []Overview{}, Next: bots.Next}
	for _, b := range bots.Items {
		list.Items = append(list.Items, Overview{ID: b.ID, Name: b.Name, State: b.State, LiveVersionID: b.LiveVersionID, Accounts: []Account{}, CreatedMS: b.CreatedMS, Version: b.Version})
	}
	return list, err
}
func (s *Service) Get(ctx context.Context, tenantID, botID string) (Overview, error) {
	b, err := s.bots.GetBot(ctx, tenantID, botID)
	return Overview{ID: b.ID, Name: b.Name, State: b.State, LiveVersionID: b.LiveVersionID, Accounts: []Account{}, CreatedMS: b.CreatedMS, Version: b.Version}, err
}
func (s *Service) Create(ctx context.Context, in NewBot) (Overview, error) {
	return Overview{}, ErrComing
}
func (s *Service) Change(ctx context.Context, in BotChange) (Overview, error) {
	return Overview{}, ErrComing
}
func (s *Service) Bind(ctx context.Context, tenantID, botID, accountID string, by By) (Overview, error) {
	return Overview{}, ErrComing
}
func (s *Service) Unbind(ctx context.Context, tenantID, botID, accountID string, by By) error {
	return ErrComing
}
func (s *Service) Export(ctx context.Context, tenantID, botID string) (File, error) {
	return File{}, ErrComing
}
func Templates() ([]Template, error) { return []Template{}, nil }
func (s *Service) Check(ctx context.Context, tenantID string, in Question) (Report, error) {
	return Report{}, ErrComing
}
func (s *Service) Simulate(ctx context.Context, tenantID, botID string, in Turn) (Simulated, error) {
	return Simulated{}, ErrComing
}
func (s *Service) RunTests(ctx context.Context, in TestRun) (Outcome, error) {
	return Outcome{}, ErrComing
}
func (s *Service) Record(ctx context.Context, tenantID, botID string, in Recording) (Test, error) {
	return Test{}, ErrComing
}
func (s *Service) Explore(ctx context.Context, in Expedition) (Exploration, error) {
	return Exploration{}, ErrComing
}
func (s *Service) Compare(ctx context.Context, in Comparison) ([]Change, error) {
	return nil, ErrComing
}
func (s *Service) Impact(ctx context.Context, tenantID, botID string) (Impact, error) {
	return Impact{}, ErrComing
}
