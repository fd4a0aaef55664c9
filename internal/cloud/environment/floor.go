package environment

// Floor is something that goes on costing while an environment is off: switching
// it off saves the machines' hours, and nothing of this.
type Floor string

// What goes on costing.
const (
	NAT           Floor = "nat"
	Balancer      Floor = "balancer"
	Firewall      Floor = "firewall"
	DatabaseDisks Floor = "database_disks"
	StreamDisks   Floor = "stream_disks"
	Objects       Floor = "objects"
	Names         Floor = "names"
	Logs          Floor = "logs"
	Rented        Floor = "rented"
)

// floors are those of a cloud account, and of a machine that is rented whole.
var floors = map[string][]Floor{
	"aws":   {NAT, Balancer, Firewall, DatabaseDisks, StreamDisks, Objects, Names, Logs},
	"units": {Rented, Objects},
}

// said is how a terminal tells each.
var said = map[Floor]string{
	NAT: "NAT gateway", Balancer: "load balancer", Firewall: "web application firewall", DatabaseDisks: "disk and backups of the database",
	StreamDisks: "disks of the stream", Objects: "object storage", Names: "addresses, DNS zones and secrets", Logs: "logs that are kept",
	Rented: "the machine itself, if it is rented by the month",
}

// String tells it in English.
func (f Floor) String() string { return said[f] }
