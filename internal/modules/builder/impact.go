package builder

// Impact is what publishing would mean for those who talk to the bot now.
type Impact struct {
	Sessions int64            `json:"sessions" doc:"Conversations under way, on all versions."`
	Versions []VersionTraffic `json:"versions"`
	Removed  []NodeTraffic    `json:"removed" doc:"Nodes at which somebody waits and that the draft no longer has."`
}

// VersionTraffic is who talks to one version.
type VersionTraffic struct {
	Number   int64            `json:"number"`
	Sessions int64            `json:"sessions"`
	Nodes    map[string]int64 `json:"nodes" doc:"Who waits where."`
}

// NodeTraffic is who waits at one node.
type NodeTraffic struct {
	Node     string `json:"node"`
	Sessions int64  `json:"sessions"`
}
