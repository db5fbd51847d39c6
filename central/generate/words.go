package generate

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
)

//go:embed words.txt
var wordList string

// word is a word and its reading in katakana, where that is not the word itself.
type word struct{ text, reading string }

// topic is what some books are about.
type topic struct {
	ndc   string
	nouns []word
}

// vocabulary is the word list, taken apart.
type vocabulary struct {
	topics                                 []topic
	katakana, adjectives, suffixes         []word
	onKanji                                []word
	surnames, given, givenFirst, givenLast []word
	foreign, foreignSurnames               []word
	publishers, publisherSuffixes          []word
	seriesSuffixes                         []word
	latin, latinNames, latinSurnames       []word
}

// newVocabulary reads a list of words, see words.txt.
func newVocabulary(text string) (*vocabulary, error) {
	v := &vocabulary{}
	lists := map[string]*[]word{
		"katakana": &v.katakana, "adjective": &v.adjectives, "suffix": &v.suffixes, "onkanji": &v.onKanji,
		"surname": &v.surnames, "given": &v.given, "givenfirst": &v.givenFirst, "givenlast": &v.givenLast,
		"foreign": &v.foreign, "foreignsurname": &v.foreignSurnames,
		"publisher": &v.publishers, "publishersuffix": &v.publisherSuffixes, "seriessuffix": &v.seriesSuffixes,
		"latin": &v.latin, "latinname": &v.latinNames, "latinsurname": &v.latinSurnames,
	}
	var list *[]word
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		head, rest, _ := strings.Cut(line, " ")
		switch named := lists[line]; {
		case line == "" || head == "#":
		case head == "topic":
			v.topics = append(v.topics, topic{ndc: rest})
			list = &v.topics[len(v.topics)-1].nouns
		case named != nil:
			list = named
		case list == nil:
			return nil, fmt.Errorf("the word list has words before its first heading: %s", line)
		default:
			*list = append(*list, parseWords(line)...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		if len(*lists[name]) == 0 {
			return nil, fmt.Errorf("the word list has no words under %q", name)
		}
	}
	return v, nil
}

// parseWords reads words with their readings; a reading may have spaces, so it goes
// on until the next word with an equals sign.
func parseWords(line string) (out []word) {
	for _, f := range strings.Fields(line) {
		text, reading, ok := strings.Cut(f, "=")
		switch {
		case ok:
			out = append(out, word{text, reading})
		case len(out) > 0 && out[len(out)-1].reading != "" && !strings.Contains(out[len(out)-1].reading, " "):
			out[len(out)-1].reading += " " + f
		default:
			out = append(out, word{text: f})
		}
	}
	return out
}

// read is the reading of a word; words in katakana are their own.
func (w word) read() string {
	if w.reading == "" {
		return w.text
	}
	return w.reading
}
