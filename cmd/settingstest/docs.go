package settingstest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// documents returns the texts of what is written for people, by their paths.
func documents(t *testing.T) (paths []string, texts map[string]string) {
	t.Helper()
	paths, err := filepath.Glob(root + "/docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	texts = map[string]string{}
	paths = append(paths, root+"/README.md", root+"/SECURITY.md", root+"/CHANGELOG.md")
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[path] = string(text)
	}
	return paths, texts
}

var shellWord = regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`)

// Commands has each command of a program that the documents name parsed, and fails where
// one cannot be, or where there are fewer than so many.
func Commands(t *testing.T, program string, least int, parse func(args []string) error) {
	t.Helper()
	line := regexp.MustCompile("(?m)^    (" + program + " .*)$|`(" + program + " [a-z][^`]*)`")
	paths, texts := documents(t)
	named := 0
	for _, path := range paths {
		for _, found := range line.FindAllStringSubmatch(texts[path], -1) {
			text, _, _ := strings.Cut(found[1]+found[2], " #")
			for _, command := range strings.Split(text, ";") {
				words := shellWord.FindAllString(command, -1)
				for i, word := range words {
					words[i] = strings.Trim(word, `'"`)
				}
				named++
				if err := parse(words[1:]); err != nil {
					t.Errorf("%s names the command %q: %v", path, strings.TrimSpace(command), err)
				}
			}
		}
	}
	if named < least {
		t.Errorf("only %d commands of %s were found", named, program)
	}
}

// Shown fails where the documents show settings that do not exist. settings makes those
// that a TOML text sets, nil for a text of another program.
func Shown(t *testing.T, settings func(text string) any) {
	t.Helper()
	block := regexp.MustCompile("(?s)```toml\n(.*?)```")
	paths, texts := documents(t)
	shown := 0
	for _, path := range paths {
		for _, found := range block.FindAllStringSubmatch(texts[path], -1) {
			into := settings(found[1])
			if into == nil {
				continue
			}
			shown++
			if meta, err := toml.Decode(found[1], into); err != nil || len(meta.Undecoded()) > 0 {
				t.Errorf("%s shows settings of which %v do not exist: %v\n%s", path, meta.Undecoded(), err, found[1])
			}
		}
	}
	if shown == 0 {
		t.Error("no settings were found")
	}
}
