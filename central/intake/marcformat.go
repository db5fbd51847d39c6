package intake

import (
	"strings"

	"madoguchi/central/marc"
)

const (
	unimarc   = "it is UNIMARC, not MARC 21: ask who delivered it for MARC 21, or convert it (MarcEdit does), then import that"
	japanMARC = "it is in the old format of JAPAN/MARC, not MARC 21: ask who delivered it for JAPAN/MARC in MARC 21, or convert it, then import that"
	authority = "it is an authority record, which describes a name or subject and no book: export bibliographic records"
	holdings  = "it is a holdings record, which describes no book: export bibliographic records with their copies in 852 or 952"
	notABook  = "it is a record of a classification or of an institution, which describes no book: export bibliographic records"
)

// otherFormat names the format of a record that is not a bibliographic one of MARC 21,
// or returns "". It judges by tags and codes alone, whatever the encoding.
func otherFormat(rec *marc.Record) string {
	switch rec.Leader[6] {
	case 'z':
		return authority
	case 'u', 'v', 'x', 'y':
		return holdings
	case 'w', 'q':
		return notABook
	}
	title := func(tag string, codes string) bool {
		for f := range rec.Data(tag) {
			for _, s := range f.Subfields {
				if strings.IndexByte(codes, s.Code) >= 0 {
					return true
				}
			}
		}
		return false
	}
	switch {
	case title("245", "abknp"):
		return ""
	case title("251", "Aa"), title("551", "A"):
		return japanMARC
	case title("200", "a"):
		return unimarc
	}
	return ""
}
