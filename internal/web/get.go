package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

const maxRedirects = 5

// Get fetches what a URL names, of at most limit bytes, over https; a URL with
// http is asked for over https too. The error wraps ErrPrivate or ErrTooLarge,
// or is a *RefusedError.
func Get(ctx context.Context, target string, limit int64, o Options) ([]byte, error) {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil {
		return nil, errors.New("this is no address on the web")
	}
	if u.Scheme == "http" && u.Port() != "" && u.Port() != "80" {
		return nil, errors.New("this address cannot be asked over https")
	} else if u.Scheme == "http" {
		u.Scheme, u.Host = "https", u.Hostname()
	}
	o = o.filled()
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("asking for it: %w", err)
	}
	req.Header.Set("User-Agent", "")
	req.Header.Set("Accept", "image/*")
	client := &http.Client{
		Transport: o.transport(),
		CheckRedirect: func(next *http.Request, before []*http.Request) error {
			if next.URL.Scheme != "https" || len(before) > maxRedirects {
				return http.ErrUseLastResponse
			}
			next.Header.Del("Referer")
			return nil
		},
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, asking(u, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, &RefusedError{u.Hostname(), resp.StatusCode}
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, asking(u, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("what %s gave: %w", u.Hostname(), ErrTooLarge)
	}
	return data, nil
}
