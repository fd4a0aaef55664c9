package event

import (
	"bytes"
	"testing"
)

// BenchmarkFrame packs and unpacks 64 events of the size of a text message.
func BenchmarkFrame(b *testing.B) {
	raws := make([]Raw, 64)
	for i := range raws {
		raws[i] = Raw{TenantID: "ten_00000000000000000000000000", AccountID: "acc_00000000000000000000000000", Channel: "whatsapp",
			ReceivedMS: 1_700_000_000_000, Body: bytes.Repeat([]byte("x"), 700)}
	}
	frame := AppendFrame(nil, raws)
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			frame = AppendFrame(frame[:0], raws)
		}
	})
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if got, err := ReadFrame(frame); err != nil || len(got) != len(raws) {
				b.Fatal(len(got), err)
			}
		}
	})
}
