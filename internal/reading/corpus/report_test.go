package corpus

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"postea/internal/reading"
)

// listed reads a checked-in list: a file name, a tab, and a word about it.
func listed(t *testing.T, name string) map[string]string {
	t.Helper()
	f, err := os.Open("../testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list := map[string]string{}
	for s := bufio.NewScanner(f); s.Scan(); {
		key, about, ok := strings.Cut(s.Text(), "\t")
		if ok && !strings.HasPrefix(key, "#") {
			list[key] = about
		}
	}
	return list
}

// TestNoFalseReports: nothing is taken for a delivery report that is none. The
// reports among the other mails were looked at one by one.
func TestNoFalseReports(t *testing.T) {
	known := listed(t, "reports.tsv")
	for _, dir := range []string{"mail", "thread", "notbounce", "sig"} {
		for _, file := range files(t, dir) {
			r := reading.Parse(read(t, file)).Report()
			_, is := known[file]
			switch {
			case r != nil && !is:
				t.Errorf("%s is taken for a report: %+v", file, r)
			case r == nil && is:
				t.Errorf("%s is a report and not recognised", file)
			}
		}
	}
}
