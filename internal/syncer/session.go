package syncer

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/config"
	"postea/imapclient"
	"postea/internal/mail"
	"postea/internal/store"
)

// session is what the goroutine of an account knows of the server. The
// connection is replaced now and then; the rest lasts.
type session struct {
	client   *imapclient.Client // nil without connection
	near     bool               // one round trip more matters little
	selected mail.FolderID      // 0: none
	spoils   int                // how often this round had to reconnect
	admitted bool               // this process has signed in before
	refusals int                // what needed the user since then
	signedIn time.Time          // when this connection began
	settled  time.Time          // when the first round of this connection was done

	patience keepalive
	rounds   int
	thorough bool                               // this round looks at all flags
	asked    bool                               // somebody asked for the next round: it looks at them too
	counts   map[mail.FolderID]*imap.StatusData // of the list of this round
	unseen   map[mail.FolderID]int              // how many were counted before the last look
	seen     map[mail.FolderID]snapshot         // what the last pull found
	stale    map[mail.FolderID]bool             // to be pulled again: something has changed there
	trouble  map[mail.FolderID]int              // how often the connection was lost while it was pulled
	plain    map[mail.FolderID]bool             // to be pulled without asking for much at once
	noBody   map[mail.ID]bool                   // bodies not asked for again unless the user does

	thrown     bool // messages to be deleted for good have gone to Trash in this replay, and are deleted there
	unattended bool // a token was used up in the midst of other work, for changes only: look again

	lookedAt time.Time // when new mail was looked for last
	listed   imap.UID  // while the headers of INBOX come: the newest message of which that is known; 0: they do not

	bodyWindow int64   // bytes of bodies to ask for at once
	fatal      mail.ID // the last body at which the connection was lost

	alerts map[string]bool                // what the server wanted the user to see
	missed map[string]int                 // wire names of folders that the list left out, since which round; nil: the store knows
	passed map[mail.FolderID]passedFolder // folders that could not be read when they were due last

	searchLost bool // the connection was lost when a Message-ID was searched for

	partsLost map[mail.ID]int // how often the connection was lost when parts of a message were asked for
	wantLost  map[mail.ID]int // and when what the user waits for was, without that anything came
	fetching  bool            // a part is under way; another waits for its turn
}

// passedFolder says what is wrong with a folder.
type passedFolder struct {
	inbox bool
	words string
}

func newSession() session {
	return session{
		counts: map[mail.FolderID]*imap.StatusData{}, seen: map[mail.FolderID]snapshot{},
		stale: map[mail.FolderID]bool{}, trouble: map[mail.FolderID]int{}, plain: map[mail.FolderID]bool{}, noBody: map[mail.ID]bool{}, passed: map[mail.FolderID]passedFolder{}, unseen: map[mail.FolderID]int{}, alerts: map[string]bool{}, partsLost: map[mail.ID]int{}, wantLost: map[mail.ID]int{},
		bodyWindow: firstBodies,
	}
}

// snapshot is what SELECT says of a folder; another one means that something
// has changed.
type snapshot struct {
	exists  uint32
	uidNext imap.UID
	modSeq  uint64
}

func snapshotOf(d *imap.SelectData) snapshot {
	return snapshot{d.NumMessages, d.UIDNext, d.HighestModSeq}
}

const (
	maxBusy  = 5           // INBOX may look changed this often before it is waited for all the same
	farewell = time.Second // what the end of the program may wait for a server
)

