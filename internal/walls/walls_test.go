package walls

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors tells on which floor a package is. A package imports only floors below
// its own; what is not listed takes the floor of the package above it in the
// tree.
var floors = map[string]int{
	"cmd/postea": 6,

	"tui": 5,

	"internal/app": 4,

	"internal/outbox": 3,
	"internal/syncer": 3,

	"internal/store": 2,

	"smtpclient":       1,
	"imapclient":       1,
	"config":           1,
	"internal/compose": 1,
	"internal/reading": 1,
	"internal/web":     1,
	"internal/people":  1,
	"internal/spell":   1,

	"internal/mail":     0,
	"internal/event":    0,
	"internal/sasl":     0,
	"internal/dial":     0,
	"internal/mailfile": 0, // mail as files; it knows no folder and no account
	"internal/owner":    0,
	"internal/picture":  0, // pixels into cells
	"internal/vcf":      0, // contact cards, in messages and in address books
	"internal/when":     0,

	"internal/transcript": 0,

	"internal/filelock": 0,
	"internal/apart":    0,

	"internal/failpoint": 0, // only tests and builds with its tag reach it
	"internal/query":     0, // the words of mail and of searches: the store indexes by them, the screen marks by them
}

// within are packages that are made of packages: what lies below the first may
// use what lies below the first as well, and the rules named for it apply.
var within = []string{"config", "tui", "internal/app", "smtpclient", "imapclient", "internal/store", "internal/reading"}

// aside are packages that no floor is built on: only commands and tests use them.
var aside = map[string]string{
	"internal/demo":      "it is a server, and would come into every program",
	"internal/smtpbench": "it is a command, to be measured beside others",
	"internal/lab":       "it starts real servers for tests",
	"internal/storetest": "it makes stores for tests",
	"internal/walls":     "it is this test",
	"tui/tuitest":        "it presses keys for tests",
}

// sideways are the exceptions to "never sideways", with their reasons.
var sideways = map[string]string{
	"internal/event -> internal/mail":      "events carry the ids of the vocabulary",
	"internal/mail -> internal/transcript": "an attempt has what was said in it",
	"internal/owner -> internal/filelock":  "the owner of a data directory is who holds a lock",
	"internal/sasl -> internal/dial":       "a mechanism is chosen by what TLS there is",
}

// only tells who may import a package of others, and why.
var only = []struct {
	imported string // a prefix of the path
	by       []string
	why      string
}{
	{"database/sql", []string{"internal/store"}, "mail state has one owner"},
	{"modernc.org/sqlite", []string{"internal/store"}, "mail state has one owner"},
	{"github.com/emersion/go-imap/v2/imapclient", nil, "imapclient is the engine; go-imap's client is a second opinion in tests"},
	{"github.com/emersion/go-imap/v2/imapserver", []string{"internal/demo"}, "postea is a client"},
	{"github.com/emersion/go-imap", []string{"imapclient", "internal/syncer", "internal/demo"}, "only the sync speaks IMAP's words"},
	{"github.com/emersion/go-smtp", []string{"internal/demo"}, "smtpclient is our own"},
	{"github.com/jhillyerd/enmime", []string{"internal/reading"}, "it parses only behind the guard"},
	{"charm.land/", []string{"tui"}, "only the interface draws"},
	{"github.com/spf13/cobra", []string{"cmd/postea"}, "only the command has a command line"},
	{"net/smtp", nil, "smtpclient is our own"},
	{"net/http", []string{"internal/dial", "smtpclient", "internal/web", "config"}, "nothing remote is loaded unless asked; a proxy, the policy of a domain (MTA-STS), leaving a list, pictures of the web, finding servers and OAuth speak HTTP"},
}

func floorOf(pkg string) (int, bool) {
	for p := pkg; p != "."; p = path.Dir(p) {
		if f, ok := floors[p]; ok {
			return f, true
		}
	}
	return 0, false
}

