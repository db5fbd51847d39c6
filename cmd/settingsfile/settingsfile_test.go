package settingsfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

type words map[string]string

type policy struct {
	LoanDays int  `toml:"loan_days"`
	Open     bool `toml:"due_on_open_day"`
}

type some struct {
	Name    string              `toml:"name"`
	DB      string              `toml:"db"`
	Hosts   []string            `toml:"hosts"`
	Scale   float32             `toml:"scale"`
	Threads uint8               `toml:"threads"`
	Lengths []int               `toml:"lengths"`
	Policy  policy              `toml:"policy"`
	Words   words               `toml:"words"`
	Notices []map[string]string `toml:"notice"`
}

var usual = some{Name: "図書館", Scale: 1, Policy: policy{LoanDays: 14, Open: true}}

func read(t *testing.T, text string) (some, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got := usual
	_, err := Read(path, &got, usual)
	if err != nil {
		err = errors.New(strings.ReplaceAll(err.Error(), filepath.Dir(path)+"/", ""))
	}
	return got, err
}

func TestRead(t *testing.T) {
	got, err := read(t, "\ufeffname = \"市立\"\r\nscale = 2\r\n[policy]\r\nloan_days = 7\r\n[[notice]]\r\nja = \"休み\"\r\n[words]\r\n\"本館\" = 'a\\b'\r\n")
	if err != nil || got.Name != "市立" || got.Scale != 2 || got.Policy != (policy{7, true}) || got.Notices[0]["ja"] != "休み" || got.Words["本館"] != `a\b` {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := read(t, "name = 'x'\rscale = 0.5\r"); err != nil || got.Name != "x" || got.Scale != 0.5 {
		t.Errorf("lines that end with CR: %+v, %v", got, err)
	}
	if _, err := Read(filepath.Join(t.TempDir(), "none"), new(some), usual); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := Read(t.TempDir(), new(some), usual); err == nil || !strings.HasSuffix(err.Error(), "cannot be read: it is a folder; name the file in it") {
		t.Errorf("a folder: %v", err)
	}
	path := filepath.Join(t.TempDir(), "s.toml")
	if err := os.WriteFile(path, nil, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path, new(some), usual); os.Geteuid() != 0 && (err == nil || !strings.Contains(err.Error(), "this user may not")) {
		t.Errorf("a file that may not be read: %v", err)
	}
}

func TestWhatIsWrong(t *testing.T) {
	const secret = "s3cret"
	for text, want := range map[string]string{
		// types
		"[policy]\nloan_days = \"14\"\n":             "s.toml, line 2: policy.loan_days must be a whole number, without quotation marks, and is a text; write it like loan_days = 14",
		"policy.loan_days = 1.5":                     "s.toml, line 1: policy.loan_days must be a whole number, without quotation marks, and is a number with a point; write it like loan_days = 14",
		"policy = { loan_days = true }":              "s.toml, line 1: policy.loan_days must be a whole number, without quotation marks, and is true or false; write it like loan_days = 14",
		"[policy]\ndue_on_open_day = 1":              "s.toml, line 2: policy.due_on_open_day must be true or false, without quotation marks, and is a number; write it like due_on_open_day = true",
		"\n\nname = 1":                               `s.toml, line 3: name must be a text in quotation marks, and is a number; write it like name = "図書館"`,
		"name = 2026-12-01":                          `s.toml, line 1: name must be a text in quotation marks, and is a date or time; write it like name = "図書館"`,
		"db = [\"" + secret + "\"]":                  `s.toml, line 1: db must be a text in quotation marks, and is a list; write it like db = "…"`,
		"hosts = \"a\"":                              `s.toml, line 1: hosts must be a list, and is a text; write it like hosts = ["…"]`,
		"hosts = [1]":                                `s.toml, line 1: hosts must be a list of which each is a text in quotation marks, and one is a number; write it like hosts = ["…"]`,
		"lengths = [\"11\"]":                         "s.toml, line 1: lengths must be a list of which each is a whole number, without quotation marks, and one is a text; write it like lengths = [10]",
		"scale = \"1\"":                              "s.toml, line 1: scale must be a number, without quotation marks, and is a text; write it like scale = 1",
		"threads = 300":                              "s.toml, line 1: threads = 300: so much cannot be; write it like threads = 1",
		"threads = -1":                               "s.toml, line 1: threads = -1: so much cannot be; write it like threads = 1",
		"policy = 3":                                 "s.toml, line 1: policy must be a table, and is a number; write a line [policy], and its settings below",
		"notice = \"x\"":                             "s.toml, line 1: notice must be tables, and is a text; write a line [[notice]] for each, and its settings below",
		"[[notice]]\nja = \"a\"\n[[notice]]\nja = 1": `s.toml, line 4: notice.1.ja must be a text in quotation marks, and is a number; write it like ja = "…"`,
		"[words]\na = 'b'\nc = 1":                    `s.toml, line 3: words.c must be a text in quotation marks, and is a number; write it like c = "…"`,
		// names
		"[policy]\nloan_day = 1":        "s.toml, line 2: a setting that does not exist: policy.loan_day; is policy.loan_days meant?",
		"[policy]\nLoan-Days = 1":       "s.toml, line 2: a setting that does not exist: policy.Loan-Days; is policy.loan_days meant?",
		"name = 'a'\nloan_days = 7":     "s.toml, line 2: a setting that does not exist: loan_days; it belongs below the line [policy]",
		"[polcy]\nloan_days = 7":        "s.toml, line 1: a setting that does not exist: polcy; is policy meant?",
		"password = \"" + secret + "\"": "s.toml, line 1: a setting that does not exist: password; take it out, or correct its name",
		// the form
		"[policy]\nloan_days 14":     "s.toml, line 2: this is no setting; write it like loan_days = 14, a table like [policy], and # before what is none",
		"[policy]\nloan_days":        "s.toml, line 2: this is no setting; write it like loan_days = 14, a table like [policy], and # before what is none",
		"[policy]\nloan_days = ":     "s.toml, line 2: what stands behind loan_days = is no value; write it like loan_days = 14",
		"[policy]\nloan_days = 14日":  "s.toml, line 2: what stands behind loan_days = is no value; write it like loan_days = 14",
		"name = " + secret:           `s.toml, line 1: what stands behind name = is no value; write it like name = "図書館"`,
		"\nname = \"" + secret:       `s.toml, line 2: what begins here has no end: a text ends with the " that it begins with, a list with ]`,
		"name = \"C:\\data\"":        `s.toml, line 1: in a text in "…" a \ begins something special; put a text that has one in '…'`,
		"name = \"a\"\nname = \"b\"": "s.toml, line 2: name stands in the file twice; leave one out",
		"[words]\n本館 = \"a\"":        `s.toml, line 2: a name with such letters stands in quotation marks, like "本館" = …`,
		"[policy\nloan_days = 1":     "s.toml, line 1: this is no setting; write a table like [policy], and # before what is none",
		"name = \"a\x07b\"":          "s.toml, line 1: there is a character that cannot be seen; type the line anew",
		// characters of an input method
		"[policy]\nloan_days ＝ 14": "s.toml, line 2: the character ＝ is not the usual one; write =",
		"[policy]\nloan_days = １４": "s.toml, line 2: the character １ is not the usual one; write 1",
		"name = “a”":               "s.toml, line 1: the character “ is not the usual one; write \"",
		"name = 「a」":               "s.toml, line 1: the character 「 is not the usual one; write \" around a text",
		"［policy］\nloan_days = 1":  "s.toml, line 1: the character ［ is not the usual one; write [",
		"hosts = [\"a\"、\"b\"]":    "s.toml, line 1: the character 、 is not the usual one; write ,",
		"name\u3000= \"a\"":        "s.toml, line 1: the character \u3000 is not the usual one; write a usual space",
		// the file
		"\x00\x01\x02\x03\x04":             "the settings file s.toml cannot be read: it is not a text; is it another file?",
		"\x7fELF\x02\x01\xff\xfe\xff":      "the settings file s.toml cannot be read: it is not a text in UTF-8; save it as UTF-8",
		utf16(true, "name = \"図\""):        "the settings file s.toml cannot be read: it is in UTF-16; save it as UTF-8",
		utf16(false, "name = \"図\""):       "the settings file s.toml cannot be read: it is in UTF-16; save it as UTF-8",
		"name = \"\x90}\x8f\x91\x8a\xd9\"": "the settings file s.toml cannot be read: it is in Shift_JIS; save it as UTF-8",
		jis("name = \"図書館\""):              "the settings file s.toml cannot be read: it is in ISO-2022-JP; save it as UTF-8",
	} {
		_, err := read(t, text)
		if err == nil || err.Error() != want {
			t.Errorf("%q:\n%v, want\n%s", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%q: a value is told: %v", text, err)
		}
	}
}

func utf16(mark bool, text string) string {
	bom := unicode.IgnoreBOM
	if mark {
		bom = unicode.UseBOM
	}
	s, _ := unicode.UTF16(unicode.LittleEndian, bom).NewEncoder().String(text)
	return s
}

func jis(text string) string {
	s, _ := japanese.ISO2022JP.NewEncoder().String(text)
	return s
}

func TestWrong(t *testing.T) {
	f := &File{path: "s.toml", lines: strings.Split("# loan_days = 1\n[policy] # numbers\nloan_days = 0\n[barcode.card]\nlengths = [0]\nhosts.\"a\" = 1", "\n")}
	bad := errors.New("loan_days = 0: it must be more")
	for want, err := range map[string]error{
		"s.toml, line 3: [policy] loan_days = 0: it must be more": f.Wrong("policy", bad),
		"s.toml, line 5: [barcode] card.lengths: 0 is none":       f.Wrong("barcode", errors.New("card.lengths: 0 is none")),
		"[mail] in s.toml: loan_days = 0: it must be more":        f.Wrong("mail", bad),
		"s.toml: loan_days = 0: it must be more":                  f.Wrong("", bad),
		"[policy] loan_days = 0: it must be more":                 (*File)(nil).Wrong("policy", bad),
	} {
		if err.Error() != want || !errors.Is(err, bad) && !strings.Contains(want, "lengths") {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if err := f.Wrong("policy", nil); err != nil {
		t.Error(err)
	}
}

// Whatever a file is, reading it ends with settings or with one line of text.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"[policy]\nloan_days = \"14\"", "a = [", "[[notice]]\nja = 1", "x = {a=1}", "\"\" = 1", "policy.loan_days.x = 1", "[notice]\nja.x = 1", "a.b", "= 1", "name = '''\nx = 1\n'''"} {
		f.Add([]byte(s))
	}
	path := filepath.Join(f.TempDir(), "s.toml")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		got := usual
		_, err := Read(path, &got, usual)
		if err != nil && (strings.ContainsAny(err.Error(), "\n\x00") || !utf8.ValidString(err.Error())) {
			t.Errorf("%q", err)
		}
	})
}
