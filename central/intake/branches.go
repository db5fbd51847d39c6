package intake

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"madoguchi/library"
)

// Branches finds the branch that a file means. The zero value knows no branches, and
// takes every word for the code of one.
type Branches struct {
	byWord map[string]library.BranchCode // by foldWord; nil in the zero value
}

// NewBranches makes a Branches of those that there are and of the library's own words
// for them ([intake.branches] in the settings), which come first. It returns an error
// where one of those words stands for no branch, or for two.
func NewBranches(all []library.Branch, words map[string]library.BranchCode) (Branches, error) {
	b := Branches{byWord: map[string]library.BranchCode{}}
	for _, word := range slices.Sorted(maps.Keys(words)) {
		code := words[word]
		if !slices.ContainsFunc(all, func(x library.Branch) bool { return x.Code == code }) {
			return Branches{}, fmt.Errorf("[intake.branches] says that %q is the branch %q, which does not exist; see: central branch list", word, code)
		}
		w := foldWord(word)
		if other, twice := b.byWord[w]; w == "" || twice && other != code {
			return Branches{}, fmt.Errorf("[intake.branches] does not say which branch %q is", word)
		}
		b.byWord[w] = code
	}
	for _, word := range []func(library.Branch) string{
		func(x library.Branch) string { return string(x.Code) },
		func(x library.Branch) string { return x.Name },
		func(x library.Branch) string { return x.Short },
		func(x library.Branch) string { return x.NameEn },
	} {
		b.add(all, word)
	}
	return b, nil
}

// add takes in one word of each branch. What is known already stays, and a word that
// two branches share says neither.
func (b Branches) add(all []library.Branch, word func(library.Branch) string) {
	said := map[string][]library.BranchCode{}
	for _, x := range all {
		w := foldWord(word(x))
		said[w] = append(said[w], x.Code)
	}
	for w, codes := range said {
		if _, known := b.byWord[w]; !known && w != "" && len(codes) == 1 {
			b.byWord[w] = codes[0]
		}
	}
}

// Find returns the branch that a text means: one of the library's own words, a code, a
// name, a short name or an English name, in any width and case, with or without spaces.
func (b Branches) Find(text string) (library.BranchCode, bool) {
	w := foldWord(text)
	if b.byWord == nil {
		return library.BranchCode(w), w != ""
	}
	code, ok := b.byWord[w]
	return code, ok
}

var smallKe = strings.NewReplacer("ヶ", "ケ", "ｹ", "ケ")

// foldWord is what remains of a word when width, case and spaces are not looked at, nor
// how a name such as 鶴ヶ丘 writes its ケ.
func foldWord(s string) string {
	return smallKe.Replace(strings.ReplaceAll(strings.ToLower(narrow(s)), " ", ""))
}
