package discover

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

const (
	maxDocument = 256 << 10
	maxServers  = 20
	maxRedirect = 3
	maxUsername = 320
)

// document fetches a document and takes the settings for who from it.
func (f Finder) document(ctx context.Context, at string, who person, source Source) (Found, error) {
	data, err := f.fetch(ctx, at)
	if err != nil {
		return Found{}, err
	}
	found, err := parseDocument(data, who)
	if err != nil {
		return Found{}, err
	}
	found.Source, found.Where = source, hostOf(at)
	if source == Collection {
		found.Where = who.domain
	}
	return found, nil
}

func hostOf(at string) string {
	u, err := url.Parse(at)
	if err != nil {
		return at
	}
	return u.Hostname()
}

func (f Finder) fetch(ctx context.Context, at string) ([]byte, error) {
	client := http.Client{}
	if f.Client != nil {
		client = *f.Client
	}
	client.Jar = nil
	client.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		switch {
		case r.URL.Scheme != "https":
			return errors.New("it leads to a page without TLS")
		case len(via) > maxRedirect:
			return errors.New("it leads from page to page")
		}
		return nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, err
	}
	if req.URL.Scheme != "https" {
		return nil, errors.New("only https is asked")
	}
	req.Header.Set("Accept", "text/xml, application/xml")
	req.Header.Set("User-Agent", "postea")
	resp, err := client.Do(req)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err // without the method and the address again
		}
		return nil, err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound, http.StatusGone:
		return nil, errNothing
	default:
		return nil, fmt.Errorf("it answered %d", resp.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxDocument+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxDocument {
		return nil, fmt.Errorf("the document is larger than %d KiB", maxDocument>>10)
	}
	return data, nil
}

// clientConfig is version 1.1 of the format of Mozilla's autoconfig.
type clientConfig struct {
	Providers []struct {
		ID       string         `xml:"id,attr"`
		Name     string         `xml:"displayName"`
		Incoming []serverConfig `xml:"incomingServer"`
		Outgoing []serverConfig `xml:"outgoingServer"`
	} `xml:"emailProvider"`
}

type serverConfig struct {
	Type     string   `xml:"type,attr"`
	Host     string   `xml:"hostname"`
	Port     string   `xml:"port"`
	Socket   string   `xml:"socketType"`
	Username string   `xml:"username"`
	Auth     []string `xml:"authentication"`
}

// parseDocument takes the servers out of a document. Those that cannot be
// trusted or used are left out; none being left is an error that says why.
func parseDocument(data []byte, who person) (Found, error) {
	if len(data) > maxDocument {
		return Found{}, fmt.Errorf("the document is larger than %d KiB", maxDocument>>10)
	}
	if hasDeclaration(data) {
		return Found{}, errors.New("the document defines entities, which no honest one does")
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = charsetReader
	var doc clientConfig
	if err := d.Decode(&doc); err != nil {
		return Found{}, fmt.Errorf("it is no autoconfig document: %w", err)
	}
	var found Found
	var refused []string
	for _, p := range doc.Providers {
		if found.Provider == "" {
			found.Provider = strings.TrimSpace(p.Name)
		}
		for _, c := range p.Incoming {
			if c.Type != "imap" {
				refused = append(refused, "it has "+clip(c.Type)+", not IMAP")
				continue
			}
			s, why := c.server(who)
			if why != "" {
				refused = append(refused, why)
			} else if len(found.IMAP) < maxServers {
				found.IMAP = append(found.IMAP, s)
			}
		}
		for _, c := range p.Outgoing {
			s, why := c.server(who)
			if why != "" {
				refused = append(refused, why)
			} else if len(found.SMTP) < maxServers {
				found.SMTP = append(found.SMTP, s)
			}
		}
	}
	if len(found.IMAP) == 0 {
		if len(refused) > 0 {
			return Found{}, fmt.Errorf("it names no server that can be used: %s", refused[0])
		}
		return Found{}, errors.New("it names no server")
	}
	found.IMAP, found.SMTP = sortServers(found.IMAP), sortServers(found.SMTP)
	found.oauthOf()
	return found, nil
}

// hasDeclaration tells of a document type with an internal subset, the only
// place where entities are defined (XML 1.0 §4.2).
func hasDeclaration(data []byte) bool {
	upper := bytes.ToUpper(data)
	return bytes.Contains(upper, []byte("<!ENTITY")) || bytes.Contains(upper, []byte("<!ELEMENT"))
}

func charsetReader(label string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8", "utf8", "us-ascii", "ascii":
		return in, nil
	case "iso-8859-1", "latin1", "windows-1252":
		return charmap.Windows1252.NewDecoder().Reader(in), nil
	case "iso-8859-15":
		return charmap.ISO8859_15.NewDecoder().Reader(in), nil
	case "iso-8859-2":
		return charmap.ISO8859_2.NewDecoder().Reader(in), nil
	}
	return nil, fmt.Errorf("its character set %q is not known", clip(label))
}

// server checks one server of a document; why says what is wrong with it.
func (c serverConfig) server(who person) (s Server, why string) {
	host := strings.ToLower(strings.TrimSpace(c.Host))
	host = strings.ReplaceAll(host, "%emaildomain%", who.domain)
	if !hostName(host) {
		return s, fmt.Sprintf("%q is no name of a server", clip(host))
	}
	port, ok := portOf(strings.TrimSpace(c.Port))
	if !ok {
		return s, fmt.Sprintf("%q is no port", clip(c.Port))
	}
	s = Server{Host: host, Port: port}
	switch strings.ToUpper(strings.TrimSpace(c.Socket)) {
	case "SSL", "TLS":
		s.TLS = "implicit"
	case "STARTTLS":
		s.TLS = "starttls"
	default:
		return s, host + " is without TLS"
	}
	for _, a := range c.Auth {
		switch strings.ToLower(strings.TrimSpace(a)) {
		case "password-cleartext", "plain", "password-encrypted", "secure":
			s.Password = true
		case "oauth2":
			s.OAuth = true
		}
	}
	if !s.Password && !s.OAuth {
		return s, host + " has no way to sign in that is known here"
	}
	s.Username = who.username(c.Username)
	return s, ""
}

// username fills in the placeholders; what cannot be filled in gives the address.
func (p person) username(pattern string) string {
	pattern = strings.TrimSpace(pattern)
	name := strings.NewReplacer("%EMAILADDRESS%", p.address, "%EMAILLOCALPART%", p.local, "%EMAILDOMAIN%", p.domain).Replace(pattern)
	rest := strings.NewReplacer("%EMAILADDRESS%", "", "%EMAILLOCALPART%", "", "%EMAILDOMAIN%", "").Replace(pattern)
	odd := strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f })
	if name == "" || len(name) > maxUsername || odd || strings.Contains(rest, "%") {
		return p.address
	}
	return name
}

// clip makes a piece of a document fit into a message.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
