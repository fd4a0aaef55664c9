package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/message"
)

func look(t rapid.TB, file []byte, name, declared string) Facts {
	t.Helper()
	facts, err := NewLooker(Default()).Look(context.Background(), bytes.NewReader(file), int64(len(file)), name, declared)
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

func TestWhatBytesSay(t *testing.T) {
	for name, c := range map[string]struct {
		file     []byte
		declared string
		want     Facts
	}{
		"voice note":       {opusFile(1, 48_000*7), "audio/ogg; codecs=opus", Facts{MIME: "audio/ogg", Kind: message.Audio, Seconds: 7, VoiceNote: true}},
		"two channels":     {opusFile(2, 48_000*7), "audio/ogg", Facts{MIME: "audio/ogg", Kind: message.Audio, Seconds: 7}},
		"short note":       {opusFile(1, 480), "", Facts{MIME: "audio/ogg", Kind: message.Audio, Seconds: 1, VoiceNote: true}},
		"wav":              {wavFile(8000, 3), "audio/x-wav", Facts{MIME: "audio/wav", Kind: message.Audio, Seconds: 3}},
		"mp3 by bit rate":  {mp3File(383, false), "", Facts{MIME: "audio/mpeg", Kind: message.Audio, Seconds: 10}},
		"mp3 by count":     {mp3File(2, true), "", Facts{MIME: "audio/mpeg", Kind: message.Audio, Seconds: 100}},
		"film, turned":     {mp4File("vide", false), "video/mp4", Facts{MIME: "video/mp4", Kind: message.Video, Seconds: 13, Width: 1080, Height: 1920}},
		"film, 64 bits":    {mp4File("vide", true), "", Facts{MIME: "video/mp4", Kind: message.Video, Seconds: 13, Width: 1080, Height: 1920}},
		"sound in mp4":     {mp4File("soun", false), "video/mp4", Facts{MIME: "audio/mp4", Kind: message.Audio, Seconds: 13}},
		"webm sound":       {[]byte("\x1a\x45\xdf\xa3webm"), "audio/webm;codecs=opus", Facts{MIME: "audio/webm", Kind: message.Audio}},
		"webm film":        {[]byte("\x1a\x45\xdf\xa3webm"), "video/webm", Facts{MIME: "video/webm", Kind: message.Video}},
		"page as picture":  {[]byte("<html><script>alert(1)</script>"), "image/png", Facts{MIME: Download, Kind: message.Document}},
		"hidden svg":       {[]byte("\xef\xbb\xbf \n<SVG onload=alert(1)>"), "image/svg+xml", Facts{MIME: Download, Kind: message.Document}},
		"program":          {[]byte("MZ\x90\x00"), "image/png", Facts{MIME: Download, Kind: message.Document}},
		"torn ogg":         {[]byte("OggS\x00\x02"), "", Facts{MIME: "audio/ogg", Kind: message.Audio}},
		"torn film":        {mp4File("vide", false)[:5030], "", Facts{MIME: "video/mp4", Kind: message.Video}},
		"picture of apple": {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "", Facts{MIME: "image/heic", Kind: message.Document}},
		"amr":              {[]byte("#!AMR\nxx"), "", Facts{MIME: "audio/amr", Kind: message.Audio}},
	} {
		got := look(t, c.file, "", c.declared)
		got.Thumb = nil
		if got.MIME != c.want.MIME || got.Kind != c.want.Kind || got.Seconds != c.want.Seconds || got.VoiceNote != c.want.VoiceNote || got.Width != c.want.Width || got.Height != c.want.Height {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// The file was recorded in Chromium by the composer.
func TestWhatTheComposerRecordsIsAVoiceNote(t *testing.T) {
	file, err := os.ReadFile("testdata/recorded.ogg")
	if err != nil {
		t.Fatal(err)
	}
	if got := look(t, file, "voz.ogg", "audio/ogg; codecs=opus"); !got.VoiceNote || got.Seconds != 3 || got.MIME != "audio/ogg" {
		t.Fatalf("%+v", got)
	}
}

func thumbOfFile(t *testing.T, file []byte) (Facts, image.Image) {
	t.Helper()
	facts := look(t, file, "", "")
	if facts.Thumb == nil {
		t.Fatalf("no small picture: %+v", facts)
	}
	small, err := jpeg.Decode(bytes.NewReader(facts.Thumb))
	if err != nil {
		t.Fatal(err)
	}
	return facts, small
}

func near(c color.Color, r, g, b uint32) bool {
	cr, cg, cb, _ := c.RGBA()
	apart := func(x, y uint32) bool { return max(x>>8, y)-min(x>>8, y) < 60 }
	return apart(cr, r) && apart(cg, g) && apart(cb, b)
}

func TestSmallPictures(t *testing.T) {
	for name, c := range map[string]struct {
		file          []byte
		w, h          int // of the picture
		tw, th        int // of the small one
		animated      bool
		wantsNoThumbs bool
	}{
		"jpeg":        {jpegFile(t, 1200, 600, 0), 1200, 600, 480, 240, false, false},
		"turned":      {jpegFile(t, 1200, 600, 6), 600, 1200, 240, 480, false, false},
		"png":         {pngFile(t, 100, 50), 100, 50, 100, 50, false, false},
		"thin":        {pngFile(t, 2000, 1), 2000, 1, 480, 1, false, false},
		"moving gif":  {gifFile(t), 30, 20, 30, 20, true, false},
		"webp":        {webpFile(false), 1, 1, 1, 1, false, false},
		"moving webp": {webpFile(true), 1, 1, 1, 1, true, false},
	} {
		facts, small := thumbOfFile(t, c.file)
		if facts.Width != c.w || facts.Height != c.h || facts.Animated != c.animated || small.Bounds() != image.Rect(0, 0, c.tw, c.th) {
			t.Errorf("%s: %dx%d moving %v, small %v", name, facts.Width, facts.Height, facts.Animated, small.Bounds())
		}
	}
}

// Exif 2.32: where the first row and the first column of the file are seen.
func TestPicturesAreTurnedAsTheyAreSeen(t *testing.T) {
	red, green, blue := [3]uint32{255, 0, 0}, [3]uint32{0, 255, 0}, [3]uint32{0, 0, 255}
	for turn, want := range map[int][2][3]uint32{ // top left, top right
		1: {red, green}, 2: {green, red}, 3: {{255, 255, 255}, blue}, 4: {blue, {255, 255, 255}},
		5: {red, blue}, 6: {blue, red}, 7: {{255, 255, 255}, green}, 8: {green, {255, 255, 255}},
	} {
		_, small := thumbOfFile(t, jpegFile(t, 80, 40, turn))
		right := small.Bounds().Dx() - 6
		if a, b := small.At(5, 5), small.At(right, 5); !near(a, want[0][0], want[0][1], want[0][2]) || !near(b, want[1][0], want[1][1], want[1][2]) {
			t.Errorf("turn %d: %v %v", turn, a, b)
		}
	}
}

// A head that promises a wall of pixels costs nothing but itself.
func TestBombsAreNotDrawn(t *testing.T) {
	bomb := pngFile(t, 10, 10)
	copy(bomb[16:], "\x00\x00\xc3\x50\x00\x00\xc3\x50") // 50,000 x 50,000
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	if facts := look(t, bomb, "", ""); facts.Thumb != nil || facts.Width != 50_000 {
		t.Fatalf("drawn: %+v", facts)
	}
	if _, err := thumbOf(picture{width: 50_000, height: 50_000, kind: "image/png"}, bytes.NewReader(bomb), int64(len(bomb))); !errors.Is(err, errPicture) {
		t.Fatal(err)
	}
	if _, err := thumbOf(picture{width: 10, height: 10, kind: "image/jpeg"}, bytes.NewReader(nil), drawnMost+1); !errors.Is(err, errPicture) {
		t.Fatal(err)
	}
}

// A JPEG that sharpens as it loads is kept whole as numbers before it is drawn,
// as soon as its first scan begins, however little follows.
func TestAProgressiveBombIsNotDrawn(t *testing.T) {
	side := []byte{5000 >> 8, 5000 & 0xff}
	file := []byte("\xff\xd8\xff\xc2\x00\x11\x08")
	file = append(append(file, side...), side...)
	file = append(file, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0)
	file = append(file, "\xff\xc4\x00\x14\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	file = append(file, "\xff\xda\x00\x0c\x03\x01\x00\x02\x00\x03\x00\x00\x00\x00"...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	facts := look(t, file, "", "")
	runtime.ReadMemStats(&after)
	if facts.Thumb != nil || facts.Width != 5000 {
		t.Fatalf("%+v", facts)
	}
	if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 50 {
		t.Fatalf("%d bytes took %d MB", len(file), took)
	}
	for name, c := range map[string]struct {
		head string
		want bool
	}{
		"in one scan":       {"\xff\xd8\xff\xe0\x00\x04\xff\xc2\xff\xff\xc0\x00\x04..", false},
		"behind other data": {"\xff\xd8\xff\xe0\x00\x04..\xff\xc2\x00\x04..", true},
		"nowhere":           {"\xff\xd8xx\xff\xc0\x00\x04..", true},
	} {
		if isProgressive([]byte(c.head)) != c.want {
			t.Error(name)
		}
	}
}

func TestStorageThatFailsIsToldApart(t *testing.T) {
	broken := errors.New("the line went dead")
	if _, err := NewLooker(Default()).Look(t.Context(), dead{broken}, 100, "", ""); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := NewLooker(Default()).Look(ended, bytes.NewReader(pngFile(t, 9, 9)), 100, "", ""); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

type dead struct{ err error }

func (d dead) Read([]byte) (int, error)       { return 0, d.err }
func (d dead) Seek(int64, int) (int64, error) { return 0, nil }

// Whatever a length is, it is rounded, never negative and never absurd.
func TestLengthsMakeSense(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := seconds(rapid.Uint64().Draw(t, "units"), rapid.Uint64().Draw(t, "rate"))
		if s < 0 || s > longest+1 {
			t.Fatal(s)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(1, 48_000*3600).Draw(t, "samples")
		if got := look(t, opusFile(1, n), "", "").Seconds; got != max(1, int64(n+24_000)/48_000) {
			t.Fatalf("%d samples are %d s", n, got)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 60_000).Draw(t, "w"), rapid.IntRange(1, 60_000).Draw(t, "h")
		r := fit(w, h)
		if r.Dx() < 1 || r.Dy() < 1 || r.Dx() > max(ThumbSide, 0) || r.Dy() > ThumbSide || r.Dx() > w || r.Dy() > h {
			t.Fatal(w, h, r)
		}
	})
}

// Reading any bytes ends, and reads a bounded number of them.
func fuzz(f *testing.F, read func(h *header) error, seeds ...[]byte) {
	for _, seed := range seeds {
		f.Add(seed)
		f.Add(seed[:len(seed)/2])
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		h := newHeader(bytes.NewReader(file), int64(len(file)))
		_ = read(h)
		if spent := headerMost - h.left; spent > headerMost+1<<20 {
			t.Fatalf("%d bytes were read", spent)
		}
	})
}

func FuzzOGG(f *testing.F) {
	fuzz(f, func(h *header) error { _, err := readOGG(h); return err }, opusFile(1, 48_000), opusFile(2, 1))
}

func FuzzWAV(f *testing.F) {
	fuzz(f, func(h *header) error { _, err := readWAV(h); return err }, wavFile(100, 1))
}

func FuzzMP3(f *testing.F) {
	fuzz(f, func(h *header) error { _, err := readMP3(h); return err }, mp3File(3, true), mp3File(2, false))
}

func FuzzMP4(f *testing.F) {
	fuzz(f, func(h *header) error { _, err := readMP4(h); return err }, mp4File("vide", false), mp4File("soun", true))
}

func FuzzPicture(f *testing.F) {
	fuzz(f, func(h *header) error { _, err := readPicture(h); return err }, jpegFile(f, 8, 4, 6), pngFile(f, 3, 3), gifFile(f), webpFile(true), webpFile(false))
}

func FuzzLook(f *testing.F) {
	for _, seed := range [][]byte{jpegFile(f, 8, 4, 6), pngFile(f, 3, 3), gifFile(f), webpFile(true), webpFile(false), mp4File("vide", false), opusFile(1, 9)} {
		f.Add(seed, "a.bin", "image/png")
	}
	looker := NewLooker(Default())
	f.Fuzz(func(t *testing.T, file []byte, name, declared string) {
		facts, err := looker.Look(context.Background(), bytes.NewReader(file), int64(len(file)), name, declared)
		if err != nil || facts.MIME == "" || dangerous(facts.MIME) || facts.MIME == "text/html" || facts.Seconds < 0 || facts.Width < 0 || facts.Height < 0 {
			t.Fatalf("%+v, %v", facts, err)
		}
	})
}
