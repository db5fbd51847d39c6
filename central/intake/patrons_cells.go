package intake

import (
	"regexp"
	"slices"
	"strings"

	"madoguchi/library"
)

// isNothing reports whether a cell says that there is nothing.
func isNothing(cell string) bool {
	switch strings.ToLower(narrow(cell)) {
	case "", "-", "0", "なし", "無し", "無", "ー", "none", "no", "正常", "有効":
		return true
	}
	return false
}

// blockWords are the words for blocks in other systems' files.
var blockWords = map[string]library.Block{
	"紛失": library.BlockLostCard, "カード紛失": library.BlockLostCard, "盗難": library.BlockLostCard,
	"延滞": library.BlockOverdue, "長期延滞": library.BlockOverdue, "督促": library.BlockOverdue,
	"停止": library.BlockStaff, "貸出停止": library.BlockStaff, "利用停止": library.BlockStaff, "要連絡": library.BlockStaff,
}

var severalBlocks = regexp.MustCompile(`[;；,，、・/／|｜\s]+`)

// blocks reads the reasons why a patron may not be served. A word that is not known may
// say so too: it counts as library.BlockStaff, and is told.
func blocks(cell string) (all []library.Block, unknown bool) {
	for _, s := range severalBlocks.Split(narrow(cell), -1) {
		b, known := blockWords[s]
		if !known {
			b = library.Block(strings.ToLower(s))
		}
		switch {
		case isNothing(s):
		case slices.Contains(library.FileBlocks, b):
			all = append(all, b)
		default:
			all, unknown = append(all, library.BlockStaff), true
		}
	}
	slices.Sort(all)
	return slices.Compact(all), unknown
}
