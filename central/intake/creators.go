package intake

import (
	"regexp"
	"slices"
	"strings"

	"madoguchi/central/marc"
	"madoguchi/library"
)

// heading is an entry of 1XX or 7XX: a person or body in the form of the authority
// file, with its reading.
type heading struct {
	library.Creator
	raw string // as in the record, "夏目, 漱石"
}

// creators joins the two places where a record names who made the work. The
// statement of responsibility (245 $c) has the order of the title page and the
// roles; the headings have the readings. A name of the statement that no heading
// stands for remains as printed, and a heading that is not in the statement follows.
func (l linkedRecord) creators() (creators []library.Creator) {
	headings := l.headings()
	for _, c := range statement(strings.Join(l.first("245").All('c'), " ; "), headings) {
		if i := slices.IndexFunc(headings, func(h heading) bool { return h.names(c.Name) }); i >= 0 {
			if headings[i].Role != "" {
				c.Role = headings[i].Role
			}
			c.Name, c.Reading = headings[i].Name, headings[i].Reading
		} else {
			c.Reading = kanaReading(c.Name)
		}
		creators = addCreator(creators, c)
	}
	for _, h := range headings {
		if !slices.ContainsFunc(creators, func(c library.Creator) bool { return c.Name == h.Name }) {
			creators = append(creators, h.Creator)
		}
	}
	return creators
}

// addCreator adds a creator, or to one who is there already another role.
func addCreator(creators []library.Creator, c library.Creator) []library.Creator {
	i := slices.IndexFunc(creators, func(o library.Creator) bool { return o.Name == c.Name })
	if i < 0 {
		return append(creators, c)
	}
	switch o := &creators[i]; {
	case o.Role == "":
		o.Role = c.Role
	case c.Role != "" && !slices.Contains(strings.Split(o.Role, "・"), c.Role):
		o.Role += "・" + c.Role
	}
	if creators[i].Reading == "" {
		creators[i].Reading = c.Reading
	}
	return creators
}

func (l linkedRecord) headings() (headings []heading) {
	for f := range l.fields("100", "110", "111", "700", "710", "711") {
		if f.Get('t') != "" { // names a work that this one is related to
			continue
		}
		h := heading{raw: area(f.Get('a'))}
		h.Name = headingText(f.Field)
		if f.reading != nil {
			h.Reading = reading(headingText(f.reading))
		} else {
			h.Reading = kanaReading(h.Name)
		}
		var roles []string
		for _, e := range f.All('e') {
			roles = appendNew(roles, roleWord(unbracket(area(e))))
		}
		for _, code := range f.All('4') {
			if r := relators[clean(code)]; r != "" && len(f.All('e')) == 0 {
				roles = appendNew(roles, r)
			}
		}
		h.Role = strings.Join(roles, "・")
		if h.Name != "" && !slices.ContainsFunc(headings, func(o heading) bool { return o.Name == h.Name }) {
			headings = append(headings, h)
		}
	}
	return headings
}

var qualifier = regexp.MustCompile(` \([^()]*\)$`)

// headingText is the name in a heading, without dates and qualifiers: "夏目 漱石",
// "インプレス". A name in Latin letters keeps its comma: "Cave, Roderick".
func headingText(f *marc.Field) string {
	parts := []string{area(f.Get('a'))}
	if body := f.Tag[1:] == "10" || f.Tag[1:] == "11"; body || f.Tag == "880" {
		parts[0] = qualifier.ReplaceAllString(parts[0], "")
	}
	for _, b := range f.All('b') {
		parts = append(parts, area(b))
	}
	name := clean(strings.Join(parts, " "))
	if eastAsian(name) {
		name = clean(strings.ReplaceAll(name, ",", " "))
	}
	return name
}

// names reports whether a printed name stands for the heading: it is spelled like
// its name or its reading, or with other forms of a few kanji (龍 and 竜).
func (h heading) names(printed string) bool {
	p, name := folded(printed), folded(h.Name)
	if p == "" || p == name || p == folded(h.Reading) {
		return p != ""
	}
	a, b := []rune(p), []rune(name)
	if len(a) != len(b) || len(a) < 3 || !eastAsian(p) || allKana(printed) {
		return false
	}
	different := 0
	for i := range a {
		if a[i] != b[i] {
			different++
		}
	}
	return different*3 <= len(a)
}

const roleEndings = `編|著|訳|譯|修|文|絵|画|作|曲|詞|写真|影|集|纂|輯|注|註|訂|閲|解説|構成|筆|述|選|撰|書|監督|演|奏|指揮|歌|朗読|語り|代表|` +
	`企画|制作|製作|発行|取材|漫画|まんが|マンガ|イラスト|え|ぶん|さく|やく|しゃしん|原案|脚本|手|評|図|調査|指導|協力|編者|著者|訳者|作者|序|跋|校|点|` +
	`저|편|역|편저|편역|지음|옮김|글|그림`

var (
	separateRole = regexp.MustCompile(`^(.*\S)\s+(?:\[(?:ほか|他)\]\s*)?\[?((?:[^\s\[\]]{0,10}(?:` + roleEndings + `)[・／/·、]?)+)\]?$`)
	attachedRole = regexp.MustCompile(`^(.*[^\s・共編原責任監\[])\[?((?:共|責任|原)?(?:編著|編集|編|著|監修|監訳|訳|校注|撮影|作曲|作詞))\]?$`)
	andOthers    = regexp.MustCompile(`\s*(\[?(ほか|他|外|et al\.?|and others)\]?)$`)
)

// statement reads a statement of responsibility: "A, B 著 ; C 訳".
func statement(s string, headings []heading) (creators []library.Creator) {
	s = area(s)
	for _, h := range headings {
		if strings.Contains(h.raw, ",") && eastAsian(h.raw) {
			s = strings.ReplaceAll(s, h.raw, h.Name) // "波多野, 博行" is one name
		}
	}
	for _, group := range strings.Split(s, " ; ") {
		names, as := group, ""
		if !slices.ContainsFunc(headings, func(h heading) bool { return h.names(group) }) {
			names, as = cutRole(group)
		}
		if !eastAsian(group) {
			// "edited by A. Smith and B. Jones": the headings say it better.
			if name := unbracket(strings.TrimPrefix(group, "by ")); len(headings) == 0 && name != "" {
				creators = addCreator(creators, library.Creator{Name: name})
			}
			continue
		}
		for _, name := range strings.Split(names, ", ") {
			name = strings.TrimRight(unbracket(andOthers.ReplaceAllString(clean(name), "")), ",")
			if name != "" {
				creators = addCreator(creators, library.Creator{Name: name, Role: as})
			}
		}
	}
	return creators
}

// cutRole parts the names from the role behind them: "木村雄一, 山田さき 編".
func cutRole(group string) (names, role string) {
	for _, pattern := range []*regexp.Regexp{separateRole, attachedRole} {
		if m := pattern.FindStringSubmatch(group); m != nil {
			return m[1], m[2]
		}
	}
	return group, ""
}