// stay is the life of one connection: a round, then following INBOX.
func (a *Account) stay(ctx context.Context) error {
	if err := a.connect(ctx); err != nil {
		return err
	}
	if err := a.round(ctx); err != nil {
		return err
	}
	a.settled = time.Now()
	if _, err := a.client.Notify(ctx); err != nil {
		return err
	}
	for last, busy := time.Now(), 0; ; {
		a.lookAgain()
		a.setStatus(Status{Kind: Online, Text: a.misgiven()})
		waited, err := a.follow(ctx, busy >= maxBusy)
		if err != nil {
			return err
		}
		busy++
		if waited {
			busy = 0
		}
		if a.elsewhere(ctx) {
			last = time.Time{}
		}
		a.setStatus(Status{Kind: Syncing})
		select {
		case <-a.retry:
			clear(a.trouble)
			last, a.asked = time.Time{}, true
		default:
		}
		if time.Since(last) >= a.betweenRounds() {
			err = a.round(ctx)
			last = time.Now()
		} else {
			err = a.quickRound(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// lookAgain gives back a token that was used up for changes only.
func (a *Account) lookAgain() {
	if a.unattended {
		a.unattended = false
		a.Wake()
	}
}

// seldom is how many times less often all folders are looked at where the server
// tells of changes in any of them.
const seldom = 10

// betweenRounds is the time between two looks at everything.
func (a *Account) betweenRounds() time.Duration {
	if a.client != nil && a.client.Notified() {
		return seldom * a.pace.Round
	}
	return a.pace.Round
}

// elsewhere takes in what the server has told of folders that are not open, and
// reports whether everything must be looked at.
func (a *Account) elsewhere(ctx context.Context) (everything bool) {
	wires, all := a.client.Elsewhere()
	if len(wires) == 0 {
		return all
	}
	folders, err := a.store.Folders(ctx, a.profile.Name)
	if err != nil {
		return true
	}
	for _, wire := range wires {
		i := slices.IndexFunc(folders, func(f store.FolderState) bool { return f.Wire == wire })
		if i < 0 {
			return true // one we do not know yet
		}
		a.stale[folders[i].ID] = true
	}
	return all
}

// follow waits in IDLE on INBOX until there is news from the server or from the
// user, or something falls due. It does not wait where INBOX has changed since
// it was pulled, unless it must.
func (a *Account) follow(ctx context.Context, must bool) (waited bool, err error) {
	inbox, err := a.store.FolderByRole(ctx, a.profile.Name, mail.RoleInbox)
	if err != nil {
		return false, err
	}
	wait := min(a.patience.wait(), a.betweenRounds(), a.untilDue(ctx))
	if a.selected != inbox.ID {
		switch _, err := a.selectFolder(ctx, inbox); {
		case errors.Is(err, errRekeyed):
			return false, nil
		case refused(err):
			a.rest(ctx, wait)
			return true, ctx.Err()
		case err != nil:
			return false, err
		}
	}
	if a.stale[inbox.ID] && !must {
		return false, nil
	}
	began := time.Now()
	news, err := a.idle(ctx, wait)
	a.patience.learn(time.Since(began), ctx.Err() == nil && err != nil)
	if news {
		a.stale[inbox.ID] = true
	}
	return true, err
}

// rest is following without IDLE.
func (a *Account) rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-a.wake:
	case <-a.retry:
		a.SyncNow()
	case <-ctx.Done():
	}
}

// idle waits for the server or for a token. A token that came with the end of
// the wait is used up all the same: what follows looks at everything.
func (a *Account) idle(ctx context.Context, wait time.Duration) (news bool, err error) {
	// The end of the program does not wait for a server that says nothing.
	client := a.client
	defer context.AfterFunc(ctx, func() { time.AfterFunc(farewell, func() { client.Close() }) })()
	inner, stop := context.WithCancel(ctx)
	defer stop()
	woken := make(chan struct{})
	go func() {
		defer close(woken)
		select {
		case <-a.wake:
		case <-a.retry:
			a.SyncNow()
		case <-inner.Done():
		}
		stop()
	}()
	news, err = client.Idle(inner, wait)
	stop()
	<-woken
	if errors.Is(err, context.Canceled) && ctx.Err() == nil {
		if client.Alive() {
			return news, nil
		}
		return false, &imapclient.Error{Op: "IDLE", Kind: imapclient.KindTimeout, Err: errors.New("the server does not end IDLE")}
	}
	return news, err
}

// untilDue is how long nothing of the outbox falls due for this account.
func (a *Account) untilDue(ctx context.Context) time.Duration {
	next := a.nextReconcile(ctx)
	if at, err := a.store.NextFollowUp(ctx, a.profile.Name); err == nil && !at.IsZero() && (next.IsZero() || at.Before(next)) {
		next = at
	}
	if at, err := a.store.NextDraft(ctx, a.profile.Name); err == nil && !at.IsZero() && a.profile.Drafts != "local" && (next.IsZero() || at.Before(next)) {
		next = at
	}
	if next.IsZero() {
		return longestKeep
	}
	return max(next.Sub(a.now()), 250*time.Millisecond)
}

func (a *Account) connect(ctx context.Context) error {
	a.setStatus(Status{Kind: Connecting, Text: a.Status().Text}) // what went wrong stays until it is mended
	o := ClientOptions(a.profile)
	o.Timeouts, o.Alert = a.timeouts, a.alert
	began := time.Now()
	c, err := imapclient.Connect(ctx, o)
	if err != nil {
		return err
	}
	a.client, a.selected, a.near = c, 0, time.Since(began) < a.pace.Near
	a.admitted, a.refusals, a.signedIn = true, 0, time.Now()
	a.log.Debug("signed in", "server", o.Dial.Host, "port", o.Dial.Port, "tls", o.Dial.TLS, "took", time.Since(began).Round(time.Millisecond))
	another, err := a.store.SetMailbox(ctx, a.profile.Name, Mailbox(a.profile.IMAP))
	if another {
		a.log.Info("the account has another mailbox than before")
	}
	return err
}

// Mailbox names whose mail it is. The port matters only where the other end of a tunnel
// decides about that.
func Mailbox(s config.Server) string {
	host := strings.ToLower(s.Host)
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		host = net.JoinHostPort(host, strconv.Itoa(s.Port))
	}
	return s.Username + "@" + host
}

// maxSpoils bounds the reconnects of one round: a server that cannot be read at
// all is left alone for a while.
const maxSpoils = 50

// reconnect replaces a connection that an odd answer has spoiled.
func (a *Account) reconnect(ctx context.Context, cause error) error {
	if a.spoils++; a.spoils > maxSpoils {
		return cause
	}
	a.client.Close()
	a.client, a.selected = nil, 0
	if err := a.connect(ctx); err != nil {
		return err
	}
	a.setStatus(Status{Kind: Syncing})
	return nil
}

func (a *Account) hangUp() {
	if a.client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	if a.client.Alive() {
		_ = a.client.Logout(ctx) // a courtesy
	}
	a.client.Close()
	a.client, a.selected = nil, 0
}
