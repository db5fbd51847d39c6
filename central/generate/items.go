package generate

import (
	"fmt"
	"slices"
	"strings"

	"madoguchi/library"
)

// Rare is the branch with few copies, a bus that goes round the villages.
const Rare library.BranchCode = "bus"

// Branches returns the branches, the largest first and the rare one last.
func (g *Generator) Branches() []library.Branch { return slices.Clone(g.branches) }

func branches() (out []library.Branch) {
	add := func(code, name string) {
		b := library.Branch{Code: library.BranchCode(code), Name: name}
		for day := range b.Calendar.Hours {
			if day != 1 { // closed on Mondays
				b.Calendar.Hours[day] = library.Hours{Open: 9 * 60, Close: 19 * 60}
			}
		}
		out = append(out, b)
	}
	add("chuo", "中央図書館")
	for _, b := range strings.Fields("higashi:東 nishi:西 minami:南 kita:北 ekimae:駅前 minato:港 kodomo:こども yamate:山手 kawabata:川端 midori:緑 asahi:旭 sakura:桜 takadai:高台 hama:浜 ike:池 izumi:泉 matsu:松 tani:谷") {
		code, name, _ := strings.Cut(b, ":")
		add(code, name+"図書館")
	}
	add(string(Rare), "移動図書館")
	return out
}

// rareShare is one copy of the rare branch among so many.
const rareShare = 2500

// items makes up the copies of a bib. All those of a block are spread over its bibs
// unevenly; their total is what Config says.
func (g *Generator) items(i int, b library.Bib) (out []library.Item) {
	group := i / block
	start := group * block
	members := min(block, g.Bibs-start)
	before := g.copiesBefore(start)
	r := g.random(forCopies, group)
	for number := before; number < g.copiesBefore(start+members); number++ {
		owner := start + min(r.IntN(members), r.IntN(members))
		branch := g.branches[zipf(r, len(g.branches)-1, 2)].Code
		if r.IntN(rareShare) == 0 {
			branch = Rare
		}
		state, days := r.IntN(100), r.IntN(14)
		if owner != i {
			continue
		}
		it := library.Item{
			ID: library.ItemID(fmt.Sprintf("1%09d", number)), BibID: b.ID, Branch: branch, Barcode: fmt.Sprintf("1%09d", number),
			CallNumber: callNumber(b), Shelf: fmt.Sprintf("%d階", 1+number%3), Lendable: state != 99, State: library.OnShelf,
		}
		switch {
		case state < 20:
			it.State, it.DueOn = library.OnLoan, library.Date{Year: 2026, Month: 12, Day: 1}.Add(days)
		case state < 22:
			it.State = library.InTransit
		case state < 23:
			it.State = library.Missing
		}
		out = append(out, it)
	}
	return out
}

// copiesBefore is how many copies the bibs before the ith have.
func (g *Generator) copiesBefore(i int) int {
	return int(int64(i) * int64(g.Copies) / int64(g.Bibs))
}

func callNumber(b library.Bib) string {
	var parts []string
	parts = append(parts, b.NDC...)
	if len(b.Creators) > 0 && b.Creators[0].Reading != "" {
		parts = append(parts, string([]rune(b.Creators[0].Reading)[:1]))
	}
	if b.Volume != "" {
		parts = append(parts, b.Volume)
	}
	return strings.Join(parts, "/")
}
