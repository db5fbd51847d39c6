package mail

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"text/template"
	"time"
	"unicode/utf8"

	"madoguchi/library"
)

//go:embed templates
var embedded embed.FS

// The wordings of a language beside those of the kinds of mail.
const (
	footer = "footer" // all others may end with it
	date   = "date"   // see dates
)

// foreign is the language of the mails to whoever reads in none of library.Languages.
const foreign = "en"

// maxWording is the most bytes of a wording.
const maxWording = 64 << 10

// wordings are what mails say, in every language of library.Languages.
type wordings struct {
	// kinds are the wordings by "ja/hold_ready". The first line of each is the subject,
	// then comes an empty one, then the text.
	kinds map[string]*template.Template
	dates map[string]dates // by language
}

// readWordings reads our own wordings, and lays those of a folder over them.
func readWordings(folder string) (wordings, error) {
	all := wordings{kinds: map[string]*template.Template{}, dates: map[string]dates{}}
	own, err := fs.Sub(embedded, "templates")
	if err != nil {
		return all, err
	}
	sources := []fs.FS{own}
	if folder != "" {
		theirs := os.DirFS(folder)
		if err := onlyWordings(theirs, folder); err != nil {
			return all, err
		}
		sources = []fs.FS{theirs, own}
	}
	for _, l := range library.Languages {
		if err := all.read(sources, folder, l.Code); err != nil {
			return all, err
		}
	}
	return all, nil
}

// read reads the wordings in a language.
func (w wordings) read(sources []fs.FS, folder, language string) error {
	name := language + "/" + date
	text, err := readWording(sources, folder, name+".txt")
	if err != nil {
		return err
	}
	if w.dates[language], err = parseDates(text); err != nil {
		return unusable(name, err)
	}
	ending, err := readWording(sources, folder, language+"/"+footer+".txt")
	if err != nil {
		return err
	}
	for _, kind := range library.MailKinds {
		name := language + "/" + string(kind)
		text, err := readWording(sources, folder, name+".txt")
		if err != nil {
			return err
		}
		t := template.New(name + ".txt").Option("missingkey=error")
		if _, err := t.New(footer).Parse(ending); err != nil {
			return unusable(language+"/"+footer, err)
		}
		if _, err := t.Parse(text); err != nil {
			return unusable(name, err)
		}
		w.kinds[name] = t
	}
	return nil
}

// onlyWordings says which file of a folder replaces nothing: its name is mistyped.
func onlyWordings(folder fs.FS, name string) error {
	return fs.WalkDir(folder, ".", func(file string, e fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("the folder of mail wordings %s cannot be read: %w", name, err)
		}
		if e.IsDir() || strings.HasPrefix(path.Base(file), ".") {
			return nil
		}
		if _, err := fs.Stat(embedded, path.Join("templates", file)); err != nil {
			return fmt.Errorf("the file %s in the folder of mail wordings %s replaces nothing; a wording is called like ja/%s.txt or en/%s.txt", file, name, library.MailHoldReady, footer)
		}
		return nil
	})
}

// readWording reads a file from the first source that has it.
func readWording(sources []fs.FS, folder, name string) (string, error) {
	for _, source := range sources {
		text, err := fs.ReadFile(source, name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return "", fmt.Errorf("the mail wording %s in %s cannot be read: %w", name, folder, err)
		case len(text) > maxWording || !utf8.Valid(text):
			return "", fmt.Errorf("the mail wording %s in %s must be UTF-8 text of at most %d bytes", name, folder, maxWording)
		}
		return strings.ReplaceAll(strings.TrimPrefix(string(text), "\ufeff"), "\r\n", "\n"), nil
	}
	return "", fmt.Errorf("there is no mail wording %s", name)
}

func unusable(name string, err error) error {
	return fmt.Errorf("the mail wording %s.txt cannot be used: %w", name, err)
}

// languageOf returns the language of the mails to a patron who reads in a language: that
// one, or the one that it is a form of (ja-easy: ja), else English. A patron of whom it
// is not known gets the first.
func languageOf(wanted string) library.Language {
	base, _, _ := strings.Cut(wanted, "-")
	for _, code := range []string{wanted, base} {
		if l := library.LanguageWithCode(code); code == "" || l.Code == code {
			return l
		}
	}
	return library.LanguageWithCode(foreign)
}

