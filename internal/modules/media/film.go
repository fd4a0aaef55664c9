package media

// film is what the header of a film, or of a sound in the same container, says.
type film struct {
	seconds       int64
	width, height int
	pictures      bool // there is a track of pictures
	sounds        bool
}

// readMP4 reads the boxes of an MP4, 3GP or QuickTime file (ISO/IEC 14496-12):
// moov holds the length and the tracks, wherever in the file it lies.
func readMP4(h *header) (film, error) {
	var f film
	found := false
	err := boxes(h, 0, h.size, func(kind string, from, to int64) error {
		if kind != "moov" {
			return nil
		}
		found = true
		return boxes(h, from, to, func(kind string, from, to int64) error {
			switch kind {
			case "mvhd":
				return f.length(h, from)
			case "trak":
				return f.track(h, from, to)
			}
			return nil
		})
	})
	if err == nil && !found {
		err = errHeader
	}
	return f, err
}

// boxesMost bounds how many boxes are looked at side by side.
const boxesMost = 256

// boxes calls each for every box between two places.
func boxes(h *header, from, to int64, each func(kind string, from, to int64) error) error {
	for n := 0; from+8 <= to; n++ {
		if n == boxesMost {
			return errHeader
		}
		head, err := h.at(from, 8)
		if err != nil {
			return err
		}
		size, body := int64(big.Uint32(head)), from+8
		switch size {
		case 0: // to the end
			size = to - from
		case 1: // 64 bits follow
			wide, err := h.at(body, 8)
			if err != nil {
				return err
			}
			size, body = int64(big.Uint64(wide)), body+8
		}
		if size < body-from || size > to-from {
			return errHeader
		}
		if err := each(string(head[4:]), body, from+size); err != nil {
			return err
		}
		from += size
	}
	return nil
}

// length reads mvhd: the units a second, and how many there are.
func (f *film) length(h *header, from int64) error {
	body, err := h.at(from, 20)
	if err != nil {
		return err
	}
	if body[0] == 1 {
		if body, err = h.at(from, 32); err != nil {
			return err
		}
		f.seconds = seconds(big.Uint64(body[24:]), uint64(big.Uint32(body[20:])))
		return nil
	}
	f.seconds = seconds(uint64(big.Uint32(body[16:])), uint64(big.Uint32(body[12:])))
	return nil
}

// track reads what a track carries, and the size of a picture as it is shown.
func (f *film) track(h *header, from, to int64) error {
	var width, height int
	pictures := false
	err := boxes(h, from, to, func(kind string, from, to int64) error {
		switch kind {
		case "tkhd":
			start := from + 40 // of the matrix
			if version, err := h.at(from, 1); err != nil {
				return err
			} else if version[0] == 1 {
				start += 12
			}
			body, err := h.at(start, 44)
			if err != nil {
				return err
			}
			width, height = int(big.Uint32(body[36:])>>16), int(big.Uint32(body[40:])>>16)
			// A quarter turn has nothing on the matrix's diagonal.
			if big.Uint32(body) == 0 && big.Uint32(body[16:]) == 0 {
				width, height = height, width
			}
		case "mdia":
			return boxes(h, from, to, func(kind string, from, _ int64) error {
				if kind != "hdlr" {
					return nil
				}
				body, err := h.at(from, 12)
				if err != nil {
					return err
				}
				switch string(body[8:]) {
				case "vide":
					pictures = true
				case "soun":
					f.sounds = true
				}
				return nil
			})
		}
		return nil
	})
	if pictures && !f.pictures {
		f.pictures, f.width, f.height = true, width, height
	}
	return err
}
