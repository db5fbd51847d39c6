package widget

// Each kana and what a mark makes of it, pair after pair; plain leads back.
const (
	voiced     = "かがきぎくぐけげこごさざしじすずせぜそぞただちぢつづてでとどはばひびふぶへべほぼうゔ"
	halfVoiced = "はぱひぴふぷへぺほぽ"
	small      = "あぁいぃうぅえぇおぉつっやゃゆゅよょわゎ"
	plain      = "がかぎきぐくげけごこざさじしずすぜせぞそだたぢちづつでてどとばはびひぶふべへぼほゔうぱはぴひぷふぺへぽほぁあぃいぅうぇえぉおっつゃやゅゆょよゎわ"
)

// Marked applies a mark key to the last character of s: '゛' (濁点), '゜' (半濁点) or
// '小' (small). A mark that is there already is taken away; where none can be, s
// stays as it is.
func Marked(s string, mark rune) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	pairs := map[rune]string{'゛': voiced, '゜': halfVoiced, '小': small}[mark]
	last := r[len(r)-1]
	if to, ok := paired(pairs, last); ok {
		r[len(r)-1] = to
		return string(r)
	}
	base, ok := paired(plain, last)
	if !ok {
		return s
	}
	if again, ok := paired(pairs, base); ok && again != last {
		base = again // ば with ゜ becomes ぱ
	} else if !ok {
		return s
	}
	r[len(r)-1] = base
	return string(r)
}

// paired finds r as the first of a pair and returns the second.
func paired(pairs string, r rune) (rune, bool) {
	rest := []rune(pairs)
	for i := 0; i+1 < len(rest); i += 2 {
		if rest[i] == r {
			return rest[i+1], true
		}
	}
	return 0, false
}

// WithoutLast takes the last character off s.
func WithoutLast(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return ""
	}
	return string(r[:len(r)-1])
}
