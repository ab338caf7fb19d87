package web

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestGet(t *testing.T) {
	var got []*http.Request
	target, o := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r)
		if r.URL.Path == "/leave" {
			http.SetCookie(w, &http.Cookie{Name: "reader", Value: "ada"})
			http.Redirect(w, r, "/picture", http.StatusFound)
			return
		}
		_, _ = w.Write([]byte("pixels"))
	})
	data, err := Get(t.Context(), target, 100, o)
	if err != nil || string(data) != "pixels" || len(got) != 2 {
		t.Fatalf("%q, %v, %d requests", data, err, len(got))
	}
	for _, r := range got {
		for _, name := range []string{"Cookie", "Referer", "User-Agent", "Accept-Language"} {
			if v := r.Header.Get(name); v != "" {
				t.Errorf("%s: %s", name, v)
			}
		}
	}
	if _, err := Get(t.Context(), target, 3, o); !errors.Is(err, ErrTooLarge) {
		t.Errorf("more than was asked for: %v", err)
	}
}

func TestGetIsRefused(t *testing.T) {
	asked := 0
	target, o := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		switch r.URL.Path {
		case "/leave":
			http.Redirect(w, r, "http://"+r.Host+"/clear", http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	})
	base := strings.TrimSuffix(target, "/leave?r=ada")
	for path, most := range map[string]int{"/leave": 1, "/round": maxRedirects + 1, "/nothing": 1} {
		asked = 0
		if _, err := Get(t.Context(), base+path, 100, o); !isRefused(err) || asked > most {
			t.Errorf("%s: %v after %d requests", path, err, asked)
		}
	}
	for _, bad := range []string{"ftp://x.example/", "https://a:b@x.example/", "file:///etc/passwd", "https:///", "::", "http://x.example:8080/"} {
		if _, err := Get(t.Context(), bad, 100, o); err == nil {
			t.Errorf("%s was asked", bad)
		}
	}
	o.Private, asked = false, 0
	if _, err := Get(t.Context(), target, 100, o); !errors.Is(err, ErrPrivate) || asked > 0 {
		t.Errorf("the own network: %v after %d requests", err, asked)
	} else if strings.Contains(err.Error(), "r=ada") {
		t.Errorf("the error names the reader: %v", err)
	}
}

func isRefused(err error) bool {
	_, ok := errors.AsType[*RefusedError](err)
	return ok
}
