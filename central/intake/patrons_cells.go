package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

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

// isPlaceholder reports whether a cell has something that stands where nothing is known:
// NULL, #N/A, 不明, ----, ????. It is no name, and nobody's number.
func isPlaceholder(cell string) bool {
	s := strings.ToLower(narrow(cell))
	switch s {
	case "null", "nil", "none", "nan", "n/a", "na", "undefined", "unknown", "なし", "無し", "無", "ナシ", "不明", "不詳", "未定", "未登録", "未設定", "同上", "空", "空白":
		return true
	}
	if isSheetError(narrow(cell)) {
		return true
	}
	digits := strings.Map(func(r rune) rune {
		if r != 'ー' && (unicode.IsLetter(r) || unicode.IsNumber(r)) {
			return r
		}
		return -1
	}, s)
	return strings.TrimSpace(cell) != "" && strings.Trim(digits, "0") == ""
}

// hasNoPhone reports whether a cell of telephone numbers says that there is none.
func hasNoPhone(cell string) bool {
	for _, s := range severalBlocks.Split(strings.ToLower(strings.TrimSpace(norm.NFKC.String(cell))), -1) {
		switch strings.Trim(s, "-‐‑‒–—―−ー") {
		case "", "なし", "無し", "無", "ナシ", "none", "no", "電話なし", "電話無し", "電話無":
		default:
			return false
		}
	}
	return strings.TrimSpace(cell) == "" || !onlyParts(cell)
}

// onlyParts reports whether a cell has nothing but what parts words.
func onlyParts(cell string) bool {
	s := narrow(cell)
	return strings.TrimSpace(cell) != "" && strings.Join(severalBlocks.Split(s, -1), "") == ""
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
