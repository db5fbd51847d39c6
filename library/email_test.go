package library_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"madoguchi/library"
)

func TestParseEmail(t *testing.T) {
	tests := []struct {
		typed, want string
		err         error
	}{
		{"hanako@example.jp", "hanako@example.jp", nil},
		{" hanako@example.jp ", "hanako@example.jp", nil},
		{"　hanako@example.jp", "hanako@example.jp", nil},
		{"ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", "hanako@example.jp", nil},
		{"Hanako_Minato-7@Example.JP", "Hanako_Minato-7@example.jp", nil}, // capitals may matter before the "@"
		{"h@a.jp", "h@a.jp", nil},
		{"a.b.c+d@sub.example.co.jp", "a.b.c+d@sub.example.co.jp", nil},
		{"!#$%&'*+/=?^_`{|}~-@example.jp", "!#$%&'*+/=?^_`{|}~-@example.jp", nil},
		{"-hanako-@docomo.ne.jp", "-hanako-@docomo.ne.jp", nil},
		{"hanako@xn--eckwd4c7cu47r2wf.jp", "hanako@xn--eckwd4c7cu47r2wf.jp", nil},
		{"hanako@1.example.jp", "hanako@1.example.jp", nil},
		{strings.Repeat("a", 64) + "@example.jp", strings.Repeat("a", 64) + "@example.jp", nil},

		{"", "", library.ErrEmail},
		{"hanako", "", library.ErrEmail},
		{"@example.jp", "", library.ErrEmail},
		{"hanako@", "", library.ErrEmail},
		{"hanako@example", "", library.ErrEmail},
		{"hanako@@example.jp", "", library.ErrEmail},
		{"hana@ko@example.jp", "", library.ErrEmail},
		{"hana ko@example.jp", "", library.ErrEmail},
		{"hanako@exam ple.jp", "", library.ErrEmail},
		{"hanako@.example.jp", "", library.ErrEmail},
		{"hanako@example.jp.", "", library.ErrEmail},
		{"hanako@-example.jp", "", library.ErrEmail},
		{"hanako@example-.jp", "", library.ErrEmail},
		{"hanako@exam_ple.jp", "", library.ErrEmail},
		{"hanako@example.j", "", library.ErrEmail},
		{"hanako@192.0.2.1", "", library.ErrEmail},
		{"hanako@[192.0.2.1]", "", library.ErrEmail},
		{"hanako@図書館.jp", "", library.ErrEmail},
		{"はなこ@example.jp", "", library.ErrEmail},
		{`"hana ko"@example.jp`, "", library.ErrEmail},
		{`"hana..ko"@example.jp`, "", library.ErrEmailDots},
		{"Hanako <hanako@example.jp>", "", library.ErrEmail},
		{"hanako@example.jp;taro@example.jp", "", library.ErrEmail},
		{"mailto:hanako@example.jp", "", library.ErrEmail},
		{"hanako\xff@example.jp", "", library.ErrEmail},
		{strings.Repeat("a", 65) + "@example.jp", "", library.ErrEmail},
		{"hanako@" + strings.Repeat("a", 64) + ".jp", "", library.ErrEmail},
		{"hanako@" + strings.Repeat("a.", 125) + "jp", "", library.ErrEmail},

		// Guide: 「.」ドットを連続して使用しているアドレスや、「@」アットマークの直前に「.」ドットを使用しているアドレス.
		// docomo and au gave such addresses out until 2009.
		{"hana..ko@docomo.ne.jp", "", library.ErrEmailDots},
		{"hana．.ko@docomo.ne.jp", "", library.ErrEmailDots},
		{"hanako@docomo..ne.jp", "", library.ErrEmailDots},
		{"hanako.@docomo.ne.jp", "", library.ErrEmailDotAt},
		{"hanako．＠docomo.ne.jp", "", library.ErrEmailDotAt},
		{".hanako@docomo.ne.jp", "", library.ErrEmailDotFirst},
		{" .hanako@docomo.ne.jp", "", library.ErrEmailDotFirst},
		{"..hanako.@docomo.ne.jp", "", library.ErrEmailDots},

		// Guide: 「.」ドットが「,」カンマになっている.
		{"hanako@docomo,ne.jp", "", library.ErrEmailComma},
		{"hanako@docomo，ne.jp", "", library.ErrEmailComma},
		{"hana,ko@example.jp", "", library.ErrEmailComma},
		{"hanako@example.jp,taro@example.jp", "", library.ErrEmailComma},

		// Nothing that could end the line of a header.
		{"hanako@example.jp\n", "", library.ErrEmailBreak},
		{"hanako@example.jp\r\nBcc: taro@example.jp", "", library.ErrEmailBreak},
		{"\rhanako@example.jp", "", library.ErrEmailBreak},
		{"hanako\t@example.jp", "", library.ErrEmailBreak},
		{"hanako\x00@example.jp", "", library.ErrEmailBreak},
		{"hanako\x7f@example.jp", "", library.ErrEmailBreak},
		{"hanako\u0085@example.jp", "", library.ErrEmailBreak},
		{"hanako@example.jp\u2028", "", library.ErrEmailBreak},
		{"hanako@example.jp\u2029", "", library.ErrEmailBreak},
		{"..,\n", "", library.ErrEmailBreak},
	}
	for _, tt := range tests {
		if got, err := library.ParseEmail(tt.typed); got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%q: %q, %v; want %q, %v", tt.typed, got, err, tt.want, tt.err)
		}
	}
}

