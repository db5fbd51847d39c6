package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/alecthomas/kong"
)

var (
	docLine   = regexp.MustCompile("(?m)^    (kiosk .*)$|`(kiosk [a-z][^`]*)`")
	shellWord = regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`)
)

// Each command that a document names is one, with the arguments that it names.
func TestDocsNameCommands(t *testing.T) {
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, path := range append(files, "../../README.md", "../../SECURITY.md", "../../CHANGELOG.md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range docLine.FindAllStringSubmatch(string(text), -1) {
			line, _, _ := strings.Cut(found[1]+found[2], " #")
			for _, command := range strings.Split(line, ";") {
				words := shellWord.FindAllString(command, -1)
				for i, word := range words {
					words[i] = strings.Trim(word, `'"`)
				}
				parser, err := kong.New(new(commands), kong.Name("kiosk"))
				if err != nil {
					t.Fatal(err)
				}
				named++
				if _, err := parser.Parse(words[1:]); err != nil {
					t.Errorf("%s names the command %q: %v", path, strings.TrimSpace(command), err)
				}
			}
		}
	}
	if named < 6 {
		t.Errorf("only %d commands were found", named)
	}
}

// What a document shows of settings can be set. Those with a scanner are a terminal's.
func TestDocsShowSettings(t *testing.T) {
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, path := range append(files, "../../README.md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(block[1], "[scanner]") {
				continue
			}
			shown++
			meta, err := toml.Decode(block[1], new(Config))
			if err != nil || len(meta.Undecoded()) > 0 {
				t.Errorf("%s shows settings of which %v do not exist: %v\n%s", path, meta.Undecoded(), err, block[1])
			}
		}
	}
	if shown == 0 {
		t.Error("no settings were found")
	}
}
