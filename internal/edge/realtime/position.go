package realtime

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// position is the place of an event: the sequence of its frame in the stream
// and its index in the frame.
type position struct {
	seq   uint64
	index int
}

func (p position) compare(other position) int {
	return cmp.Or(cmp.Compare(p.seq, other.seq), cmp.Compare(p.index, other.index))
}

// eventID is what a browser repeats to resume.
func eventID(epoch string, at position) string {
	return fmt.Sprintf("%s.%d.%d", epoch, at.seq, at.index)
}

// parseID reads an id that eventID made. An epoch holds no dot.
func parseID(text string) (epoch string, at position, ok bool) {
	fields := strings.Split(text, ".")
	if len(fields) != 3 || fields[0] == "" {
		return "", position{}, false
	}
	seq, seqErr := strconv.ParseUint(fields[1], 10, 64)
	index, indexErr := strconv.ParseUint(fields[2], 10, 31)
	return fields[0], position{seq, int(index)}, seqErr == nil && indexErr == nil
}
