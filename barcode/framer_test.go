package barcode_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"madoguchi/barcode"
)

var t0 = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func TestFramer(t *testing.T) {
	text := func(texts ...string) (frames []barcode.Frame) {
		for _, s := range texts {
			frames = append(frames, barcode.Frame{Text: s})
		}
		return frames
	}
	refused := func(err error) []barcode.Frame { return []barcode.Frame{{Err: err}} }
	long := strings.Repeat("9", barcode.MaxScan)

	tests := []struct {
		name string
		sent string
		want []barcode.Frame
	}{
		{"CR", "123\r", text("123")},
		{"LF", "123\n", text("123")},
		{"CR LF", "123\r\n456\r\n", text("123", "456")},
		{"STX ETX", "\x02123\x03\x02456\x03", text("123", "456")},
		{"STX ETX CR LF", "\x02123\x03\r\n", text("123")},
		{"no terminator", "123", nil},
		{"empty", "\r\n\r\r\x02\x03", nil},
		{"UTF-8", "図書館\r", text("図書館")},
		{"as long as may be", long + "\r1\r", text(long, "1")},
		{"too long", long + "9\r1\r", append(refused(barcode.ErrTooLong), text("1")...)},
		{"half before STX", "12\x02123\x03", append(refused(barcode.ErrHalf), text("123")...)},
		{"noise ahead", "\x00\x00123\r", text("123")},
		{"noise within", "12\x003\r456\r", append(refused(barcode.ErrNoise), text("456")...)},
		{"not UTF-8", "12\xff3\r456\r", append(refused(barcode.ErrNoise), text("456")...)},
		{"wrong baud rate", "\xf0\xfe\x80\r", refused(barcode.ErrNoise)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var whole, pieces barcode.Framer
			if got := whole.Feed([]byte(tt.sent), t0); !slices.Equal(got, tt.want) {
				t.Errorf("at once: %v, want %v", got, tt.want)
			}
			var got []barcode.Frame
			for i := range len(tt.sent) {
				got = append(got, pieces.Feed([]byte{tt.sent[i]}, t0.Add(time.Duration(i)*time.Millisecond))...)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("in pieces: %v, want %v", got, tt.want)
			}
		})
	}
}

func TestFramerHalfScanExpires(t *testing.T) {
	var f barcode.Framer
	half := []barcode.Frame{{Err: barcode.ErrHalf}}
	feed := func(s string, after time.Duration, want ...barcode.Frame) {
		t.Helper()
		if got := f.Feed([]byte(s), t0.Add(after)); !slices.Equal(got, want) {
			t.Errorf("%q after %v: %v, want %v", s, after, got, want)
		}
	}
	feed("12", 0)
	feed("34", barcode.HalfLife-1) // each byte counts anew
	feed("5\r", 2*barcode.HalfLife-2, barcode.Frame{Text: "12345"})

	feed("12", 3*barcode.HalfLife)
	feed("34\r", 4*barcode.HalfLife, half[0], barcode.Frame{Text: "34"})

	feed("12", 5*barcode.HalfLife)
	if got := f.Expire(t0.Add(6*barcode.HalfLife - 1)); got != nil {
		t.Errorf("too early: %v", got)
	}
	if got := f.Expire(t0.Add(6 * barcode.HalfLife)); !slices.Equal(got, half) {
		t.Errorf("in time: %v", got)
	}
	if got := f.Expire(t0.Add(7 * barcode.HalfLife)); got != nil {
		t.Errorf("twice: %v", got)
	}
}

func FuzzFramer(f *testing.F) {
	for _, s := range []string{"123\r\n456\x03", "\x02123\x03", "12\x0034\r", "12\xff\r", strings.Repeat("1", 300) + "\r", "\r\r\n", "図書\r"} {
		f.Add([]byte(s), byte(3))
	}
	f.Fuzz(func(t *testing.T, sent []byte, size byte) {
		var whole, pieces barcode.Framer
		want := whole.Feed(sent, t0)
		var got []barcode.Frame
		for piece := range slices.Chunk(sent, int(size)+1) {
			got = append(got, pieces.Feed(piece, t0)...)
		}
		if !slices.Equal(got, want) {
			t.Errorf("in pieces %v, at once %v", got, want)
		}
		for _, frame := range want {
			if frame.Err == nil && (frame.Text == "" || len(frame.Text) > barcode.MaxScan || !utf8.ValidString(frame.Text) ||
				strings.ContainsFunc(frame.Text, func(r rune) bool { return r < ' ' || r == unicode.MaxASCII })) {
				t.Errorf("%q is no scan", frame.Text)
			}
		}
	})
}
