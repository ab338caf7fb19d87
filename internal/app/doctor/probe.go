package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"postea/config"
	"postea/imapclient"
	"postea/internal/dial"
	"postea/internal/mail"
	"postea/internal/outbox"
	"postea/internal/syncer"
	"postea/internal/transcript"
	"postea/smtpclient"
)

// Service is what a log-in to one server of an account has shown.
type Service struct {
	Name    string // imap, smtp, or domain
	Server  string // host:port
	TLS     string // "TLS 1.3"; "" for none
	Took    time.Duration
	Offers  []string // capabilities, sorted
	Folders []string // roles that were found, and under which names: "sent: Sent Items"
	MaxSize int64    // of a message; 0: not said
	Used    int64    // of the room of the mailbox, in bytes
	Room    int64    // 0: not said
	Means   []string // what Offers mean to who reads and sends, a line each
	Advice  []string // what to do about what was found, a line each

	Certificates []Certificate // as shown in the handshake; none without TLS
	// Skew is how far the clock of this machine is behind the server's, where the
	// server has told the time: SkewKnown. Seconds do not count.
	Skew      time.Duration
	SkewKnown bool

	CertificateEnds time.Time // zero without TLS
	Err             error     // nil: signed in
	Text            string    // what Err means and what to do, one line

	selectors []string  // of DKIM signatures on the user's own mail
	newest    time.Time // when the newest message reached the server, by its clock
}

// probeTimeout bounds a log-in that is only a test: nobody waits minutes for it. Where the
// secret cannot be had, that comes first, and the server is not said to be silent.
const probeTimeout = config.SecretTimeout + 15*time.Second

// Probe signs in to the servers of an account, IMAP first, and tells what they
// offer. It needs no open data directory and changes nothing.
func Probe(ctx context.Context, acc config.Account) []Service { return probe(ctx, acc, false) }

// ProbeEither is Probe that signs in once more by STARTTLS where a port for TLS from the
// first byte turns out to be none. instead is asked for each such service, and may refuse.
func ProbeEither(ctx context.Context, acc config.Account, instead func(service string) bool) []Service {
	found := Probe(ctx, acc)
	again := false
	for _, s := range found {
		at := &acc.IMAP
		if s.Name == "smtp" {
			at = &acc.SMTP
		}
		if s.InClear() && at.TLS == "implicit" && instead(s.Name) {
			at.TLS, again = "starttls", true
		}
	}
	if again {
		found = Probe(ctx, acc)
	}
	return found
}

// Diagnose is Probe that looks further: at the clock, and at what the DNS says
// about mail from the domain, which is the last Service. A nil resolver is the
// system's, which is not asked for an account behind a proxy: it would go past it.
func Diagnose(ctx context.Context, acc config.Account, r TXTResolver) []Service {
	out := probe(ctx, acc, true)
	if r == nil && acc.Proxy() != "" {
		r = pastProxy{}
	}
	var selectors []string
	for _, s := range out {
		selectors = append(selectors, s.selectors...)
	}
	return append(out, Domain(ctx, acc.Address, selectors, r))
}

// pastProxy answers nothing.
type pastProxy struct{}

var errPastProxy = errors.New("name servers would be asked past the proxy of the account")

func (pastProxy) LookupTXT(context.Context, string) ([]string, error) { return nil, errPastProxy }

func probe(ctx context.Context, acc config.Account, further bool) []Service {
	var out []Service
	var group sync.WaitGroup
	for _, p := range []struct {
		name string
		at   config.Server
	}{{"imap", acc.IMAP}, {"smtp", acc.SMTP}} {
		if p.at.Host != "" {
			out = append(out, Service{Name: p.name, Server: net.JoinHostPort(p.at.Host, strconv.Itoa(p.at.Port))})
		}
	}
	for i := range out {
		f := probeSMTP
		if out[i].Name == "imap" {
			f = func(ctx context.Context, acc config.Account, s *Service) error {
				return probeIMAP(ctx, acc, s, further)
			}
		}
		group.Go(func() {
			limit, cancel := context.WithTimeout(ctx, probeTimeout)
			defer cancel()
			began := time.Now()
			out[i].Err = f(limit, acc, &out[i])
			out[i].Took = time.Since(began)
			if out[i].Err != nil {
				out[i].Text = explainProbe(acc, out[i].Name, out[i].Err)
				return
			}
			out[i].advise(time.Now())
		})
	}
	group.Wait()
	return out
}

