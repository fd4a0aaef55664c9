package event

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

func TestFramesComeBackAsTheyWent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raws := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Raw {
			return Raw{
				TenantID: rapid.String().Draw(t, "tenant"), AccountID: rapid.String().Draw(t, "account"),
				Channel: rapid.String().Draw(t, "channel"), ReceivedMS: rapid.Int64Range(0, 1<<60).Draw(t, "at"),
				Problem: rapid.String().Draw(t, "problem"), Body: rapid.SliceOf(rapid.Byte()).Draw(t, "body"),
			}
		}), 0, 20).Draw(t, "raws")
		back, err := ReadFrame(AppendFrame(nil, raws))
		if err != nil {
			t.Fatal(err)
		}
		if len(back) != len(raws) {
			t.Fatalf("%d events became %d", len(raws), len(back))
		}
		for i := range raws {
			a, b := raws[i], back[i]
			if a.TenantID != b.TenantID || a.AccountID != b.AccountID || a.Channel != b.Channel ||
				a.ReceivedMS != b.ReceivedMS || a.Problem != b.Problem || !bytes.Equal(a.Body, b.Body) {
				t.Fatalf("event %d: %+v became %+v", i, a, b)
			}
		}
	})
}

func TestCutFramesAreRefused(t *testing.T) {
	whole := AppendFrame(nil, []Raw{{TenantID: "ten_1", AccountID: "cha_1", Channel: "whatsapp", ReceivedMS: 7, Body: []byte(`{"a":1}`)}})
	for n := range whole {
		if _, err := ReadFrame(whole[:n]); err == nil {
			t.Errorf("a frame cut to %d bytes was read", n)
		}
	}
	if _, err := ReadFrame(append(bytes.Clone(whole), 0)); err == nil {
		t.Error("a byte behind the end was ignored")
	}
}

func FuzzReadFrame(f *testing.F) {
	f.Add(AppendFrame(nil, []Raw{{TenantID: "a", Body: []byte("b")}}))
	f.Add([]byte{1, 255, 255, 255, 255, 15})
	f.Fuzz(func(t *testing.T, data []byte) {
		raws, err := ReadFrame(data)
		if err != nil {
			return
		}
		if _, err := ReadFrame(AppendFrame(nil, raws)); err != nil {
			t.Fatalf("what was read does not encode again: %v", err)
		}
	})
}
