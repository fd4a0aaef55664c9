package media

import (
	"encoding/binary"
	"errors"
	"io"
)

// header reads pieces of a file at known places, so that a big file is not read
// whole. It bounds what it reads: a header that sends its reader to and fro ends.
type header struct {
	from io.ReadSeeker
	size int64
	left int // bytes that may still be read
}

// headerMost is what the headers of one file may cost. The index of a film lies
// anywhere, and is skipped over, not read.
const headerMost = 1 << 20

var errHeader = errors.New("the header does not make sense")

func newHeader(from io.ReadSeeker, size int64) *header {
	return &header{from: from, size: size, left: headerMost}
}

// at gives n bytes from a place; an error when the file has fewer.
func (h *header) at(place int64, n int) ([]byte, error) {
	if place < 0 || n < 0 || place > h.size-int64(n) {
		return nil, errHeader
	}
	return h.upTo(place, n)
}

// upTo gives n bytes from a place, or those that are left of the file.
func (h *header) upTo(place int64, n int) ([]byte, error) {
	if place < 0 || place > h.size || n < 0 {
		return nil, errHeader
	}
	n = int(min(int64(n), h.size-place))
	if h.left -= n; h.left < 0 {
		return nil, errHeader
	}
	if _, err := h.from.Seek(place, io.SeekStart); err != nil {
		return nil, err
	}
	bytes := make([]byte, n)
	if _, err := io.ReadFull(h.from, bytes); err != nil {
		return nil, err
	}
	return bytes, nil
}

var (
	big    = binary.BigEndian
	little = binary.LittleEndian
)

// longest is the greatest length that is believed, in seconds: a day. Headers
// that claim more are wrong.
const longest = 24 * 60 * 60

// seconds rounds a length, 0 for one that can't be.
func seconds(units, rate uint64) int64 {
	if rate == 0 || units/rate > longest {
		return 0
	}
	s := int64((units + rate/2) / rate)
	if s == 0 && units > 0 {
		return 1
	}
	return s
}
