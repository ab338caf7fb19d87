package app

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"postea/internal/web"
)

// Nothing is fetched until somebody says so, once or for a sender; and never
// where the configuration says never.
func TestPictures(t *testing.T) {
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if strings.HasPrefix(r.URL.Path, "/gone") {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(file.Bytes())
	}))
	t.Cleanup(srv.Close)
	raw := "From: bob@y.example\nSubject: s\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n" +
		fmt.Sprintf(`<p>x<img src="cid:a@b"><img src="%s/one.png" alt="one"><img src="%s/gone.png"><img src="%s/count.gif" width=1 height=1>`, srv.URL, srv.URL, srv.URL) +
		"\n--b\nContent-Type: image/png\nContent-ID: <a@b>\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString(file.Bytes()) +
		"\n--b\nContent-Type: image/png\nContent-Disposition: attachment; filename=loose.png\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString(file.Bytes()) +
		"\n--b\nContent-Type: image/png\n\nno picture\n--b--\n"
	a, ids := holding(t, raw)
	get := func(fetch bool) Pictures {
		t.Helper()
		p, err := a.Pictures(t.Context(), ids[0], fetch)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := get(false)
	if len(p.List) != 2 || p.List[0].Source != "cid:a@b" || p.List[0].Attachment != 1 || p.List[1].Source != "" || p.List[1].Attachment != 2 {
		t.Errorf("embedded are %+v", p.List)
	}
	if p.Web != 2 || len(p.Counters) != 1 || p.Counters[0].String() != "127.0.0.1" || asked.Load() != 0 {
		t.Errorf("%d on the web, counted by %v, %d requests", p.Web, p.Counters, asked.Load())
	}
	if p = get(true); len(p.List) != 2 || asked.Load() != 0 || !strings.Contains(p.Failed.String(), "not a public one") {
		t.Errorf("of the own network: %d pictures, %d requests, %s", len(p.List), asked.Load(), p.Failed)
	}

	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	a.web = web.Options{Roots: roots, Private: true}
	if p = get(true); len(p.List) != 3 || p.List[2].Source != srv.URL+"/one.png" || p.Web != 1 || asked.Load() != 2 || !strings.HasPrefix(p.Failed.String(), "1 of 2") {
		t.Errorf("fetched: %d pictures, %d left, %d requests, %s", len(p.List), p.Web, asked.Load(), p.Failed)
	}
	if p = get(false); len(p.List) != 2 || asked.Load() != 2 {
		t.Error("once was not once")
	}
	allow := func(yes bool) {
		t.Helper()
		if err := a.AllowPictures(t.Context(), ids[0], yes); err != nil {
			t.Fatal(err)
		}
	}
	allow(true)
	if p = get(false); !p.Always || len(p.List) != 3 {
		t.Errorf("of an allowed sender: %+v", p)
	}
	allow(false)
	if p = get(false); p.Always || len(p.List) != 2 {
		t.Errorf("no longer allowed: %+v", p)
	}
	allow(true)
	before := asked.Load()
	a.cfg.Reading.WebPictures = "never"
	if p = get(true); !p.Never || len(p.List) != 2 || asked.Load() != before {
		t.Errorf("never: %+v", p)
	}
}
