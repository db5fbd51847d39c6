package main

import "fmt"

// count is a number of things, whose name is in the singular: "1 bib", "2 bibs",
// "3 copies".
func count(n int, thing string) string {
	switch {
	case n == 1:
		return "1 " + thing
	case len(thing) > 1 && thing[len(thing)-1] == 'y' && !vowel(thing[len(thing)-2]):
		return fmt.Sprintf("%d %sies", n, thing[:len(thing)-1])
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func vowel(c byte) bool { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' }
