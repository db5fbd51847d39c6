package settingsfile

import (
	"fmt"
	"io"
	"log/slog"
)

// LogFormat is in what form a program writes its log.
type LogFormat string

// The forms of a log.
const (
	LogText LogFormat = "text" // for people
	LogJSON LogFormat = "json" // for programs: an object a line
)

// Validate returns an error for a form that does not exist.
func (f LogFormat) Validate() error {
	if f != LogText && f != LogJSON {
		return fmt.Errorf("log_format = %q: it is %q or %q", string(f), LogText, LogJSON)
	}
	return nil
}

// Handler writes the log.
func (f LogFormat) Handler(w io.Writer) slog.Handler {
	if f == LogJSON {
		return slog.NewJSONHandler(w, nil)
	}
	return slog.NewTextHandler(w, nil)
}
