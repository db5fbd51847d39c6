package store

import (
	"strings"
	"unicode/utf8"

	"madoguchi/library/kana"
)

// Latin words are written together or apart, with marks between them or without: ONE
// PIECE and onepiece, X-MEN and X MEN, J.K. and JK. Words of a text that are apart make
// a run, by which they are found written together. It begins where a word does, and
// crosses every space but one between two digits.

// runCounts reports whether a run is taken for one word at this many letters, of which
// so many are of its last word. It is at the end of a word, or far enough in it: ano is
// no beginning of "a novel", nor there one of "the red".
func runCounts(letters, last int, end bool) bool { return end || last >= 3 || letters >= 8 }

// addRuns adds the beginnings of the run at the start of text: those of more than one
// word, and those by which longer ones are looked for.
func addRuns(text string, add func(string)) {
	var run strings.Builder
	letters, last, apart := 0, 0, false
	before := rune(0)
	for i, r := range text {
		switch {
		case r == ' ' && crosses(before, text[i+1:]):
			last, apart = 0, true
			continue
		case !kana.IsLatin(r) || letters == longestBeginning:
			return
		}
		run.WriteRune(r)
		letters, last, before = letters+1, last+1, r
		if !knownBeginning(letters) {
			continue
		}
		rest := text[i+utf8.RuneLen(r):]
		if apart && runCounts(letters, last, wordEnds(rest)) || !apart && !knownBeginning(letters+1) && goesOn(r, rest, letters) {
			add(markRun + run.String())
		}
	}
}

// goesOn reports whether a run that has so many letters of its first word, the last of
// them before rest, gets to its second word before the next beginning that the index
// knows.
func goesOn(last rune, rest string, letters int) bool {
	if letters == longestBeginning {
		word := latinWord(rest)
		if rest = rest[len(word):]; word != "" {
			last, _ = utf8.DecodeLastRuneInString(word)
		}
	}
	return strings.HasPrefix(rest, " ") && crosses(last, rest[1:])
}

// crosses reports whether a run crosses the space between a letter and text.
func crosses(before rune, text string) bool {
	next, _ := utf8.DecodeRuneInString(text)
	return kana.IsLatin(before) && kana.IsLatin(next) && !(isDigit(before) && isDigit(next))
}

// wordEnds reports whether a Latin word ends before text.
func wordEnds(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return !kana.IsLatin(r)
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// runsTogether reports whether want is part of text if the words of a run in it are
// written together.
func runsTogether(text, want string) bool {
	if !strings.Contains(text, " ") {
		return false
	}
	first, _ := utf8.DecodeRuneInString(want)
	before := rune(0)
	for i, r := range text {
		if r == first && !(kana.IsLatin(before) && kana.IsLatin(r)) && runsAt(text[i:], want) {
			return true
		}
		before = r
	}
	return false
}

// runsAt is runsTogether for the start of text.
func runsAt(text, want string) bool {
	letters, last, run, apart := 0, 0, false, false
	before := rune(0)
	for _, w := range want {
		if strings.HasPrefix(text, " ") && crosses(before, text[1:]) {
			text, last, run, apart = text[1:], 0, true, true
		}
		r, size := utf8.DecodeRuneInString(text)
		if r != w {
			return false
		}
		text, before = text[size:], r
		if kana.IsLatin(r) {
			letters, last = letters+1, last+1
		} else {
			letters, last, run = 0, 0, false
		}
	}
	return apart && (!run || runCounts(letters, last, wordEnds(text)))
}

// mayRun reports whether a word may be found by a run: it has Latin letters beside each
// other.
func mayRun(word string) bool {
	before := rune(0)
	for _, r := range word {
		if kana.IsLatin(before) && kana.IsLatin(r) && !(isDigit(before) && isDigit(r)) {
			return true
		}
		before = r
	}
	return false
}

// runAlternatives returns what a bib has in the index by which a word is met that runs
// together: for each of its Latin parts the run, if it is that one, and tokens of what
// is not Latin.
func runAlternatives(word string) (out []alternative) {
	var rest []string
	for _, part := range scripts(word) {
		if wordEnds(part) {
			rest = append(rest, wordTokens(part)...)
		}
	}
	const most = 6 // more do not narrow the search further
	rest = rest[:min(len(rest), most)]
	for _, part := range scripts(word) {
		if !wordEnds(part) && mayRun(part) {
			head, _ := begin(part)
			out = append(out, append(alternative{markRun + head}, rest...))
		}
	}
	return out
}

// scripts cuts a word where Latin and other letters meet.
func scripts(word string) (parts []string) {
	start, before := 0, rune(0)
	for i, r := range word {
		if i > 0 && kana.IsLatin(before) != kana.IsLatin(r) {
			parts, start = append(parts, word[start:i]), i
		}
		before = r
	}
	return append(parts, word[start:])
}

// joinedWays returns the ways to find the last of Latin words in a text that has it
// together with words before it: wifi for wi fi. Longer words are found inside others
// anyway.
func joinedWays(words []string, in fields) (out []way) {
	const most = 3
	last := len(words) - 1
	if !startsOnly(words[last]) {
		return nil
	}
	joined := words[last]
	for i := last - 1; i >= max(0, last-most); i-- {
		end, _ := utf8.DecodeLastRuneInString(words[i])
		if !crosses(end, joined) {
			break
		}
		joined = words[i] + joined
		out = append(out, way{as: asWord, want: joined, in: in.text})
	}
	return out
}

// runsOf joins Latin words that stand beside each other; those that stand alone are
// left out.
func runsOf(words []string) (runs []string) {
	for i := 0; i < len(words); {
		n := i
		for n < len(words) && isLatinWord(words[n]) {
			n++
		}
		if n-i > 1 {
			runs = append(runs, strings.Join(words[i:n], " "))
		}
		i = max(n, i+1)
	}
	return runs
}