func TestSuggestEmail(t *testing.T) {
	meant := map[string][]string{
		"docomo.ne.jp": {
			"dokomo.ne.jp", "docmo.ne.jp", "docomo.co.jp", "dokomo.co.jp", "docomo.jp", "docomo.com", "docomo,ne.jp", "docomo.ne,jp", "docomo,ne,jp",
			"docomo.nejp", "docomo.ne", "docomo.ne.jo", "docomo.ne.j", "docomo", "dokomo", "docmo", "docom.ne.jp", "docono.ne.jp", "dcomo.ne.jp",
			"doccomo.ne.jp", "docomp.ne.jp", "dcoomo.ne.jp", "docomo.en.jp", "docomo.me.jp", "docomo.ne.jpp", "docomo.ne.jp.", "docomo。ne。jp", "DOKOMO.NE.JP", "ｄｏｋｏｍｏ．ｎｅ．ｊｐ",
		},
		"ezweb.ne.jp":    {"ezwed.ne.jp", "ezweb.co.jp", "ezwed.co.jp", "ezweb.jp", "ezweb.com", "ezwebne.jp", "ezweb.ne", "ezwab.ne.jp", "eweb.ne.jp", "ezewb.ne.jp", "ezweb", "ezwed", "ezeweb.ne.jp", "ezweb,ne.jp"},
		"au.com":         {"au.co.jp", "au.ne.jp", "au.jp", "au,com", "au.con"},
		"softbank.ne.jp": {"softbank.jp", "softbank.co.jp", "softbank.com", "softbank.ne", "sofbank.ne.jp", "softbnk.ne.jp", "softbank", "softbnak.ne.jp", "softbank.nejp", "softbank,ne.jp"},
		"i.softbank.jp":  {"i.softbank.ne.jp", "i.softbank.co.jp", "isoftbank.jp", "i.sofbank.jp", "i,softbank.jp", "i.softbak.jp"},
		"ymobile.ne.jp":  {"ymobile.co.jp", "ymobile.jp", "ymoblie.ne.jp"},
		"gmail.com": {
			"gmai.com", "gmial.com", "gmail.co.jp", "gmail.jp", "gmail.ne.jp", "gmali.com", "gmal.com", "gmil.com", "gamil.com", "gmeil.com", "gmaill.com",
			"gmail.con", "gmail.cm", "gmail.co", "gmail.om", "gmail.comm", "gmail.cmo", "gmail.vom", "gmail", "gmai", "gmial", "gnail.com", "g-mail.com", "gmail,com", "gmaik.com", "gmaul.com", "gmial.con",
		},
		"yahoo.co.jp":   {"yahho.co.jp", "yaho.co.jp", "yahooo.co.jp", "yhaoo.co.jp", "yahoo.cojp", "yahoo.co.jo", "yahoo.jp", "yahoo.co", "yafoo.co.jp", "yahho", "yahoo", "yahoo.co,jp", "yahoo.co.jpp", "yahoo.co.j", "yaoo.co.jp", "yajoo.co.jp"},
		"yahoo.ne.jp":   {"yahho.ne.jp", "yahoo.ne,jp"},
		"yahoo.com":     {"yahho.com", "yahoo.con"},
		"icloud.com":    {"iclod.com", "icloud.co.jp", "icloud.jp", "iclould.com", "icoud.com", "icluod.com", "icloud.con", "iclod", "icloud", "icloud,com", "iclouf.com"},
		"hotmail.com":   {"hotmai.com", "hotmail.con", "hotmal.com", "hotmial.com", "hotmai", "hotmail", "hotmil.com"},
		"hotmail.co.jp": {"hotmai.co.jp", "hotmial.co.jp"},
		"outlook.jp":    {"outlok.jp", "outlook.co.jp", "outlook,jp"},
		"outlook.com":   {"outlok.com", "outlook.con", "outloook.com"},
		"example.jp":    {"example,jp", "example.jpp"},
		"example.co.jp": {"example.cojp", "example.co,jp", "example.co.jo"},
		"example.com":   {"example.con", "example.cmo", "example.vom"},
	}
	for right, all := range meant {
		for _, domain := range all {
			if got, ok := library.SuggestEmail("Hana_ko@" + domain); !ok || got != "Hana_ko@"+right {
				t.Errorf("%s: %q, %v; want %s", domain, got, ok, right)
			}
		}
		if got, ok := library.SuggestEmail("Hana_ko@" + right); ok {
			t.Errorf("%s is right, and %q was suggested", right, got)
		}
	}
}

