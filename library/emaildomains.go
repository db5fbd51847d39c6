package library

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

// carriers are the domains that the guide's advice is about.
var carriers = map[string]Carrier{
	"docomo.ne.jp": Docomo,
	"ezweb.ne.jp":  Au, "au.com": Au, "uqmobile.jp": Au,
	"softbank.ne.jp": SoftBank, "i.softbank.jp": SoftBank, "ymobile.ne.jp": SoftBank, "vodafone.ne.jp": SoftBank, "disney.ne.jp": SoftBank,
	"rakumail.jp": Rakuten,
	"gmail.com":   FreeMail, "googlemail.com": FreeMail, "yahoo.co.jp": FreeMail, "yahoo.ne.jp": FreeMail, "yahoo.com": FreeMail,
	"ymail.ne.jp": FreeMail, "icloud.com": FreeMail, "me.com": FreeMail, "mac.com": FreeMail,
	"hotmail.com": FreeMail, "hotmail.co.jp": FreeMail, "outlook.com": FreeMail, "outlook.jp": FreeMail, "live.jp": FreeMail,
}
