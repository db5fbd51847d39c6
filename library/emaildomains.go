package library

import "strings"

// UsualDomains are those that many patrons have, in the order in which they are
// offered to be typed by one touch.
var UsualDomains = []string{"docomo.ne.jp", "ezweb.ne.jp", "softbank.ne.jp", "gmail.com", "icloud.com", "yahoo.co.jp"}

// mistypedDomains are domains that nobody has, or hardly anybody, with those that
// were meant. Guide: 「docomo」が「dokomo」になっている.
var mistypedDomains = map[string]string{
	"dokomo.ne.jp": "docomo.ne.jp", "docomo.co.jp": "docomo.ne.jp", "docomo.jp": "docomo.ne.jp",
	"docomo.com": "docomo.ne.jp", "docomo.ne.jo": "docomo.ne.jp", "docomo.ne": "docomo.ne.jp",
	"docmo.ne.jp": "docomo.ne.jp", "docomo.nejp": "docomo.ne.jp", "docom.ne.jp": "docomo.ne.jp",
	"docono.ne.jp": "docomo.ne.jp", "dcomo.ne.jp": "docomo.ne.jp", "doccomo.ne.jp": "docomo.ne.jp",
	"dokomo.co.jp": "docomo.ne.jp", "docomo": "docomo.ne.jp", "dokomo": "docomo.ne.jp", "docmo": "docomo.ne.jp",

	"ezweb.co.jp": "ezweb.ne.jp", "ezwed.ne.jp": "ezweb.ne.jp", "ezweb.jp": "ezweb.ne.jp",
	"ezwebne.jp": "ezweb.ne.jp", "ezweb.ne": "ezweb.ne.jp", "ezwab.ne.jp": "ezweb.ne.jp",
	"eweb.ne.jp": "ezweb.ne.jp", "ezweb.com": "ezweb.ne.jp", "ezewb.ne.jp": "ezweb.ne.jp",
	"ezwed.co.jp": "ezweb.ne.jp", "ezweb": "ezweb.ne.jp", "ezwed": "ezweb.ne.jp",
	"au.co.jp": "au.com", "au.ne.jp": "au.com", "au.jp": "au.com",

	"softbank.jp": "softbank.ne.jp", "softbank.co.jp": "softbank.ne.jp", "softbank.com": "softbank.ne.jp",
	"softbank.ne": "softbank.ne.jp", "sofbank.ne.jp": "softbank.ne.jp", "softbnk.ne.jp": "softbank.ne.jp",
	"softbank": "softbank.ne.jp", "i.softbank.ne.jp": "i.softbank.jp", "i.softbank.co.jp": "i.softbank.jp",
	"isoftbank.jp": "i.softbank.jp", "i.sofbank.jp": "i.softbank.jp", "ymobile.co.jp": "ymobile.ne.jp",
	"ymobile.jp": "ymobile.ne.jp", "vodafon.ne.jp": "vodafone.ne.jp",

	"gmai.com": "gmail.com", "gmial.com": "gmail.com", "gmail.co.jp": "gmail.com", "gmail.jp": "gmail.com",
	"gmail.ne.jp": "gmail.com", "gmali.com": "gmail.com", "gmal.com": "gmail.com", "gmil.com": "gmail.com",
	"gamil.com": "gmail.com", "gmeil.com": "gmail.com", "gmaill.com": "gmail.com", "gmail.con": "gmail.com",
	"gmail.cm": "gmail.com", "gmail.co": "gmail.com", "gmail.om": "gmail.com", "gmail.comm": "gmail.com",
	"gmail": "gmail.com", "gmai": "gmail.com", "gmial": "gmail.com", "gnail.com": "gmail.com", "g-mail.com": "gmail.com",

	"yahho.co.jp": "yahoo.co.jp", "yaho.co.jp": "yahoo.co.jp", "yahooo.co.jp": "yahoo.co.jp",
	"yhaoo.co.jp": "yahoo.co.jp", "yahoo.cojp": "yahoo.co.jp", "yahoo.co.jo": "yahoo.co.jp",
	"yahoo.jp": "yahoo.co.jp", "yahoo.co": "yahoo.co.jp", "yafoo.co.jp": "yahoo.co.jp", "yahho.ne.jp": "yahoo.ne.jp",
	"yahho": "yahoo.co.jp", "yahoo": "yahoo.co.jp", "yahho.com": "yahoo.com",

	"iclod.com": "icloud.com", "icloud.co.jp": "icloud.com", "icloud.jp": "icloud.com", "iclould.com": "icloud.com",
	"icoud.com": "icloud.com", "icluod.com": "icloud.com", "icloud.con": "icloud.com", "iclod": "icloud.com", "icloud": "icloud.com",

	"hotmai.com": "hotmail.com", "hotmail.con": "hotmail.com", "hotmal.com": "hotmail.com", "hotmial.com": "hotmail.com",
	"hotmai.co.jp": "hotmail.co.jp", "hotmai": "hotmail.com", "hotmail": "hotmail.com",
	"outlok.jp": "outlook.jp", "outlok.com": "outlook.com", "outlook.co.jp": "outlook.jp", "outlook.con": "outlook.com",
}

