package spell

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func dictionary(t *testing.T, aff, dic string) *Dictionary {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x")
	for ext, text := range map[string]string{".aff": aff, ".dic": dic} {
		if err := os.WriteFile(path+ext, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const english = `SET UTF-8
TRY esianrtolcdugmphbyfvkwzESIANRTOLCDUGMPHBYFVKWZ'
ICONV 1
ICONV ’ '
NOSUGGEST !
FORBIDDENWORD *
REP 2
REP f ph
REP ei ie

PFX U Y 1
PFX U 0 un .

SFX S Y 3
SFX S y ies [^aeiou]y
SFX S 0 s [aeiou]y
SFX S 0 s [^sxzhy]

SFX G Y 2
SFX G e ing e
SFX G 0 ing [^e]

SFX A Y 1
SFX A 0 able/L [^e]

SFX L Y 1
SFX L le ly able

SFX M Y 1
SFX M 0 's .
`

const englishWords = `14
hello/MS
city/S
day/S
lock/USGA
make/GS
phone/S
Ada/M
the
friend/S
damn/!
lockings/*
and/or
TV po:noun
colour	ts:0
`

func TestKnown(t *testing.T) {
	d := dictionary(t, english, englishWords)
	for word, want := range map[string]bool{
		"hello": true, "Hello": true, "HELLO": true, "hELLO": false, "hello's": true, "hello’s": true, "cities": true, "citys": false, "days": true, "daies": false,
		"unlock": true, "unlocks": true, "unlocking": true, "unlockable": true, "lockably": true, "making": true, "makeing": false, "unmake": false,
		"Ada": true, "ada": false, "ADA": true, "Ada's": true, "lockings": false, "colour": true, "TV": true, "tv": false, "day-city": true, "day-citi": false,
		"'hello'": true, "": true, "x86": true, "wrod": false, "damn": true, "and": true,
	} {
		if got := d.Known(word); got != want {
			t.Errorf("%q: %v", word, got)
		}
	}
}

func TestSuggest(t *testing.T) {
	d := dictionary(t, english, englishWords)
	for word, want := range map[string]string{
		"teh": "the", "fone": "phone", "freinds": "friends", "helo": "hello", "heello": "hello", "hellp": "hello", "ada": "Ada", "dayhello": "day hello", "cittties": "", "dam": "", "": "",
	} {
		got := d.Suggest(word, 3)
		if want == "" && slices.Contains(got, "damn") || want != "" && (len(got) == 0 || got[0] != want) {
			t.Errorf("%q: %q", word, got)
		}
	}
}

func TestCompounds(t *testing.T) {
	d := dictionary(t, "SET ISO8859-1\nFLAG num\nCOMPOUNDBEGIN 1\nCOMPOUNDMIDDLE 2\nCOMPOUNDEND 3\nONLYINCOMPOUND 4\nCOMPOUNDMIN 2\nSFX 10 Y 1\nSFX 10 0 s/1,2,4 .\nPFX 11 Y 1\nPFX 11 H h/3 H\nNEEDAFFIX 9\n",
		"5\nHaus/11,1\nBahn/1\nbahn/1,2,4\nStra\xdfen/1,2,4\nVersicherung/10\nbuch/3,4\nfern/9\n")
	for word, want := range map[string]bool{
		"Haus": true, "Straßenhaus": true, "Straßenbahnhaus": true, "Versicherungshaus": true, "Versicherungs": false, "Straßen": false, "buch": false, "Hausbuch": true, "Buchhaus": false, "fern": false, "Bahnbahn": false,
	} {
		if got := d.Known(word); got != want {
			t.Errorf("%q: %v", word, got)
		}
	}
}

func TestLongFlagsAndAliases(t *testing.T) {
	d := dictionary(t, "SET UTF-8\nFLAG long\nAF 2\nAF AaBb\nAF Bb\nSFX Aa Y 1\nSFX Aa 0 s .\nSFX Bb Y 1\nSFX Bb 0 ed .\n", "2\nwalk/1\ntalk/2\n")
	for word, want := range map[string]bool{"walks": true, "walked": true, "talks": false, "talked": true} {
		if got := d.Known(word); got != want {
			t.Errorf("%q: %v", word, got)
		}
	}
}

func TestFindDictionaries(t *testing.T) {
	dir := t.TempDir()
	for _, n := range []string{"de_AT.aff", "de_DE.aff", "en_US.aff", "fr.aff", "hyph_de_DE.aff"} {
		if err := os.WriteFile(filepath.Join(dir, n), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"de_AT.UTF-8": "de_AT", "de": "de_DE", "de_CH": "de_DE", "fr_FR": "fr", "en-US": "en_US", "en_GB@euro": "en_US", "it_IT": "", "C": "", "../en_US": ""} {
		got := strings.Join(Find([]string{name}, []string{"/nowhere", dir}), " ")
		if want != "" {
			want = filepath.Join(dir, want)
		}
		if got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestBadDictionaries(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("what is not there was read")
	}
	path := filepath.Join(t.TempDir(), "x")
	_ = os.WriteFile(path+".aff", []byte("SET klingon\n"), 0o600)
	_ = os.WriteFile(path+".dic", []byte("1\nx\n"), 0o600)
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "klingon") {
		t.Errorf("%v", err)
	}
}

func FuzzDictionary(f *testing.F) {
	f.Add(english, "2\nlock/USGA\ncity/S\n", "unlocking")
	f.Add("FLAG long\nAF 1\nAF AaBb\nSFX Aa Y 1\nSFX Aa 0 0 .\nCOMPOUNDFLAG Aa\nCOMPOUNDMIN 1\n", "1\nab/1\n", "ababab")
	f.Add("SET UTF-8\nPFX A Y 1\nPFX A [ ] [^\nSFX B Y 1\nSFX B 0 x/B .\n", "/\n\\/\nx/AB", "xxxx")
	f.Fuzz(func(t *testing.T, aff, dic, word string) {
		r, err := readRules([]byte(aff))
		if err != nil {
			return
		}
		d := &Dictionary{rules: r, stems: map[string][][]flag{}}
		for line := range strings.SplitSeq(dic, "\n") {
			d.add(line)
		}
		d.Known(word)
		if len(word) < 30 {
			d.Suggest(word, 3)
		}
	})
}