// word words a mail.
func (w wordings) word(language library.Language, kind library.MailKind, f facts) (subject, body string, err error) {
	name := language.Code + "/" + string(kind)
	t := w.kinds[name]
	if t == nil {
		return "", "", fmt.Errorf("there is no wording for mails of the kind %q", kind)
	}
	var b strings.Builder
	if err := t.Execute(&b, f); err != nil {
		return "", "", unusable(name, err)
	}
	subject, body, _ = strings.Cut(b.String(), "\n")
	subject = oneLine(subject)
	empty, body, _ := strings.Cut(body, "\n")
	switch {
	case subject == "" || strings.TrimSpace(empty) != "":
		return "", "", unusable(name, errors.New("it must begin with a line of subject and an empty line"))
	case strings.TrimSpace(body) == "":
		return "", "", unusable(name, errors.New("it has no text"))
	}
	return subject, strings.TrimSpace(body) + "\n", nil
}

// Sample returns an invented mail of a kind, with all that its wording may say.
func Sample(kind library.MailKind, to, language string, at time.Time) (library.Mail, library.Branch) {
	m := library.Mail{Kind: kind, To: to, Language: language, At: at}
	branch := library.Branch{Code: "chuo", Name: "中央図書館", NameEn: "Central Library"}
	switch kind {
	case library.MailConfirm:
		m.Code = "123456"
	case library.MailHoldReady, library.MailHoldExpired:
		m.Title, m.Branch, m.Until = "見本の本", branch.Code, library.DateOf(at).Add(7)
	case library.MailHoldFellBack, library.MailHoldEnded:
		m.Title, m.Branch, m.Reason = "見本の本", branch.Code, library.EndNoCopies
	case library.MailRequest:
		m.Request = &library.RequestResult{
			Receipt: "K7M-4QX", ReceivedAt: at.Add(-time.Hour),
			Lines: []library.RequestLine{{BibID: "1", Title: "見本の本"}, {BibID: "2", Title: "見本の本 下", Refusal: library.ErrAlreadyHeld.Code}},
		}
	}
	return m, branch
}

// check tries every wording with invented facts.
func (c *Composer) check() error {
	at := time.Date(2026, time.November, 25, 14, 5, 0, 0, c.cfg.Zone)
	for _, language := range library.Languages {
		for _, kind := range library.MailKinds {
			m, branch := Sample(kind, "patron@example.jp", language.Code, at)
			f := c.facts(language, m, branch)
			_, body, err := c.word(language, kind, f)
			if err != nil {
				return err
			}
			for _, needed := range neededFacts(kind, f) {
				if !strings.Contains(body, needed.text) {
					return unusable(language.Code+"/"+string(kind), fmt.Errorf("it does not say {{.%s}}, without which it is of no use", needed.name))
				}
			}
			for _, other := range variants(m) {
				if _, _, err := c.word(language, kind, c.facts(language, other, library.Branch{})); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// variants are other mails of the kind of a sample, with as little as there may be, and
// with what the sample lacks.
func variants(sample library.Mail) []library.Mail {
	bare := sample
	bare.Title, bare.Until = "", library.Date{}
	if sample.Reason != "" {
		all := []library.Mail{}
		for _, reason := range append([]library.EndReason{""}, library.EndReasons...) {
			bare.Reason = reason
			all = append(all, bare)
		}
		return all
	}
	if sample.Request == nil {
		return []library.Mail{bare}
	}
	var all []library.Mail
	for _, r := range []library.RequestResult{
		{},
		{Receipt: "K7M-4QX", ReceivedAt: sample.At, Refusal: library.ErrLogin.Code},
		{Receipt: "K7M-4QX", ReceivedAt: sample.At, Refusal: library.ErrUnknownBranch.Code, Lines: make([]library.RequestLine, 2*mostLines)},
		{Receipt: "K7M-4QX", ReceivedAt: sample.At, NoContact: true, Blocked: true, Lines: make([]library.RequestLine, 2*mostLines)},
		{Receipt: "K7M-4QX", ReceivedAt: sample.At, Renewal: true, Lines: []library.RequestLine{{Title: "見本の本", DueOn: library.DateOf(sample.At)}}},
	} {
		bare.Request = &r
		all = append(all, bare)
	}
	return all
}

// fact is what a wording may say, by its name there.
type fact struct{ name, text string }

// neededFacts are what a wording must say to be of use.
func neededFacts(kind library.MailKind, f facts) []fact {
	switch kind {
	case library.MailConfirm:
		return []fact{{"Code", f.Code}}
	case library.MailHoldReady:
		return []fact{{"Title", f.Title}, {"Branch", f.Branch}, {"Until", f.Until}}
	case library.MailHoldExpired, library.MailHoldFellBack, library.MailHoldEnded:
		return []fact{{"Title", f.Title}}
	case library.MailRequest:
		return []fact{{"Receipt", f.Receipt}, {"Lines", f.Lines[1].Title}}
	}
	return nil
}
