package barcode

import "strings"

// Scheme is a way to compute a check digit from the digits before it. They are
// computed digit by digit, so numbers may have any length.
type Scheme string

// The schemes in use on library cards and items.
const (
	NoCheck     Scheme = "none"
	Mod7DR      Scheme = "7dr"         // remainder of the number by 7
	Mod7DSR     Scheme = "7dsr"        // 7 less that remainder, 0 for remainder 0
	Mod9DR      Scheme = "9dr"         // remainder of the number by 9
	Mod9DSR     Scheme = "9dsr"        // 9 less that remainder, 0 for remainder 0
	M10W21      Scheme = "m10w21"      // modulus 10, weights 2 1 from the right
	M10W21Split Scheme = "m10w21split" // the same, products added digit by digit (Luhn)
	M10W31      Scheme = "m10w31"      // modulus 10, weights 3 1 from the right (EAN)
	M11         Scheme = "m11"         // modulus 11, weights 2 to 7 from the right, 10 becomes 0
	M16         Scheme = "m16"         // modulus 16 over NW-7 with its start and stop letters
)

// Schemes are all schemes, as settings name them.
var Schemes = []Scheme{NoCheck, Mod7DR, Mod7DSR, Mod9DR, Mod9DSR, M10W21, M10W21Split, M10W31, M11, M16}

// Append returns data with its check digit: at the end, but for M16, whose data
// begins and ends with a letter A to D, before the stop letter. It returns false
// when data has characters that the scheme cannot compute with. NoCheck returns
// data as it is.
func (s Scheme) Append(data string) (string, bool) {
	if s.none() {
		return data, data != ""
	}
	if s == M16 {
		return appendM16(data)
	}
	if !isDigits(data) {
		return "", false
	}
	var digit int
	switch s {
	case Mod7DR:
		digit = remainder(data, 7)
	case Mod7DSR:
		digit = (7 - remainder(data, 7)) % 7
	case Mod9DR:
		digit = remainder(data, 9)
	case Mod9DSR:
		digit = (9 - remainder(data, 9)) % 9
	case M10W21:
		digit = (10 - weighted(data, 2, 1)%10) % 10
	case M10W21Split:
		digit = (10 - luhn(data)%10) % 10
	case M10W31:
		digit = (10 - weighted(data, 3, 1)%10) % 10
	case M11:
		digit = (11 - weighted(data, 2, 3, 4, 5, 6, 7)%11) % 11 % 10
	default:
		return "", false
	}
	return data + string(rune('0'+digit)), true
}

// Valid reports whether number carries the right check digit, where Append puts it.
func (s Scheme) Valid(number string) bool {
	data := number
	switch {
	case s.none():
	case s == M16:
		if len(number) < 4 {
			return false
		}
		data = number[:len(number)-2] + number[len(number)-1:]
	case len(number) < 2:
		return false
	default:
		data = number[:len(number)-1]
	}
	want, ok := s.Append(data)
	return ok && want == number
}

func (s Scheme) none() bool { return s == NoCheck || s == "" }

func remainder(data string, by int) int {
	r := 0
	for i := range len(data) {
		r = (10*r + int(data[i]-'0')) % by
	}
	return r
}

// weighted adds the digits times the weights, which repeat from the right.
func weighted(data string, weights ...int) int {
	sum := 0
	for i := range len(data) {
		sum += int(data[len(data)-1-i]-'0') * weights[i%len(weights)]
	}
	return sum
}

func luhn(data string) int {
	sum := 0
	for i := range len(data) {
		d := int(data[len(data)-1-i] - '0')
		if i%2 == 0 {
			d = 2*d/10 + 2*d%10
		}
		sum += d
	}
	return sum
}

// m16Values are the NW-7 characters by their value. The start and stop letters
// follow the sixteen that data may have.
const m16Values = "0123456789-$:/.+ABCD"

func appendM16(data string) (string, bool) {
	if len(data) < 3 {
		return "", false
	}
	sum := 0
	for i := range len(data) {
		v := strings.IndexByte(m16Values, data[i])
		atEdge := i == 0 || i == len(data)-1
		if v < 0 || (v >= 16) != atEdge {
			return "", false
		}
		sum += v
	}
	last := len(data) - 1
	return data[:last] + string(m16Values[(16-sum%16)%16]) + data[last:], true
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