// mistypedEnds are ends of domains that no domain has.
var mistypedEnds = map[string]string{
	".con": ".com", ".cmo": ".com", ".ocm": ".com", ".vom": ".com", ".xom": ".com", ".comm": ".com", ".coom": ".com", ".c0m": ".com",
	".cojp": ".co.jp", ".nejp": ".ne.jp", ".orjp": ".or.jp", ".acjp": ".ac.jp", ".lgjp": ".lg.jp", ".gojp": ".go.jp",
	".jpp": ".jp", ".co.jo": ".co.jp", ".ne.jo": ".ne.jp", ".or.jo": ".or.jp", ".co.jn": ".co.jp", ".ne.jn": ".ne.jp",
	".co.j": ".co.jp", ".ne.j": ".ne.jp", ".or.j": ".or.jp",
}

// frequentDomains are those that so many people have that a domain which differs by
// one slip of a finger is one of them.
var frequentDomains = []string{
	"docomo.ne.jp", "ezweb.ne.jp", "softbank.ne.jp", "i.softbank.jp", "ymobile.ne.jp", "vodafone.ne.jp", "rakumail.jp", "uqmobile.jp",
	"gmail.com", "yahoo.co.jp", "yahoo.ne.jp", "yahoo.com", "icloud.com", "hotmail.com", "hotmail.co.jp", "outlook.jp", "outlook.com",
}

// otherDomains exist and look like a slip of a finger in one of frequentDomains.
var otherDomains = map[string]bool{"gail.com": true, "gmall.com": true}

// carriers are the domains that the guide's advice is about.
var carriers = map[string]Carrier{
	"docomo.ne.jp": Docomo,
	"ezweb.ne.jp":  Au, "au.com": Au, "uqmobile.jp": Au, "biz.ezweb.ne.jp": Au, "biz.au.com": Au,
	"softbank.ne.jp": SoftBank, "i.softbank.jp": SoftBank, "ymobile.ne.jp": SoftBank, "ymobile1.ne.jp": SoftBank,
	"y-mobile.ne.jp": SoftBank, "yahoo.ne.jp": SoftBank, "vodafone.ne.jp": SoftBank, "disney.ne.jp": SoftBank,
	"willcom.com": SoftBank, "pdx.ne.jp": SoftBank, "wcm.ne.jp": SoftBank, "emnet.ne.jp": SoftBank,
	"rakumail.jp": Rakuten,
	"gmail.com":   FreeMail, "googlemail.com": FreeMail, "yahoo.co.jp": FreeMail, "yahoo.com": FreeMail,
	"ymail.ne.jp": FreeMail, "ymail.com": FreeMail, "icloud.com": FreeMail, "me.com": FreeMail, "mac.com": FreeMail,
	"hotmail.com": FreeMail, "hotmail.co.jp": FreeMail, "outlook.com": FreeMail, "outlook.jp": FreeMail,
	"live.jp": FreeMail, "live.com": FreeMail, "msn.com": FreeMail, "aol.com": FreeMail, "mail.com": FreeMail, "proton.me": FreeMail,
}

// carrierOf is whose domain it is; that of a host of "x.vodafone.ne.jp" too, which
// has a letter for the region.
func carrierOf(domain string) Carrier {
	if region, rest, ok := strings.Cut(domain, "."); ok && len(region) == 1 && rest == "vodafone.ne.jp" {
		domain = rest
	}
	return carriers[domain]
}

// meantDomain returns the domain that was probably meant, in lower case: the same one
// where it is right or nothing is known.
func meantDomain(domain string) string {
	if carrierOf(domain) != "" || otherDomains[domain] {
		return domain
	}
	if right, wrong := mistypedDomains[domain]; wrong {
		return right
	}
	for end, right := range mistypedEnds {
		if name, wrong := strings.CutSuffix(domain, end); wrong && name != "" {
			return meantDomain(name + right)
		}
	}
	for _, right := range frequentDomains {
		if domain != "" && domain[0] == right[0] && oneSlip(domain, right) {
			return right
		}
	}
	return domain
}

// oneSlip reports whether two texts differ by one character that is missing, too many
// or another one, or by two neighbours that changed places.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	a, b = a[i:], b[i:]
	switch len(b) - len(a) {
	case 1:
		return a == b[1:]
	case 0:
		return len(a) > 0 && a[1:] == b[1:] || len(a) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:]
	}
	return false
}
