package barcode

// eanLength is the number of digits of an EAN-13. An add-on of two or five digits
// may follow it in the same scan.
const eanLength = 13

// publicKind reads the numbers that mean the same in every library, and returns the
// 13 digits of their EAN. Any other code returns "".
func publicKind(text string, symbology Symbology) (Kind, string) {
	if !looksLikeEAN(text, symbology) || !M10W31.Valid(text[:eanLength]) {
		return "", ""
	}
	return eanKind(text), text[:eanLength]
}

// damagedEAN reports whether text would have a public kind but for its check digit.
func damagedEAN(text string, symbology Symbology) bool {
	return looksLikeEAN(text, symbology) && eanKind(text) != "" && !M10W31.Valid(text[:eanLength])
}

func looksLikeEAN(text string, symbology Symbology) bool {
	if symbology != AnySymbology && symbology != EAN || !isDigits(text) {
		return false
	}
	switch len(text) - eanLength {
	case 0, 2, 5:
		return true
	}
	return false
}

// eanKind tells the kind by the first three digits.
func eanKind(text string) Kind {
	switch text[:3] {
	case "978", "979":
		return ISBN
	case "191", "192":
		return PriceRow
	case "491":
		return Magazine
	}
	return ""
}
