package main

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
)

// recentMost is how many log records are kept for staff to see.
const recentMost = 20

// recent keeps the last log records that warn, as lines. Nothing of a patron is in a
// log, so nothing is here.
type recent struct {
	mu    sync.Mutex
	lines []string
}

// newestFirst returns the lines that are kept.
func (r *recent) newestFirst() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	lines := slices.Clone(r.lines)
	slices.Reverse(lines)
	return lines
}

func (r *recent) keep(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, line)
	if over := len(r.lines) - recentMost; over > 0 {
		r.lines = slices.Delete(r.lines, 0, over)
	}
}

// handler passes records on to next, and keeps those that warn.
func (r *recent) handler(next slog.Handler) slog.Handler { return keeping{Handler: next, recent: r} }

type keeping struct {
	slog.Handler
	recent *recent
	with   string // attributes of the logger, worded
	group  string // before the names of attributes
}

func (k keeping) Handle(ctx context.Context, record slog.Record) error {
	if record.Level >= slog.LevelWarn {
		var line strings.Builder
		line.WriteString(record.Time.Format("01-02 15:04 ") + record.Message + k.with)
		record.Attrs(func(a slog.Attr) bool {
			line.WriteString(attribute(k.group, a))
			return true
		})
		k.recent.keep(line.String())
	}
	return k.Handler.Handle(ctx, record)
}

func (k keeping) WithAttrs(attrs []slog.Attr) slog.Handler {
	for _, a := range attrs {
		k.with += attribute(k.group, a)
	}
	k.Handler = k.Handler.WithAttrs(attrs)
	return k
}

func (k keeping) WithGroup(name string) slog.Handler {
	if name != "" {
		k.group += name + "."
	}
	k.Handler = k.Handler.WithGroup(name)
	return k
}

// attribute is an attribute as people read it: an error after a colon, all else by its name.
// Values that hide something resolve to what they show.
func attribute(group string, a slog.Attr) string {
	value := a.Value.Resolve()
	if value.Kind() == slog.KindGroup {
		var parts strings.Builder
		if a.Key != "" {
			group += a.Key + "."
		}
		for _, part := range value.Group() {
			parts.WriteString(attribute(group, part))
		}
		return parts.String()
	}
	if a.Key == "err" && group == "" {
		return ": " + value.String()
	}
	return " " + group + a.Key + "=" + value.String()
}
