package printer

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"testing"
)

func TestSettings(t *testing.T) {
	for _, s := range []Settings{
		{}, {Device: "/dev/usb/lp0"}, {Device: "serial:/dev/ttyUSB0", Baud: 9600}, {Device: "tcp://192.168.1.9"},
		{Device: "tcp://printer.local:9101", Paper: 58}, {Device: "tcp://[fe80::1]:9100", Paper: 80}, {Pictures: "/tmp"},
	} {
		if err := s.Validate(); err != nil {
			t.Errorf("%+v: %v", s, err)
		}
	}
	for _, s := range []Settings{
		{Device: "lp0"}, {Device: "serial:ttyUSB0"}, {Device: "serial:"}, {Device: "tcp://"}, {Device: "tcp://:9100"}, {Device: "tcp://a:0"},
		{Device: "tcp://a:70000"}, {Device: "tcp://a/b"}, {Device: "http://a:9100"}, {Paper: 57}, {Baud: 1}, {Pictures: "slips"},
	} {
		if err := s.Validate(); err == nil {
			t.Errorf("%+v is taken", s)
		}
		if _, err := New(s); err == nil {
			t.Errorf("%+v makes a printer", s)
		}
	}
	if _, err := New(Settings{}); err == nil {
		t.Error("no device makes a printer")
	}
	if got, _ := (Settings{Device: "tcp://192.168.1.9"}).target(); got.address != "192.168.1.9:9100" {
		t.Errorf("the address is %q", got.address)
	}
	if n, w := (Settings{Paper: 58}).Width(), (Settings{}).Width(); n != 384 || w != 576 {
		t.Errorf("58 mm is %d dots, no width %d", n, w)
	}
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		topic topic
		b     byte
		want  error
	}{
		{ofPrinter, 0x12, nil}, {ofPrinter, 0x16, nil}, {ofPrinter, 0x1a, ErrOffline},
		{ofOffline, 0x12, nil}, {ofOffline, 0x16, ErrOffline}, {ofOffline, 0x32, ErrPaperOut}, {ofOffline, 0x52, ErrOffline},
		{ofPaper, 0x12, nil}, {ofPaper, 0x1e, nil} /* near its end */, {ofPaper, 0x72, ErrPaperOut}, {ofPaper, 0x7e, ErrPaperOut},
		{ofPrinter, 0xff, nil}, {ofPaper, 0x60, nil}, // no answers
	} {
		if err := (condition{}).decode(c.topic, c.b).err(); !errors.Is(err, c.want) {
			t.Errorf("%d answered by %#x: %v, want %v", c.topic, c.b, err, c.want)
		}
	}
	if err := (condition{}).decode(ofPrinter, 0x1a).decode(ofPaper, 0x72).err(); !errors.Is(err, ErrPaperOut) {
		t.Errorf("offline without paper: %v", err)
	}
}

// Whatever comes back, no answer is taken for another's, and what is wrong stays so.
func FuzzDecode(f *testing.F) {
	f.Add(byte(1), []byte{0x12, 0x1a})
	f.Add(byte(4), []byte{0x72, 0x12, 0x00, 0xff})
	f.Fuzz(func(t *testing.T, about byte, answers []byte) {
		var now condition
		for _, b := range answers {
			if isStatus(b) && isPrinted(b) {
				t.Errorf("%#x answers both", b)
			}
			next := now.decode(topic(about), b)
			if now.paperOut && !next.paperOut || now.offline && !next.offline {
				t.Errorf("%#x makes good what was wrong", b)
			}
			if !isStatus(b) && next != now {
				t.Errorf("%#x is no answer and says something", b)
			}
			now = next
		}
	})
}

// A picture that holds a command gets one dot more, and loses none.
func TestPicturesHoldNoCommands(t *testing.T) {
	m := image.NewGray(image.Rect(0, 0, 384, 3))
	for i := range m.Pix {
		m.Pix[i] = 0xff
	}
	set := func(y, at int, b byte) {
		for i := range 8 {
			if b&(0x80>>i) != 0 {
				m.SetGray(8*at+i, y, color.Gray{})
			}
		}
	}
	set(0, 3, dle)
	set(0, 4, eot)
	set(0, 47, dle) // and on into the next row
	set(1, 0, dc4)
	set(2, 7, dle)
	set(2, 8, enq)
	set(2, 20, dle) // alone
	r, err := newRaster(m, 384)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]byte, 3*48)
	for at, b := range map[int]byte{3: dle | 8, 4: eot, 47: dle | 8, 48: dc4, 96 + 7: dle | 8, 96 + 8: enq, 96 + 20: dle} {
		want[at] = b
	}
	if !bytes.Equal(r.data, want) {
		t.Errorf("got % x", r.data)
	}
}

func TestTransparentIsWhite(t *testing.T) {
	r, err := newRaster(image.NewNRGBA(image.Rect(0, 0, 8, 1)), 384)
	if err != nil || r.data[0] != 0 {
		t.Errorf("%v, %#x", err, r.data[0])
	}
}
