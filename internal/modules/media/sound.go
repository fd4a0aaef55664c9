package media

import "bytes"

// sound is what the header of a sound says.
type sound struct {
	seconds  int64
	channels int
	opus     bool
}

// oggPage is the longest page of an OGG file in bytes (RFC 3533, section 6).
const oggPage = 65307

// readOGG reads an OGG file that holds Opus (RFC 7845) or Vorbis: the channels
// from its first page, the length from where its last page ends.
func readOGG(h *header) (sound, error) {
	first, err := h.upTo(0, 512)
	if err != nil {
		return sound{}, err
	}
	if len(first) < 28 || string(first[:4]) != "OggS" || first[4] != 0 || first[5]&2 == 0 {
		return sound{}, errHeader
	}
	serial, start := first[14:18], 27+int(first[26])
	if len(first) < start {
		return sound{}, errHeader
	}
	var s sound
	var rate, skip uint64
	switch body := first[start:]; {
	case len(body) >= 19 && string(body[:8]) == "OpusHead":
		// Granules of Opus count 48,000 a second, whatever the rate was (RFC 7845, 4).
		s.opus, s.channels, rate, skip = true, int(body[9]), 48_000, uint64(little.Uint16(body[10:]))
	case len(body) >= 16 && string(body[:7]) == "\x01vorbis":
		s.channels, rate = int(body[11]), uint64(little.Uint32(body[12:]))
	default:
		return sound{}, errHeader
	}
	if s.channels == 0 || rate == 0 {
		return sound{}, errHeader
	}
	tail, err := h.upTo(max(0, h.size-oggPage), oggPage)
	if err != nil {
		return sound{}, err
	}
	for at := len(tail); at > 0; {
		if at = bytes.LastIndex(tail[:at], []byte("OggS")); at < 0 {
			break
		}
		page := tail[at:]
		if len(page) < 27 || page[4] != 0 || !bytes.Equal(page[14:18], serial) {
			continue
		}
		// -1: no packet ends on this page (RFC 3533, section 6).
		if granule := little.Uint64(page[6:]); granule != 1<<64-1 && granule >= skip {
			s.seconds = seconds(granule-skip, rate)
			break
		}
	}
	return s, nil
}

// readWAV reads a RIFF/WAVE file: bytes of sound by bytes a second.
func readWAV(h *header) (sound, error) {
	head, err := h.at(0, 12)
	if err != nil || string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		return sound{}, errHeader
	}
	var s sound
	var rate uint64
	for place, chunks := int64(12), 0; chunks < 64; chunks++ {
		chunk, err := h.at(place, 8)
		if err != nil {
			return s, errHeader
		}
		size := int64(little.Uint32(chunk[4:]))
		switch string(chunk[:4]) {
		case "fmt ":
			format, err := h.at(place+8, 16)
			if err != nil {
				return s, errHeader
			}
			s.channels, rate = int(little.Uint16(format[2:])), uint64(little.Uint32(format[8:]))
		case "data":
			// A recorder that was cut off leaves the size at 0 or at its most.
			size = min(size, h.size-place-8)
			if size <= 0 {
				size = h.size - place - 8
			}
			s.seconds = seconds(uint64(size), rate)
			return s, nil
		}
		place += 8 + size + size&1
	}
	return s, errHeader
}

// Tables of MPEG audio (ISO/IEC 11172-3, 2.4.2.3, and 13818-3): kilobits a
// second by layer III's index, for version 1 and for 2 and 2.5.
var (
	mp3Rates   = [2][16]int64{{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0}, {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}}
	mp3Samples = [4]int64{44_100, 48_000, 32_000, 0}
)

// mp3Frame is the head of a frame of layer III.
type mp3Frame struct {
	samples, rate, bits int64 // samples a frame and a second, bits a second
	length              int64 // bytes
	channels, tag       int   // where a Xing tag would stand
}

// frameOf reads the head of a frame; false when it is none.
func frameOf(b []byte) (f mp3Frame, ok bool) {
	if len(b) < 4 || b[0] != 0xff || b[1]&0xe0 != 0xe0 || b[1]>>1&3 != 1 {
		return f, false
	}
	version := b[1] >> 3 & 3 // 3 is version 1, 2 is 2, 0 is 2.5
	if version == 1 {
		return f, false
	}
	table := 0
	f.samples, f.channels = 1152, 2
	f.rate = mp3Samples[b[2]>>2&3]
	if version != 3 {
		table, f.samples, f.rate = 1, 576, f.rate/2
	}
	if version == 0 {
		f.rate /= 2
	}
	f.bits = mp3Rates[table][b[2]>>4] * 1000
	if f.rate == 0 || f.bits == 0 {
		return f, false
	}
	mono := b[3]>>6 == 3
	switch {
	case version == 3 && !mono:
		f.tag = 36
	case version == 3 || !mono:
		f.tag = 21
	default:
		f.tag = 13
	}
	if mono {
		f.channels = 1
	}
	f.length = f.samples/8*f.bits/f.rate + int64(b[2]>>1&1)
	return f, true
}

// readMP3 reads the first frame behind an ID3 tag: its Xing or VBRI count of
// frames where there is one, else the length follows from the bit rate.
func readMP3(h *header) (sound, error) {
	var start int64
	if id3, err := h.at(0, 10); err == nil && string(id3[:3]) == "ID3" {
		start = 10 + (int64(id3[6]&0x7f)<<21 | int64(id3[7]&0x7f)<<14 | int64(id3[8]&0x7f)<<7 | int64(id3[9]&0x7f))
	}
	head, err := h.upTo(start, 8192)
	if err != nil {
		return sound{}, err
	}
	for at := range head {
		f, ok := frameOf(head[at:])
		if !ok {
			continue
		}
		// Sound looks like a frame now and then; two in a row are one.
		if next := int64(at) + f.length; next+4 <= int64(len(head)) {
			if _, ok := frameOf(head[next:]); !ok {
				continue
			}
		}
		s := sound{channels: f.channels}
		total := f.samples * countOf(head[at:], f.tag)
		if total > 0 {
			s.seconds = seconds(uint64(total), uint64(f.rate))
		} else {
			s.seconds = seconds(uint64(h.size-start-int64(at))*8, uint64(f.bits))
		}
		return s, nil
	}
	return sound{}, errHeader
}

// countOf reads how many frames follow, 0 when the first does not tell.
func countOf(frame []byte, tag int) int64 {
	if len(frame) >= tag+12 {
		if name := string(frame[tag : tag+4]); (name == "Xing" || name == "Info") && frame[tag+7]&1 == 1 {
			return int64(big.Uint32(frame[tag+8:]))
		}
	}
	const vbri = 36
	if len(frame) >= vbri+18 && string(frame[vbri:vbri+4]) == "VBRI" {
		return int64(big.Uint32(frame[vbri+14:]))
	}
	return 0
}
