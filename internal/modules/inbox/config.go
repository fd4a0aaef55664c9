package inbox

import "prosa/internal/base/fault"

// Config bounds what attendants send.
type Config struct {
	UploadMax int64 `env:"PROSA_UPLOAD_MAX" default:"26214400" doc:"Largest file that an attendant may send, in bytes."`
}

// Default is the configuration of an empty environment.
func Default() Config { return Config{UploadMax: 25 << 20} }

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	if c.UploadMax < 1 {
		return fault.OnField("PROSA_UPLOAD_MAX", "must be at least 1")
	}
	return nil
}
