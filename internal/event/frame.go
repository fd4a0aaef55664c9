package event

import (
	"encoding/binary"

	"prosa/internal/base/fault"
)

// Frame limits. One fsync carries a frame, and a frame stays well under the
// stream's largest payload (1 MiB by default).
const (
	FrameMaxEvents = 256
	FrameMaxBytes  = 512 << 10
	// EventMaxBytes bounds one event; a webhook body is at most 3 MiB, so the
	// streams are configured to carry a single event of that size alone.
	EventMaxBytes = 3 << 20
)

const frameVersion = 1

// Raw is a piece of a webhook as the gateway accepted it: verified, routed,
// not yet read.
type Raw struct {
	TenantID  string
	AccountID string
	Channel   string
	// ReceivedMS is when the gateway took it.
	ReceivedMS int64
	// Problem is set when the piece could not be routed or read; it is destined
	// for quarantine and the ids may be empty.
	Problem string
	Body    []byte
}

// AppendFrame encodes raws behind dst: a version byte, a count, then each
// field with its length as an unsigned varint.
func AppendFrame(dst []byte, raws []Raw) []byte {
	dst = append(dst, frameVersion)
	dst = binary.AppendUvarint(dst, uint64(len(raws)))
	for i := range raws {
		r := &raws[i]
		dst = appendText(dst, r.TenantID)
		dst = appendText(dst, r.AccountID)
		dst = appendText(dst, r.Channel)
		dst = binary.AppendUvarint(dst, uint64(max(r.ReceivedMS, 0)))
		dst = appendText(dst, r.Problem)
		dst = binary.AppendUvarint(dst, uint64(len(r.Body)))
		dst = append(dst, r.Body...)
	}
	return dst
}

func appendText(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

// ReadFrame decodes a frame. The bodies alias data. Error: fault.Invalid for
// anything that AppendFrame did not write.
func ReadFrame(data []byte) ([]Raw, error) {
	in := frameReader{data: data}
	if version := in.byte(); version != frameVersion {
		return nil, fault.New(fault.Invalid, "frame version %d is not known", version)
	}
	count := in.number()
	if count > uint64(len(data)) {
		return nil, fault.New(fault.Invalid, "frame claims %d events in %d bytes", count, len(data))
	}
	raws := make([]Raw, 0, count)
	for range count {
		raws = append(raws, Raw{
			TenantID:   string(in.bytes()),
			AccountID:  string(in.bytes()),
			Channel:    string(in.bytes()),
			ReceivedMS: int64(in.number()),
			Problem:    string(in.bytes()),
			Body:       in.bytes(),
		})
	}
	if in.broken || len(in.data) != 0 {
		return nil, fault.New(fault.Invalid, "frame is cut off or has bytes behind its end")
	}
	return raws, nil
}

type frameReader struct {
	data   []byte
	broken bool
}

func (in *frameReader) byte() byte {
	if len(in.data) == 0 {
		in.broken = true
		return 0
	}
	b := in.data[0]
	in.data = in.data[1:]
	return b
}

func (in *frameReader) number() uint64 {
	n, size := binary.Uvarint(in.data)
	if size <= 0 {
		in.broken, in.data = true, nil
		return 0
	}
	in.data = in.data[size:]
	return n
}

func (in *frameReader) bytes() []byte {
	n := in.number()
	if n > uint64(len(in.data)) {
		in.broken, in.data = true, nil
		return nil
	}
	out := in.data[:n:n]
	in.data = in.data[n:]
	return out
}
