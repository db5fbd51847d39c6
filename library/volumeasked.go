package library

import (
	"slices"
	"strings"
	"unicode"
)

// VolumeAsked is one way to read what was typed: as the words of a work and the
// designation of one of its volumes.
type VolumeAsked struct {
	Rest  string // the words of the work, as typed
	Key   string // of the volume, see VolumeKey
	Typed string // the designation, as typed
	Loose bool   // the designation is the end of a word and may be a part of the title: the 下 of 地下
}

// AskedVolumes returns the ways in which a query asks for a volume, the likeliest first:
// the last words of their own before the end of a word, and before words in front. A
// designation alone asks for no volume.
func AskedVolumes(text string) (out []VolumeAsked) {
	const most = 4
	p := plain(text)
	for to := len(p.letters); to > 0 && len(out) < most; to-- {
		last := to == len(p.letters)
		if p.letters[to-1] == ' ' || !last && p.letters[to] != ' ' {
			continue
		}
		for _, f := range p.endingAt(to) {
			if f.from == 0 && !f.marked || !f.word && !f.sure && strings.TrimSpace(string(p.letters[to:])) != "" {
				continue // 1 リットルの涙, 地下 鉄
			}
			if typed := text[p.at[f.from]:p.at[to]]; f.number && len(typed) == 1 && latin(rune(typed[0])) {
				continue // a word in romaji begins
			}
			asked := VolumeAsked{
				Rest:  joinRest(text[:p.at[f.from]], text[p.at[to]:]),
				Key:   VolumeKey(f.volume),
				Typed: strings.TrimSpace(text[p.at[f.from]:p.at[to]]),
				Loose: !f.word && !f.sure,
			}
			if asked.Rest != "" && !slices.Contains(out, asked) {
				out = append(out, asked)
			}
		}
	}
	return out[:min(len(out), most)]
}

// joinRest joins what stands before and behind a designation.
func joinRest(before, after string) string {
	before = strings.TrimRightFunc(before, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("・、,，-－:：", r) })
	return strings.TrimSpace(strings.TrimSpace(before) + " " + strings.TrimSpace(after))
}

// Work returns the title that all volumes of the bib's work have, and the designation of
// its volume: that of the record, or one with which the title ends, as some catalogues
// have it: ONE PIECE 巻1, 進撃の巨人(3), 三国志 第3巻, 風の歌 上. A number that is not set
// apart is a part of the title, as one of four digits is: 1Q84.
func (b Bib) Work() (title, volume string) {
	title, volume = titleVolume(b.Title)
	if b.Volume != "" && (volume == "" || VolumeKey(volume) != VolumeKey(b.Volume)) {
		return b.Title, b.Volume
	}
	return title, volume
}

// WorkReading is the reading of the title that Work returns.
func (b Bib) WorkReading() string {
	title, volume := b.Work()
	if reading, read := titleVolume(b.TitleReading); title != b.Title && read != "" && VolumeKey(read) == VolumeKey(volume) {
		return reading
	}
	return b.TitleReading
}

// titleVolume cuts the designation from the end of a title; the volume is "" where there
// is none.
func titleVolume(title string) (work, volume string) {
	p := plain(title)
	for _, f := range p.endingAt(len(p.letters)) {
		work := joinRest(title[:p.at[f.from]], "")
		if !f.endsTitle(p) || !strings.ContainsFunc(work, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
			continue
		}
		return work, f.volume
	}
	return title, ""
}

// endsTitle reports whether a designation at the end of a title is one, and no part of
// the title.
func (f found) endsTitle(p plainText) bool {
	if f.year {
		return false
	}
	if !f.word || f.kana {
		return f.sure && !f.kana
	}
	if !f.number {
		return f.marked || strings.Contains("上中下", f.volume)
	}
	const longest = 3 // a fourth digit makes a year
	letters := f.to - f.from
	if latin(p.letters[f.from]) {
		return letters > 1 // not the x of Malcolm X
	}
	return letters <= longest
}

// VolumeKeys are the keys by which a volume with this designation is asked for: its own,
// and without what follows the numbers, as in 1 ロマンスの夜明け.
func VolumeKeys(volume string) (keys []string) {
	in := plain(volume).letters
	key := VolumeKey(volume)
	if key == "" {
		return nil
	}
	keys = []string{key}
	var short strings.Builder
	for start := 0; start < len(in); {
		part, n := volumePart(in, start)
		if strings.HasPrefix(part, classText) {
			if short.Len() > 0 && short.String() != key && (start == 0 || !slices.Contains([]rune{'年', '月', '日'}, in[start])) {
				keys = append(keys, short.String())
			}
			break
		}
		short.WriteString(part)
		start += n
	}
	return keys
}
