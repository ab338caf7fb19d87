package reading

import (
	"strings"
	"testing"
)

func TestUnwrapped(t *testing.T) {
	for in, want := range map[string]string{
		"https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.a.example%2Fr%3Fx%3D1&data=05%7C02%7Cada%40b.example%7C&sdata=a%2Bb%3D&reserved=0": "https://www.a.example/r?x=1",
		"https://NAM02.safelinks.protection.outlook.com/ap/w-59584e83/?url=http%3A%2F%2Fa.example%2F&data=1":                                                      "http://a.example/",
		"https://urldefense.proofpoint.com/v1/url?u=http://www.a.example/&k=q%2B8%3D&r=x&m=y&s=z":                                                                 "http://www.a.example/",
		"https://urldefense.proofpoint.com/v2/url?u=https-3A__www.a.example_one-5Ftwo-2Dthree-3Fq-3D1-2B2&d=DwMFaQ&c=x&r=y":                                       "https://www.a.example/one_two-three?q=1+2",
		"https://urldefense.com/v3/__https://a.example/x__;!!abc!def$":                                                                                            "https://a.example/x",
		"https://urldefense.com/v3/__https:/a.example/caf*?q=**B&x=*__;w6kjISMj!!abc!def$":                                                                        "https://a.example/café?q=#!#&x=#",
		"https://www.google.com/url?q=https%3A%2F%2Fzoom.example%2Fj%2F1&sa=D&ust=1&usg=x":                                                                        "https://zoom.example/j/1",
		"https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fa.example%2f&c=E,1,x&typo=1":                                                                         "https://a.example/",
		"https://imsva91-ctp.trendmicro.com/wis/clicktime/v1/query?url=https%3a%2f%2fa.example&umid=1":                                                            "https://a.example",
		"https://secure.a.example/?url=https%3A%2F%2Fb.example%2F":                                                                                                "",
		"https://safelinks.protection.outlook.com.evil.example/?url=https%3A%2F%2Fb.example%2F":                                                                   "",
		"https://www.google.com/url?q=https%3A%2F%2Fbank.example&url=https%3A%2F%2Fevil.example":                                                                  "",
		"https://www.google.com/search?q=https%3A%2F%2Fbank.example":                                                                                              "",
		"https://eur01.safelinks.protection.outlook.com/?url=javascript%3Ax&data=1":                                                                               "",
		"https://urldefense.com/v3/__https://a.example/x":                                                                                                         "",
	} {
		if got := unwrapped(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

// Where a company has every link checked, a link still shows where it leads, and nobody is
// warned of what is no deceit.
func TestWrappedLinks(t *testing.T) {
	const bank = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbank.example%2F&data=1"
	const twice = "https://urldefense.com/v3/__https://eur01.safelinks.protection.outlook.com/?url=https*3A*2F*2Fbank.example*2F&data=1__;JSUlJQ!!x!y$"
	for _, tt := range []struct {
		kind, in string
		warned   bool
		shown    []string
	}{
		{"html", `<a href="` + bank + `">bank.example</a>`, false, []string{"{bank.example} [1]", "[1] https://{bank.example}/ · by way of", "eur01.safelinks.protection.outlook.com"}},
		{"html", `<a href="` + strings.ReplaceAll(bank, "bank", "evil") + `">bank.example</a>`, true, []string{"[1 → evil.example]"}},
		{"html", `<a href="` + bank + `">` + bank + `</a>`, false, []string{"[1 →", "bank.example]"}},
		{"html", `<a href="` + twice + `">bank.example</a>`, false, []string{"{bank.example} [1]", "[1] https://{bank.example}/ · by way of", "urldefense.com"}},
		{"html", `<a href="https://www.google.com/url?q=https%3A%2F%2Fevil.example%2F">www.google.com</a>`, true, []string{"[1 → evil.example]"}},
		{"plain", "see " + bank + ".", false, []string{"see {https://bank.example/}."}},
	} {
		m := Parse([]byte("From: ada@a.example\nContent-Type: text/" + tt.kind + "\n\n" + tt.in + "\n"))
		text := screen(m.Lines(100, LayoutOptions{}))
		for _, s := range tt.shown {
			if !strings.Contains(text, s) {
				t.Errorf("%s: no %q in\n%s", tt.in, s, text)
			}
		}
		if warned := m.mismatches() > 0; warned != tt.warned {
			t.Errorf("%s: warned %v", tt.in, warned)
		}
		if l := m.Links(LayoutOptions{})[0]; !strings.Contains(tt.in, l.URL) {
			t.Errorf("%s opens %s", tt.in, l.URL)
		}
	}
}
