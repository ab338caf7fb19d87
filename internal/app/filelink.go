package app

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// FileLink is the address of a file here, for a terminal that opens what is
// clicked and lets it be dragged: with the name of this machine, because the
// terminal may stand before another one, and nothing in it that is not printable
// ASCII. It is "" for a path that is not absolute.
func FileLink(path string) string {
	if !filepath.IsAbs(path) {
		return ""
	}
	host, err := os.Hostname()
	if err != nil {
		host = ""
	}
	return fileURL(host, filepath.ToSlash(path))
}

// fileURL writes a file URL (RFC 8089 §2).
func fileURL(host, path string) string {
	if strings.Trim(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" {
		host = "" // a name that no URL can hold: then it is this machine
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive of Windows
	}
	return "file://" + host + (&url.URL{Path: path}).EscapedPath()
}