// TestNothingToSuggest: nobody is asked about a domain that is right, and nothing is
// suggested of which nothing can be said.
func TestNothingToSuggest(t *testing.T) {
	for _, domain := range []string{
		"docomo.ne.jp", "ezweb.ne.jp", "au.com", "biz.ezweb.ne.jp", "softbank.ne.jp", "i.softbank.jp", "ymobile.ne.jp", "y-mobile.ne.jp", "ymobile1.ne.jp",
		"yahoo.ne.jp", "yahoo.co.jp", "yahoo.com", "ybb.ne.jp", "vodafone.ne.jp", "t.vodafone.ne.jp", "d.vodafone.ne.jp", "disney.ne.jp", "uqmobile.jp", "rakumail.jp", "willcom.com", "pdx.ne.jp", "wcm.ne.jp", "emnet.ne.jp",
		"gmail.com", "googlemail.com", "ymail.com", "ymail.ne.jp", "mail.com", "email.com", "gail.com", "gmx.com", "aol.com", "aol.jp", "icloud.com", "me.com", "mac.com",
		"hotmail.com", "hotmail.co.jp", "outlook.com", "outlook.jp", "live.jp", "live.com", "msn.com", "proton.me",
		"nifty.com", "biglobe.ne.jp", "mbe.nifty.com", "ocn.ne.jp", "so-net.ne.jp", "plala.or.jp", "asahi-net.or.jp", "dion.ne.jp", "eonet.ne.jp", "jcom.home.ne.jp", "mineo.jp",
		"example.jp", "example.co.jp", "example.ac.jp", "city.example.lg.jp", "example.jo", "example.com.jo", "example.de", "example.co",
	} {
		if got, ok := library.SuggestEmail("hanako@" + domain); ok {
			t.Errorf("%s is right, and %q was suggested", domain, got)
		}
	}
	for _, typed := range []string{
		"", "hanako", "@", "hanako@", "@dokomo.ne.jp", "hana..ko@dokomo.ne.jp", ".hanako@dokomo.ne.jp", "hanako.@dokomo.ne.jp",
		"hanako@taro@dokomo.ne.jp", "hana ko@dokomo.ne.jp", "hanako@dokomo.ne.jp\r\nBcc: taro@example.jp", "a@docomo.ne.jp,b@docomo.ne.jp",
	} {
		if got, ok := library.SuggestEmail(typed); ok {
			t.Errorf("%q: %q", typed, got)
		}
	}
	if got, ok := library.SuggestEmail("hana,ko@docomo.ne.jp"); !ok || got != "hana.ko@docomo.ne.jp" {
		t.Errorf("a comma before the @: %q, %v", got, ok)
	}
	if got, ok := library.SuggestEmail(" Hanako@Docomo.Ne.Jp "); ok {
		t.Errorf("only written otherwise: %q", got)
	}
}