func probeIMAP(ctx context.Context, acc config.Account, s *Service, further bool) error {
	c, err := imapclient.Connect(ctx, syncer.ClientOptions(acc))
	if err != nil {
		return err
	}
	defer c.Close()
	if st, ok := c.TLSState(); ok {
		s.tls(st)
	}
	for name := range c.Caps() {
		s.Offers = append(s.Offers, string(name))
	}
	slices.Sort(s.Offers)
	list, err := c.List(ctx)
	if err != nil {
		return err
	}
	for _, role := range mail.Roles() {
		for _, m := range list {
			if m.Role == role {
				s.Folders = append(s.Folders, fmt.Sprintf("%s: %s", role, m.Name))
			}
		}
	}
	q, err := c.Quota(ctx)
	if err != nil {
		return err
	}
	s.Used, s.Room = q.Used, q.Room
	s.Means = imapMeans(s.Offers)
	if further {
		s.lookAtInbox(ctx, c, acc.Address)
	}
	_ = c.Logout(ctx) // a courtesy
	return nil
}

func probeSMTP(ctx context.Context, acc config.Account, s *Service) error {
	o := outbox.ClientOptions(acc)
	o.Trace = func(l transcript.Line) {
		if at, ok := toldTime(l.Text); ok && l.From == transcript.Server && !s.SkewKnown {
			s.Skew, s.SkewKnown = skew(at, l.At), true
		}
	}
	c, err := smtpclient.Connect(ctx, o)
	if err != nil {
		return err
	}
	defer c.Close()
	if st, ok := c.TLSState(); ok {
		s.tls(st)
	}
	caps := c.Capabilities()
	s.Offers, s.MaxSize = caps.Keywords(), caps.MaxSize()
	slices.Sort(s.Offers)
	s.Means = smtpMeans(s.Offers)
	_ = c.Quit(ctx) // a courtesy
	return nil
}

func (s *Service) tls(st tls.ConnectionState) {
	s.TLS = tls.VersionName(st.Version)
	s.Certificates = certificatesOf(st.PeerCertificates)
	if len(st.PeerCertificates) > 0 {
		s.CertificateEnds = st.PeerCertificates[0].NotAfter
	}
}

func explainProbe(acc config.Account, service string, err error) string {
	var sm *smtpclient.Error
	var d *dial.Error
	var secret *config.SecretError
	switch {
	case errors.Is(err, context.Canceled):
		return "it was broken off before the server had answered"
	case errors.As(err, &d), errors.As(err, &secret):
		return syncer.Explain(acc, err)
	case service == "smtp" && errors.As(err, &sm):
		text := sm.Explain()
		if sm.Text != "" {
			text += fmt.Sprintf(" The server says: %d %s", sm.Code, sm.Text)
		}
		return text
	}
	return syncer.Explain(acc, err)
}

// InClear says that the server was expected to speak TLS from the first byte and
// did not: its port is one for STARTTLS.
func (s Service) InClear() bool {
	var record tls.RecordHeaderError
	return errors.As(s.Err, &record)
}

// Pin gives the key of a server whose certificate cannot be verified, as it is
// written into the configuration; "" where that is not what is wrong.
func (s Service) Pin() string {
	var d *dial.Error
	if errors.As(s.Err, &d) && d.Kind == dial.KindCertificate {
		return d.Pin
	}
	return ""
}
