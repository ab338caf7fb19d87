package app

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"postea/internal/mail"
	"postea/internal/picture"
	"postea/internal/reading"
	"postea/internal/web"
)

const (
	maxPictures     = 24      // of a message that are shown
	maxWebPicture   = 4 << 20 // bytes of one that is fetched
	webPicturesOnce = 4       // fetched side by side
	pictureLimit    = 1600    // pixels that are kept of the longer side
)

// Picture is a picture of a message, reduced for a terminal.
type Picture struct {
	Source     string // as reading.LayoutOptions.Pictures is asked for it; "" for a file that the text does not show
	Attachment int    // the Index of the Attachment; 0 for one of the web
	Image      *picture.Picture
}

// Pictures are what a message has to show beside words.
type Pictures struct {
	List     []Picture
	Web      int    // pictures of the web that were not fetched
	Counters []Text // hosts of pictures that only count who reads, and are never fetched
	Always   bool   // the user wants to see the pictures of this sender
	Never    bool   // by the configuration, none is fetched
	Failed   Text   // why some of the web did not come; empty where none failed
}

// Pictures gives the pictures that a message brings with it. Those of the web
// are fetched only if fetch says so or the user has allowed it for the sender,
// and only as the configuration lets them.
func (a *App) Pictures(ctx context.Context, id mail.ID, fetch bool) (Pictures, error) {
	m, sum, err := a.Readable(ctx, id)
	if err != nil {
		return Pictures{}, err
	}
	out := Pictures{Never: a.cfg.Reading.WebPictures == "never"}
	for _, host := range m.Counters() {
		out.Counters = append(out.Counters, reading.Line(host))
	}
	if out.Always, err = a.picturesAllowed(ctx, m); err != nil {
		return out, err
	}
	var far []string
	seen := map[int]bool{}
	add := func(source string, at reading.Attachment) {
		seen[at.Index] = true
		if ctx.Err() != nil || len(out.List) >= maxPictures {
			return
		}
		if img, err := picture.Decode(m.Open(at), pictureLimit); err == nil {
			out.List = append(out.List, Picture{source, at.Index, img})
		}
	}
	for _, p := range m.Pictures() {
		if p.Attachment == 0 {
			far = append(far, p.Source)
			continue
		}
		add(p.Source, m.Attachments[p.Attachment-1])
	}
	for _, at := range m.Attachments {
		if strings.HasPrefix(at.Type, "image/") && !seen[at.Index] {
			add("", at)
		}
	}
	if out.Web = len(far); out.Web == 0 || out.Never || !fetch && !out.Always {
		return out, ctx.Err()
	}
	o := a.web
	if acc, ok := a.cfg.Account(sum.Account); ok {
		o.Proxy = acc.IMAP.Proxy
	}
	fetchPictures(ctx, &out, far, o)
	return out, ctx.Err()
}

// fetchPictures asks the web for pictures. What does not come is told once.
func fetchPictures(ctx context.Context, out *Pictures, sources []string, o web.Options) {
	sources = sources[:min(len(sources), maxPictures)]
	got := make([]*picture.Picture, len(sources))
	errs := make([]error, len(sources))
	turns := make(chan struct{}, webPicturesOnce)
	var group sync.WaitGroup
	for i, source := range sources {
		group.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			var data []byte
			if data, errs[i] = web.Get(ctx, source, maxWebPicture, o); errs[i] == nil {
				got[i], errs[i] = picture.Decode(bytes.NewReader(data), pictureLimit)
			}
		})
	}
	group.Wait()
	failed := 0
	var why error
	for i, img := range got {
		if img == nil {
			failed, why = failed+1, errs[i]
			continue
		}
		out.Web--
		out.List = append(out.List, Picture{Source: sources[i], Image: img})
	}
	if failed > 0 {
		out.Failed = reading.Line(fmt.Sprintf("%d of %d pictures did not come: %v", failed, len(sources), why))
	}
}

// The decision about a sender is kept with what was learned of servers, under a
// name that no server has.
const (
	sendersDecisions = "senders "
	picturesDecision = "pictures"
	forever          = time.Duration(math.MaxInt64)
)

func (a *App) picturesAllowed(ctx context.Context, m *reading.Message) (bool, error) {
	if len(m.Header.From) != 1 {
		return false, nil
	}
	v, err := a.store.Learned(ctx, sendersDecisions+strings.ToLower(m.Header.From[0].Address), picturesDecision, forever)
	return v == "yes", err
}

// AllowPictures remembers whether pictures of the web are fetched for every
// message of the sender of this one. Anybody can write any address into From, so
// it means no more than that: it never says that a message is genuine.
func (a *App) AllowPictures(ctx context.Context, id mail.ID, yes bool) error {
	m, _, err := a.Readable(ctx, id)
	if err != nil {
		return err
	}
	if len(m.Header.From) != 1 {
		return &UsageError{"this message names no single sender"}
	}
	value := map[bool]string{true: "yes", false: "no"}[yes]
	return a.store.Learn(ctx, sendersDecisions+strings.ToLower(m.Header.From[0].Address), picturesDecision, value)
}
