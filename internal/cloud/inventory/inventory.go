package inventory

// Inventory is everything, in the order in which it is printed.
type Inventory struct {
	Targets   []Target   `json:"targets"`
	Subjects  []Subject  `json:"subjects"`
	Consumers []Consumer `json:"consumers"`
	Queues    []Queue    `json:"queues"`
	Jobs      []Job      `json:"jobs"`
	Tables    []Table    `json:"tables"`
	Endpoints []Endpoint `json:"endpoints"`
	Hosts     []Host     `json:"hosts"`
	Settings  []Setting  `json:"settings"`
	// Resources are those of the plans that were joined; none without a plan.
	Resources []Resource `json:"resources,omitempty"`
}

// Target is what `prosa serve --target` runs, with its services in the order of
// their start.
type Target struct {
	Name     string   `json:"name"`
	Services []string `json:"services"`
}

// Subject is one subject of a stream.
type Subject struct {
	Stream   string   `json:"stream"` // empty: not stored
	Name     string   `json:"name"`
	Carries  string   `json:"carries"`
	Owner    string   `json:"owner"`
	Writers  []string `json:"writers"`
	Readers  []string `json:"readers"`
	Retained string   `json:"retained"`
}

// Consumer is one reader of a stream.
type Consumer struct {
	Name    string `json:"name"`
	Subject string `json:"subject"`
	Owner   string `json:"owner"`
	// Dead says where goes what it can't work on.
	Dead string `json:"dead"`
}

// Queue is a table whose rows wait to be worked on.
type Queue struct {
	Table  string `json:"table"`
	Owner  string `json:"owner"`
	Holds  string `json:"holds"`
	Server string `json:"server"` // the service that works on it, by its name in Targets
	// Dead says how a row ends that can't be worked on, and who sees it.
	Dead string `json:"dead"`
}

// Job is a kind of job of the job queue.
type Job struct {
	Kind  string `json:"kind"`
	Owner string `json:"owner"`
	Does  string `json:"does"`
	Dead  string `json:"dead"`
}

// Table is a table of the database.
type Table struct {
	Name  string `json:"name"`
	Owner string `json:"owner"`
	// Company tells that each row belongs to a company.
	Company bool `json:"company"`
}

// Endpoint is an operation or a path that answers HTTP.
type Endpoint struct {
	Method string `json:"method"` // empty: several
	Path   string `json:"path"`
	Owner  string `json:"owner"`
	Needs  string `json:"needs"` // who may call
	Target string `json:"target"`
}

// Host is an outside host that the product calls.
type Host struct {
	Setting string `json:"setting"` // the variable that names it
	URL     string `json:"url"`     // the default; empty when only the variable tells
	Owner   string `json:"owner"`
}

// Setting is an environment variable.
type Setting struct {
	Name   string `json:"name"`
	Owner  string `json:"owner"`
	Secret bool   `json:"secret"`
}

// find gives the element that is, or nil.
func find[T any](list []T, is func(T) bool) *T {
	for i := range list {
		if is(list[i]) {
			return &list[i]
		}
	}
	return nil
}
