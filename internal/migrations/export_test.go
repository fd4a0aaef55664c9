package migrations

// UpTo and StandTo are Up and Stand of a binary with other files.
var (
	UpTo    = up
	StandTo = stand
)

// Carried are the files of an engine as one folder.
var Carried = func(engine string) overlay { return overlay{engine} }