func TestCarrierOf(t *testing.T) {
	for address, want := range map[string]library.Carrier{
		"h@docomo.ne.jp": library.Docomo, "h@DOCOMO.ne.jp": library.Docomo, "h@ezweb.ne.jp": library.Au, "h@au.com": library.Au,
		"h@softbank.ne.jp": library.SoftBank, "h@i.softbank.jp": library.SoftBank, "h@yahoo.ne.jp": library.SoftBank, "h@t.vodafone.ne.jp": library.SoftBank,
		"h@rakumail.jp": library.Rakuten, "h@gmail.com": library.FreeMail, "h@yahoo.co.jp": library.FreeMail, "h@icloud.com": library.FreeMail,
		"h@example.jp": "", "h@sub.docomo.ne.jp": "", "": "", "docomo.ne.jp": "",
	} {
		if got := library.CarrierOf(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

func TestEmailMessages(t *testing.T) {
	for state, want := range map[library.EmailState]string{
		library.NoEmail: "", library.EmailConfirmed: "", library.EmailUnconfirmed: library.MessageUnconfirmed, library.EmailBouncing: library.MessageBouncing,
	} {
		if got := state.Message(); got != want {
			t.Errorf("%s: %q, want %q", state, got, want)
		}
	}
}

func FuzzParseEmail(f *testing.F) {
	for _, typed := range []string{"", "hanako@example.jp", "ｈａ＠ｅ．ｊｐ", "..@..", "a,b@c.d", "a@b\r\nc", "\u2028", "@@", "a@xn--a.jp", "\xff@a.jp"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := library.ParseEmail(typed)
		if err != nil {
			var refusal *library.Refusal
			if got != "" || !errors.As(err, &refusal) || !strings.HasPrefix(refusal.Code, "email_") {
				t.Errorf("%q: %q, %v", typed, got, err)
			}
			return
		}
		odd := func(r rune) bool { return r > unicode.MaxASCII || r <= ' ' || strings.ContainsRune(`"(),:;<>[\]`, r) }
		if strings.ContainsFunc(got, odd) || strings.Count(got, "@") != 1 || strings.Contains(got, "..") || strings.Contains(got, ".@") || got[0] == '.' || len(got) > 254 {
			t.Errorf("%q was taken as %q", typed, got)
		}
		if again, err := library.ParseEmail(got); again != got || err != nil {
			t.Errorf("%q, taken again: %q, %v", got, again, err)
		}
	})
}

func FuzzSuggestEmail(f *testing.F) {
	for _, typed := range []string{"", "h@dokomo.ne.jp", "h@docomo,ne,jp", "h@gmial.con", "h@.con", "h@.cojp.cojp", "h@yahoo", "h@a.co.jo", "h@i.softbank.ne.jp.", "、@。"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, ok := library.SuggestEmail(typed)
		if !ok {
			return
		}
		if parsed, err := library.ParseEmail(got); parsed != got || err != nil {
			t.Errorf("%q: %q was suggested, which is no address: %v", typed, got, err)
		}
		if same, err := library.ParseEmail(typed); err == nil && same == got {
			t.Errorf("%q was suggested for itself", typed)
		}
		if next, ok := library.SuggestEmail(got); ok {
			t.Errorf("%q: %q was suggested, and for that %q", typed, got, next)
		}
	})
}
