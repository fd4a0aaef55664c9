package aws

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// How long a database takes, from what operators of small ones see.
const (
	databaseStarts = 6 * time.Minute
	databaseStops  = 4 * time.Minute
	// stoppedAtMost: "If you don't manually start your DB instance after it is
	// stopped for seven consecutive days, Amazon RDS automatically starts it"
	// (Amazon RDS User Guide, "Stopping an Amazon RDS DB instance temporarily").
	stoppedAtMost = 7 * 24 * time.Hour
)

// rdsState is what an account has of databases.
type rdsState struct {
	instances       shelf[database]
	events          []rdsEvent
	subnetGroups    shelf[subnetGroup]
	parameterGroups shelf[parameterGroup]
	tags            map[string]map[string]string // by ARN
	snapshots       []string                     // names of those that the deleted left
}

// database is an instance; its status changes as time goes by.
type database struct {
	ID, Class, Engine string
	status            string
	changes           time.Time // when it becomes next; zero for never
	next              string

	resource, version, port     string
	fields                      map[string]string
	subnetGroup, parameterGroup string
	groups, logs                []string
	secret                      []element // of the administrator
	made                        time.Time
}

type rdsEvent struct {
	at                        time.Time
	source, category, message string
}

func rdsCalls() map[string]handler {
	calls := map[string]handler{
		"CreateDBInstance":    createDatabase,
		"ModifyDBInstance":    modifyDatabase,
		"DeleteDBInstance":    deleteDatabase,
		"DescribeDBInstances": describeDatabases,
		"StartDBInstance":     startDatabase,
		"StopDBInstance":      stopDatabase,
		"DescribeEvents":      describeEvents,
	}
	for name, handle := range rdsGroupCalls() {
		calls[name] = handle
	}
	return throttling(calls)
}

// databases gives the account's instances as they are by now.
func (c *call) databases() *rdsState {
	s := state[rdsState](c.account, "rds")
	now := c.server.config.Now()
	for _, d := range s.instances.all() {
		for !d.changes.IsZero() && !now.Before(d.changes) {
			at := d.changes
			d.become(s, at)
		}
	}
	return s
}

// become is one change of status, at its time.
func (d *database) become(s *rdsState, at time.Time) {
	d.status, d.changes = d.next, time.Time{}
	note := func(category, message string) {
		s.events = append(s.events, rdsEvent{at, d.ID, category, message})
	}
	switch d.status {
	case "stopped":
		note("notification", "DB instance stopped")
		d.next, d.changes = "starting", at.Add(stoppedAtMost)
	case "starting": // nobody asked: RDS-EVENT-0154
		note("notification", "DB instance is being started due to it exceeding the maximum allowed time being stopped.")
		d.next, d.changes = "available", at.Add(databaseStarts)
	case "available":
		note("notification", "DB instance started")
	}
}

func (d *database) turn(status, next string, at time.Time) {
	d.status, d.next, d.changes = status, next, at
}

// BackUp lets a database be busy with a backup for a while.
func (s *Server) BackUp(accountID, instance string, length time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.accounts[accountID]; a != nil {
		if d := state[rdsState](a, "rds").instances[instance]; d != nil {
			d.turn("backing-up", "available", s.config.Now().Add(length))
		}
	}
}

func (c *call) database() (*database, error) {
	if err := c.need("DBInstanceIdentifier"); err != nil {
		return nil, err
	}
	name := c.form.Get("DBInstanceIdentifier")
	d := c.databases().instances[name]
	if d == nil {
		return nil, refuse(http.StatusNotFound, "DBInstanceNotFound", "DBInstance %s not found.", name)
	}
	return d, nil
}

func describeDatabases(c *call) (any, error) {
	all := c.databases().instances.all()
	if c.form.Get("DBInstanceIdentifier") != "" {
		one, err := c.database()
		if err != nil {
			return nil, err
		}
		all = []*database{one}
	}
	for _, filter := range c.formRecords("Filters.Filter") {
		if wanted := filter["Values.Value.1"]; filter["Name"] == "dbi-resource-id" {
			all = slices.DeleteFunc(all, func(d *database) bool { return d.resource != wanted })
		}
	}
	return answerXML{list("DBInstances", "DBInstance", all, c.writeDatabase)}, nil
}

func startDatabase(c *call) (any, error) {
	d, err := c.database()
	if err != nil {
		return nil, err
	}
	if d.status != "stopped" {
		return nil, refuse(http.StatusBadRequest, "InvalidDBInstanceState", "Instance %s is not stopped, it is %s.", d.ID, d.status)
	}
	d.turn("starting", "available", c.server.config.Now().Add(c.takes(databaseStarts)))
	return answerXML{el("DBInstance", c.writeDatabase(d)...)}, nil
}

func stopDatabase(c *call) (any, error) {
	d, err := c.database()
	if err != nil {
		return nil, err
	}
	if d.status != "available" {
		return nil, refuse(http.StatusBadRequest, "InvalidDBInstanceState", "Instance %s is not in available state.", d.ID)
	}
	d.turn("stopping", "stopped", c.server.config.Now().Add(c.takes(databaseStops)))
	return answerXML{el("DBInstance", c.writeDatabase(d)...)}, nil
}

// describeEvents tells the events of an instance of the last Duration minutes
// (60 when it is not said), as far back as fourteen days.
func describeEvents(c *call) (any, error) {
	s := c.databases()
	minutes, err := strconv.Atoi(c.form.Get("Duration"))
	if err != nil {
		minutes = 60
	}
	if minutes > 14*24*60 {
		return nil, refuse(http.StatusBadRequest, "InvalidParameterValue", "events are kept for 14 days")
	}
	since := c.server.config.Now().Add(-time.Duration(minutes) * time.Minute)
	events := el("Events")
	for _, e := range s.events {
		if source := c.form.Get("SourceIdentifier"); e.at.Before(since) || source != "" && source != e.source {
			continue
		}
		events.children = append(events.children, el("Event", say("SourceIdentifier", e.source), say("SourceType", "db-instance"),
			say("Message", e.message), el("EventCategories", say("EventCategory", e.category)), say("Date", e.at)))
	}
	return answerXML{events}, nil
}
