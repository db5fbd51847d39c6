package library

import "slices"

// Language is a language in which the library speaks to its patrons.
type Language struct {
	Code  string // "ja"; what is written in it, is in files of this name
	Name  string // in itself
	Latin bool   // in Latin letters, in which branches have names of their own and labels are longer
}

// Languages are all of them, in the order in which they are offered. A session begins in
// the first, and whoever did not choose gets mails in it. The tests of the packages that
// speak to patrons ask for what a language lacks.
var Languages = []Language{
	{Code: "ja", Name: "日本語"},
	{Code: "en", Name: "English", Latin: true},
}

// LanguageWithCode returns the language of a code, and the first for any other code.
func LanguageWithCode(code string) Language {
	i := slices.IndexFunc(Languages, func(l Language) bool { return l.Code == code })
	return Languages[max(i, 0)]
}
