package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Leave asks the server of a list to take the reader off it (RFC 8058 §3.2). The
// error is a *RefusedError where the server said no, and wraps ErrPrivate where
// it is none that may be asked.
func Leave(ctx context.Context, target string, o Options) error {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return errors.New("the list gives no https address for leaving it")
	}
	o = o.filled()
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader("List-Unsubscribe=One-Click"))
	if err != nil {
		return fmt.Errorf("leaving the list: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("User-Agent", "")
	client := &http.Client{
		Transport: o.transport(),
		// RFC 8058 §3.1: the server must not redirect. To follow would be to ask
		// somebody whom the message does not name.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return asking(u, err)
	}
	defer func() { _ = resp.Body.Close() }()
	// What it says is for a browser; only the code counts.
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return &RefusedError{u.Hostname(), resp.StatusCode}
	}
	return nil
}
