package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

// Files made by hand, by the documents that the readers name.

func oggPageOf(flags byte, granule uint64, body []byte) []byte {
	page := append([]byte("OggS"), 0, flags)
	page = binary.LittleEndian.AppendUint64(page, granule)
	page = append(page, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	lacing := bytes.Repeat([]byte{255}, len(body)/255)
	lacing = append(lacing, byte(len(body)%255))
	page = append(page, byte(len(lacing)))
	return append(append(page, lacing...), body...)
}

func opusFile(channels byte, samples uint64) []byte {
	head := append([]byte("OpusHead"), 1, channels, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0)
	file := oggPageOf(2, 0, head)
	file = append(file, oggPageOf(0, 0, []byte("OpusTags\x00\x00\x00\x00\x00\x00\x00\x00"))...)
	return append(file, oggPageOf(4, samples+312, []byte{0xf8, 0xff, 0xfe})...)
}

func wavFile(rate uint32, seconds int) []byte {
	data := make([]byte, int(rate)*seconds)
	file := []byte("RIFF\x00\x00\x00\x00WAVELIST\x04\x00\x00\x00INFOfmt \x10\x00\x00\x00\x01\x00\x01\x00")
	file = binary.LittleEndian.AppendUint32(file, rate)
	file = binary.LittleEndian.AppendUint32(file, rate)
	file = append(file, 1, 0, 8, 0)
	file = append(file, "data"...)
	file = binary.LittleEndian.AppendUint32(file, uint32(len(data)))
	return append(file, data...)
}

// mp3File is MPEG 1 layer III at 128 kbit/s and 44,100 Hz: 417 bytes a frame.
func mp3File(frames int, xing bool) []byte {
	file := []byte("ID3\x04\x00\x00\x00\x00\x00\x05xxxxx")
	for n := range frames {
		frame := make([]byte, 417)
		copy(frame, "\xff\xfb\x90\x00")
		if n == 0 && xing {
			copy(frame[36:], "Xing\x00\x00\x00\x01")
			binary.BigEndian.PutUint32(frame[44:], 3829) // 100 s
		}
		file = append(file, frame...)
	}
	return file
}

func box(kind string, body ...[]byte) []byte {
	inner := bytes.Join(body, nil)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(inner)+8)), kind...), inner...)
}

// mp4File is a film of 12.5 s, 1080 x 1920, in a phone's way: lying, and turned.
func mp4File(handler string, wide bool) []byte {
	movie := make([]byte, 100)
	binary.BigEndian.PutUint32(movie[12:], 1000)
	binary.BigEndian.PutUint32(movie[16:], 12_500)
	if wide {
		movie = make([]byte, 112)
		movie[0] = 1
		binary.BigEndian.PutUint32(movie[20:], 1000)
		binary.BigEndian.PutUint64(movie[24:], 12_500)
	}
	track := make([]byte, 84)
	if wide {
		track = make([]byte, 96)
		track[0] = 1
	}
	tail := track[len(track)-44:]
	binary.BigEndian.PutUint32(tail[4:], 0x10000)
	binary.BigEndian.PutUint32(tail[12:], 0xffff0000)
	binary.BigEndian.PutUint32(tail[36:], 1920<<16)
	binary.BigEndian.PutUint32(tail[40:], 1080<<16)
	kind := append(make([]byte, 8), handler+strings.Repeat("\x00", 13)...)
	return bytes.Join([][]byte{
		box("ftyp", []byte("isom\x00\x00\x02\x00mp42")),
		box("mdat", make([]byte, 5000)),
		box("moov", box("mvhd", movie), box("trak", box("tkhd", track), box("mdia", box("mdhd", make([]byte, 24)), box("hdlr", kind)))),
	}, nil)
}

// corners is a picture with a red, a green, a blue and a white quarter.
func corners(w, h int) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	colours := [2][2]color.RGBA{{{255, 0, 0, 255}, {0, 255, 0, 255}}, {{0, 0, 255, 255}, {255, 255, 255, 255}}}
	for y := range h {
		for x := range w {
			p.SetRGBA(x, y, colours[y*2/h][x*2/w])
		}
	}
	return p
}

func jpegFile(t testing.TB, w, h, turn int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, corners(w, h), nil); err != nil {
		t.Fatal(err)
	}
	if turn == 0 {
		return out.Bytes()
	}
	exif := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), byte(turn), 0, 0, 0, 0, 0, 0)
	segment := append([]byte{0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))...)
	return bytes.Join([][]byte{out.Bytes()[:2], segment, exif, out.Bytes()[2:]}, nil)
}

func pngFile(t testing.TB, w, h int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, corners(w, h)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func gifFile(t testing.TB) []byte {
	t.Helper()
	palette := color.Palette{color.Black, color.White}
	moving := &gif.GIF{Delay: []int{5, 5}, Image: []*image.Paletted{image.NewPaletted(image.Rect(0, 0, 30, 20), palette), image.NewPaletted(image.Rect(0, 0, 30, 20), palette)}}
	var out bytes.Buffer
	if err := gif.EncodeAll(&out, moving); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// vp8l is a WebP picture of one red pixel, without loss.
const vp8l = "VP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"

func webpFile(moving bool) []byte {
	body := "WEBP" + vp8l
	if moving {
		frame := strings.Repeat("\x00", 16) + vp8l
		body = "WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00ANIM\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00ANMF" +
			string(binary.LittleEndian.AppendUint32(nil, uint32(len(frame)))) + frame
	}
	return []byte("RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body)
}
