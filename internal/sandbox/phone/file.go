package phone

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"slices"
)

// storyFile is a real PNG: a story of the business, tall and of two colours that
// run into one another.
func storyFile() []byte {
	const width, height = 180, 320
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			picture.SetRGBA(x, y, color.RGBA{R: uint8(240 - y/4), G: uint8(90 + x/4), B: uint8(80 + y/2), A: 255})
		}
	}
	var out bytes.Buffer
	if png.Encode(&out, picture) != nil {
		return nil // a buffer takes everything
	}
	return out.Bytes()
}

// stickerFile is a real WebP image: a yellow square of 128 pixels. A VP8L image
// of one colour has five prefix codes of one symbol each and no pixel data.
// Source: "WebP Lossless Bitstream Specification".
func stickerFile() []byte {
	var bits []byte
	var used uint
	put := func(value uint32, n uint) {
		for i := range n {
			if used%8 == 0 {
				bits = append(bits, 0)
			}
			bits[used/8] |= byte(value>>i&1) << (used % 8)
			used++
		}
	}
	put(0x2f, 8) // signature
	put(127, 14) // width - 1
	put(127, 14) // height - 1
	put(0, 1)    // no alpha
	put(0, 3)    // version
	put(0, 1)    // no transform
	put(0, 1)    // no colour cache
	put(0, 1)    // one group of prefix codes
	green, red, blue, alpha := uint32(0xc8), uint32(0xff), uint32(0x3d), uint32(0xff)
	for _, symbol := range []uint32{green, red, blue, alpha} {
		put(1, 1) // simple code
		put(0, 1) // of one symbol
		put(1, 1) // of 8 bits
		put(symbol, 8)
	}
	put(1, 1) // distance: simple, one symbol, of one bit, 0
	put(0, 3)
	if len(bits)%2 == 1 {
		bits = append(bits, 0)
	}
	out := []byte("RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00")
	binary.LittleEndian.PutUint32(out[16:], uint32(len(bits)))
	out = append(out, bits...)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

// voiceFile is a real Ogg Opus file of silence. Sources: RFC 3533 (Ogg), RFC
// 7845 (Opus in Ogg), RFC 6716 (a silent CELT frame of 20 ms is F8 FF FE).
func voiceFile(seconds int) []byte {
	const serial, packetsASecond, samplesAPacket = 0x50524f53, 50, 960
	head := []byte("OpusHead\x01\x01\x38\x01\x80\xbb\x00\x00\x00\x00\x00")
	tags := []byte("OpusTags\x05\x00\x00\x00prosa\x00\x00\x00\x00")
	out := oggPage(2, 0, serial, 0, [][]byte{head})
	out = append(out, oggPage(0, 0, serial, 1, [][]byte{tags})...)
	second := slices.Repeat([][]byte{{0xf8, 0xff, 0xfe}}, packetsASecond)
	for i := range seconds {
		flag := byte(0)
		if i == seconds-1 {
			flag = 4 // the last page
		}
		granule := uint64(i+1) * packetsASecond * samplesAPacket
		out = append(out, oggPage(flag, granule, serial, uint32(i+2), second)...)
	}
	return out
}

// oggPage writes a page of whole packets, each shorter than 255 bytes.
func oggPage(flag byte, granule uint64, serial, number uint32, packets [][]byte) []byte {
	page := []byte("OggS\x00")
	page = append(page, flag)
	page = binary.LittleEndian.AppendUint64(page, granule)
	page = binary.LittleEndian.AppendUint32(page, serial)
	page = binary.LittleEndian.AppendUint32(page, number)
	page = append(page, 0, 0, 0, 0, byte(len(packets)))
	for _, packet := range packets {
		page = append(page, byte(len(packet)))
	}
	for _, packet := range packets {
		page = append(page, packet...)
	}
	// Ogg's checksum: polynomial 04c11db7, not reflected, over the page with
	// the checksum at zero.
	var sum uint32
	for _, b := range page {
		sum ^= uint32(b) << 24
		for range 8 {
			if sum&0x80000000 != 0 {
				sum = sum<<1 ^ 0x04c11db7
			} else {
				sum <<= 1
			}
		}
	}
	binary.LittleEndian.PutUint32(page[22:], sum)
	return page
}
