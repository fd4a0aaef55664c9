package media

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// ThumbSide is the longer side of a small picture, in pixels.
const ThumbSide = 480

const (
	// pixelsMost bounds what drawing a picture may take: a JPEG takes about two
	// bytes a pixel, others four to eight. Larger ones are shown as they are.
	pixelsMost = 24 << 20
	jpegMost   = 50 << 20
	// progressiveMost bounds JPEGs that sharpen as they load: their decoder keeps
	// all numbers of all scans, eight to sixteen bytes a pixel.
	progressiveMost = 12 << 20
	// headMost is how much of a picture is read for its size and its turn: what
	// cameras write before a picture lies in segments of 64 KB.
	headMost = 256 << 10
	// drawnMost is the largest file that is drawn, in bytes.
	drawnMost = 40 << 20
)

// picture is what is known of a picture.
type picture struct {
	width, height int // as it is meant to be seen
	animated      bool
	progressive   bool
	turn          int
	kind          string
}

var errPicture = errors.New("the picture can't be read")

// readPicture reads the size of a JPEG, PNG, GIF or WebP from its head.
func readPicture(h *header) (picture, error) {
	head, err := h.upTo(0, headMost)
	if err != nil {
		return picture{}, err
	}
	p := picture{turn: 1}
	var size image.Config
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		p.kind, p.turn, p.progressive = "image/jpeg", turnOf(head), isProgressive(head)
		size, err = jpeg.DecodeConfig(bytes.NewReader(head))
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		p.kind = "image/png"
		size, err = png.DecodeConfig(bytes.NewReader(head))
	case bytes.HasPrefix(head, []byte("GIF8")):
		p.kind = "image/gif"
		p.animated = bytes.Contains(head, []byte("NETSCAPE2.0"))
		size, err = gif.DecodeConfig(bytes.NewReader(head))
	case len(head) >= 30 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		p.kind = "image/webp"
		if string(head[12:16]) == "VP8X" {
			// "Extended File Format", WebP Container Specification.
			p.animated = head[20]&2 != 0
			size.Width, size.Height = 1+(int(head[24])|int(head[25])<<8|int(head[26])<<16), 1+(int(head[27])|int(head[28])<<8|int(head[29])<<16)
		} else {
			size, err = webp.DecodeConfig(bytes.NewReader(head))
		}
	default:
		return p, errPicture
	}
	if err != nil || size.Width <= 0 || size.Height <= 0 {
		return p, errPicture
	}
	p.width, p.height = size.Width, size.Height
	if p.turn >= 5 {
		p.width, p.height = p.height, p.width
	}
	return p, nil
}

// isProgressive reports a JPEG in several scans (ITU-T T.81, B.2.2, SOF2), and
// one whose frame header is not where it should be: a decoder may find it yet.
func isProgressive(head []byte) bool {
	for at := 2; at+4 <= len(head) && head[at] == 0xff; {
		switch mark := head[at+1]; mark {
		case 0xff: // filling
			at++
			continue
		case 0xc0, 0xc1:
			return false
		case 0xc2:
			return true
		}
		at += 2 + int(big.Uint16(head[at+2:]))
	}
	return true
}

// most is how many pixels of its kind are drawn.
func (p picture) most() int64 {
	switch {
	case p.progressive:
		return progressiveMost
	case p.kind == "image/jpeg":
		return jpegMost
	}
	return pixelsMost
}

// thumbOf draws a picture small, as a JPEG on white. Of a moving one it is the
// first frame.
func thumbOf(p picture, from io.ReadSeeker, size int64) ([]byte, error) {
	if int64(p.width)*int64(p.height) > p.most() || size > drawnMost {
		return nil, errPicture
	}
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	whole, err := decode(p, from)
	if err != nil {
		return nil, err
	}
	bounds := whole.Bounds()
	// What the head said bounds the memory; a body that is larger is a trap.
	if int64(bounds.Dx())*int64(bounds.Dy()) > p.most() || bounds.Empty() {
		return nil, errPicture
	}
	small := image.NewRGBA(fit(bounds.Dx(), bounds.Dy()))
	draw.Draw(small, small.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(small, small.Rect, whole, bounds, draw.Over, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, turned(small, p.turn), &jpeg.Options{Quality: 80}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// decode reads the whole picture. Decoders of the standard library refuse what
// does not agree with its head.
func decode(p picture, from io.ReadSeeker) (image.Image, error) {
	switch p.kind {
	case "image/jpeg":
		return jpeg.Decode(from)
	case "image/png":
		return png.Decode(from)
	case "image/gif":
		return gif.Decode(from)
	}
	if !p.animated {
		return webp.Decode(from)
	}
	still, err := firstFrame(from)
	if err != nil {
		return nil, err
	}
	// The frame has a size of its own, which may differ from the canvas.
	if size, err := webp.DecodeConfig(bytes.NewReader(still)); err != nil || int64(size.Width)*int64(size.Height) > pixelsMost {
		return nil, errPicture
	}
	return webp.Decode(bytes.NewReader(still))
}

// frameMost bounds the first frame of a moving WebP, in bytes.
const frameMost = 4 << 20

// firstFrame makes a WebP that stands still of the first frame of one that
// moves (WebP Container Specification, "ANMF Chunk").
func firstFrame(from io.ReadSeeker) ([]byte, error) {
	place := int64(12)
	for range 64 {
		if _, err := from.Seek(place, io.SeekStart); err != nil {
			return nil, err
		}
		var head [8]byte
		if _, err := io.ReadFull(from, head[:]); err != nil {
			return nil, errPicture
		}
		size := int64(little.Uint32(head[4:]))
		if string(head[:4]) != "ANMF" {
			place += 8 + size + size&1
			continue
		}
		if size < 24 || size > frameMost {
			return nil, errPicture
		}
		frame := make([]byte, size)
		if _, err := io.ReadFull(from, frame); err != nil {
			return nil, errPicture
		}
		return still(frame)
	}
	return nil, errPicture
}

// still wraps the chunks of a frame as a file.
func still(frame []byte) ([]byte, error) {
	chunks := frame[16:]
	var body []byte
	if string(chunks[:4]) == "ALPH" { // a picture apart from its transparency wants the long form
		body = append(body, "VP8X\x0a\x00\x00\x00\x10\x00\x00\x00"...)
		body = append(body, frame[6:12]...)
	}
	body = append(body, chunks...)
	out := append([]byte("RIFF"), little.AppendUint32(nil, uint32(len(body)+4))...)
	return append(append(out, "WEBP"...), body...), nil
}

// fit gives the size of a small picture: the same shape, never larger, no side 0.
func fit(width, height int) image.Rectangle {
	long := max(width, height)
	if long <= ThumbSide {
		return image.Rect(0, 0, width, height)
	}
	return image.Rect(0, 0, max(1, width*ThumbSide/long), max(1, height*ThumbSide/long))
}
