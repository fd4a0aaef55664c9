package media

import (
	"context"
	"errors"
	"io"
	"strings"

	"prosa/internal/message"
)

// Facts are what a file's bytes say of it.
type Facts struct {
	MIME string
	Kind message.Kind
	// Width and Height in pixels as it is meant to be seen, Seconds of sound or
	// film; 0 where it does not say.
	Width, Height int
	Seconds       int64
	Animated      bool
	// VoiceNote reports OGG with Opus in one channel: what the apps show as a
	// recorded note. All else is sent as a sound.
	VoiceNote bool
	// Thumb is a small JPEG of a picture, nil where there is none.
	Thumb []byte
}

// Apply writes the facts into a medium; what its sender said gives way.
func (f Facts) Apply(m *message.Media) {
	m.MIME, m.Width, m.Height, m.Animated = f.MIME, f.Width, f.Height, m.Animated || f.Animated
	if f.Seconds > 0 {
		m.Seconds = f.Seconds
	}
}

// Looker reads facts, few pictures at a time.
type Looker struct{ drawing chan struct{} }

// NewLooker makes a looker that draws so many pictures at once.
func NewLooker(cfg Config) *Looker { return &Looker{make(chan struct{}, max(1, cfg.Drawing))} }

// Look reads what a file is. name and declared decide only where the bytes say
// nothing. A file that makes no sense is not an error: it has fewer facts. Errors
// are those of reading it, and of a context that ended.
func (l *Looker) Look(ctx context.Context, file io.ReadSeeker, size int64, name, declared string) (Facts, error) {
	source := &watched{ReadSeeker: file, ctx: ctx}
	h := newHeader(source, size)
	head, err := h.upTo(0, 512)
	if err != nil {
		return Facts{}, errors.Join(err, source.err)
	}
	facts := Facts{MIME: Sniff(head, name, declared)}
	// What makes no sense has fewer facts, and no error: the file is what it is.
	if err := l.read(ctx, source, size, declared, &facts); source.err != nil || ctx.Err() != nil {
		return Facts{}, errors.Join(source.err, ctx.Err(), err)
	}
	facts.Kind = KindOf(facts.MIME)
	return facts, nil
}

// read asks the header of the type for what it knows.
func (l *Looker) read(ctx context.Context, file *watched, size int64, declared string, facts *Facts) (err error) {
	var s sound
	switch {
	case strings.HasPrefix(facts.MIME, "image/"):
		return l.draw(ctx, file, size, facts)
	case facts.MIME == "audio/ogg":
		s, err = readOGG(newHeader(file, size))
		facts.VoiceNote = err == nil && s.opus && s.channels == 1
	case facts.MIME == "audio/mpeg":
		s, err = readMP3(newHeader(file, size))
	case facts.MIME == "audio/wav":
		s, err = readWAV(newHeader(file, size))
	case facts.MIME == "audio/mp4", facts.MIME == "video/mp4", facts.MIME == "video/3gpp", facts.MIME == "video/quicktime":
		var f film
		f, err = readMP4(newHeader(file, size))
		s.seconds, facts.Width, facts.Height = f.seconds, f.width, f.height
		if err == nil && f.sounds && !f.pictures {
			facts.MIME = "audio/mp4" // recorders put sound into a film's container
		}
	case facts.MIME == "video/webm" && strings.HasPrefix(plain(declared), "audio/"):
		facts.MIME = "audio/webm" // no browser runs either
	}
	facts.Seconds = s.seconds
	return err
}

// draw reads a picture's size and draws it small, when it is its turn.
func (l *Looker) draw(ctx context.Context, file *watched, size int64, facts *Facts) error {
	p, err := readPicture(newHeader(file, size))
	if err != nil {
		return err
	}
	facts.Width, facts.Height, facts.Animated = p.width, p.height, p.animated
	select {
	case l.drawing <- struct{}{}:
		defer func() { <-l.drawing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	facts.Thumb, err = thumbOf(p, file, size)
	return err
}

// watched tells the storage's errors from the file's, and ends with its context.
type watched struct {
	io.ReadSeeker
	ctx context.Context
	err error
}

func (w *watched) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		w.err = err
		return 0, err
	}
	n, err := w.ReadSeeker.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}
