package intake

import (
	"fmt"
	"testing"
)

func TestParseYear(t *testing.T) {
	for in, want := range map[string]int{
		"1957（昭和32）年5月20日": 1957, "昭和32年": 1957, "平成元年": 1989, "明治３８": 1905, "令和2": 2020, "S32.5": 1957, "㍻25年": 2013, "大正15年": 1926,
		"c1998.": 1998, "[2006]": 2006, "20190405": 2019, "201904": 2019, "2019.2": 2019, "2004-2006": 2004, "２０１０年": 2010,
		"明40.12": 1907, "昭56": 1981, "[昭56]": 1981, "令5": 2023, "平.3": 1991, "R1.5": 2019, "令和元年": 2019, "㋿元年": 2019, "㍻30年": 2018, "昭和64": 1989,
		"平成三十年": 2018, "二〇一九年": 2019, "昭和十年": 1935, "千九百九十八年": 1998, "令和五年三月": 2023, "明治四十五": 1912, "二零零一": 2001,
		"2019.0": 2019, "2019/4/5": 2019, "1998-2003": 1998, "皇紀2600": 1940, "皇紀二千六百年": 1940,
		"": 0, "不明": 0, "刊年不明": 0, "[書写年不明]": 0, "[n.d.]": 0, "19--": 0, "[20--]": 0, "199-?": 0, "[ ]": 0, "［］": 0, "-": 0,
	} {
		if got, ok := parseYear(in); !ok || got != want {
			t.Errorf("%q: got %d %v, want %d", in, got, ok, want)
		}
	}
	for _, in := range []string{"そのうち", "99999", "invalid", "3年", "9999", "昭和", "出版年", "98", "20260", "2104", "8858", "19世紀", "近刊", "[江戸後期]", "昭和99", "平成32", "大正16", "明治46", "皇紀0001", "明日40"} {
		if got, ok := parseYear(in); ok {
			t.Errorf("%q was read as %d", in, got)
		}
	}
}

// FuzzYear: whatever the text, a year is one that a book can be of; and each year is
// read in every form in which it is written.
func FuzzYear(f *testing.F) {
	f.Add("1957（昭和32）年", 1957)
	f.Add("平成三十年", 2018)
	f.Add("皇紀2600", 645)
	f.Fuzz(func(t *testing.T, text string, year int) {
		if y, ok := parseYear(text); ok && y != 0 && (y < firstYear || y > lastYear) || !ok && y != 0 && y <= lastYear && y >= firstYear {
			t.Fatalf("%q is %d %v", text, y, ok)
		}
		if year < 1000 || year > lastYear {
			return
		}
		forms := []string{fmt.Sprint(year), fmt.Sprintf("[%d]", year), fmt.Sprintf("c%d.", year), fmt.Sprintf("%d.0", year), fmt.Sprintf("%d/4/5", year), fmt.Sprintf("皇紀%d", year+660)}
		for name, e := range eras {
			if n := year - e.before; n >= 1 && n <= e.last {
				forms = append(forms, fmt.Sprintf("%s%d", name, n), fmt.Sprintf("[%s%d.3]", name, n))
			}
		}
		for _, form := range forms {
			if y, ok := parseYear(form); !ok || y != year {
				t.Fatalf("%q is %d %v", form, y, ok)
			}
		}
	})
}