func isAside(pkg string) (string, bool) {
	for p := pkg; p != "."; p = path.Dir(p) {
		if why, ok := aside[p]; ok {
			return why, true
		}
	}
	return "", false
}

func TestFloors(t *testing.T) {
	imports := read(t)
	if len(imports) < len(floors) {
		t.Fatalf("only %d packages found", len(imports))
	}
	for _, pkg := range slices.Sorted(maps.Keys(imports)) {
		floor, known := floorOf(pkg)
		_, apart := isAside(pkg)
		if !known && !apart {
			t.Errorf("%s stands on no floor: give it one in this test", pkg)
			continue
		}
		for _, imp := range imports[pkg] {
			own, ours := strings.CutPrefix(imp, "postea/")
			if !ours {
				checkOthers(t, pkg, imp)
				continue
			}
			if why, ok := isAside(own); ok && !apart && pkg != "cmd/postea" {
				t.Errorf("%s imports %s: %s", pkg, own, why)
				continue
			}
			if below, _ := floorOf(own); !apart && floor <= below && !sameHouse(pkg, own) {
				if _, ok := sideways[pkg+" -> "+own]; !ok {
					t.Errorf("%s (floor %d) imports %s (floor %d): a package imports only floors below it", pkg, floor, own, below)
				}
			}
		}
	}
}

func sameHouse(a, b string) bool {
	for _, root := range within {
		if (a == root || strings.HasPrefix(a, root+"/")) && (b == root || strings.HasPrefix(b, root+"/")) {
			return true
		}
	}
	return false
}

func checkOthers(t *testing.T, pkg, imp string) {
	t.Helper()
	for _, rule := range only {
		if imp != rule.imported && !strings.HasPrefix(imp, strings.TrimSuffix(rule.imported, "/")+"/") {
			continue
		}
		if !slices.ContainsFunc(rule.by, func(by string) bool { return pkg == by || strings.HasPrefix(pkg, by+"/") }) {
			t.Errorf("%s imports %s: %s", pkg, imp, rule.why)
		}
		return
	}
}

// TestInterfaceKnowsNoMachinery: the interface sees the use cases and the
// vocabulary; how mail is stored, fetched and parsed is none of its business.
func TestInterfaceKnowsNoMachinery(t *testing.T) {
	may := []string{"internal/app", "internal/mail", "internal/transcript", "internal/event", "internal/reading", "internal/when", "internal/picture", "tui"}
	for pkg, list := range read(t) {
		if pkg != "tui" && !strings.HasPrefix(pkg, "tui/") {
			continue
		}
		for _, imp := range list {
			own, ours := strings.CutPrefix(imp, "postea/")
			if ours && !slices.ContainsFunc(may, func(m string) bool { return own == m || strings.HasPrefix(own, m+"/") }) {
				t.Errorf("%s imports %s", pkg, own)
			}
			if imp == "net" {
				t.Errorf("%s imports net: no network in the interface", pkg)
			}
		}
	}
}

// TestReadingAsksNobody: a message is opened without a connection, a file or a
// command being made; what it points to is told and not fetched.
func TestReadingAsksNobody(t *testing.T) {
	seen := 0
	for pkg, list := range read(t) {
		if pkg != "internal/reading" && !strings.HasPrefix(pkg, "internal/reading/") {
			continue
		}
		seen++
		for _, imp := range list {
			switch imp {
			case "net", "net/http", "os", "os/exec", "syscall", "unsafe":
				t.Errorf("%s imports %s", pkg, imp)
			}
		}
	}
	if seen == 0 {
		t.Error("there is no package that reads")
	}
}

// read gives the imports of every package, tests left out.
func read(t *testing.T) map[string][]string {
	t.Helper()
	const root = "../.."
	out := map[string][]string{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." && p != root || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(p))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(rel)
		out[pkg] = append(out[pkg], "")
		for _, imp := range file.Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			out[pkg] = append(out[pkg], name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg, list := range out {
		slices.Sort(list)
		out[pkg] = slices.DeleteFunc(slices.Compact(list), func(s string) bool { return s == "" })
	}
	return out
}
