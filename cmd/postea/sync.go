package main

import (
	"errors"

	"github.com/spf13/cobra"

	"postea/internal/app"
	"postea/internal/owner"
)

func (e *env) syncCommand() *cobra.Command {
	var watch bool
	c := &cobra.Command{
		Use:   "sync",
		Short: "Bring store and servers in line once, or stay and follow",
		Long: `Do one round for every account: send what is due, carry local changes to the
server, fetch what is new. With --watch stay as the owner of the data directory
until interrupted; other postea processes then only show and record. It tells on
standard error what keeps an account from being synced, and which changes a server
would not make: those are taken back.

With --account it is about that account only, except that --watch sends for all:
others leave that to it.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			a, err := e.openToTalk(c.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			if watch {
				e.memory.stay()
				go a.Trouble(c.Context(), func(err error) { e.say("%v", err) })
				err := a.Follow(c.Context(), e.account)
				if errors.Is(err, owner.ErrHeld) {
					return &exitError{exTempFail, err}
				}
				return err
			}
			refusals := a.Refusals()
			mine, err := a.DeliverDue(c.Context(), e.account)
			if err == nil && mine {
				mine, err = a.Sync(c.Context(), e.account)
				for _, r := range refusals() {
					e.say("%v", r)
				}
				for _, p := range a.PassedOver(e.account) {
					e.say("%v", p)
				}
				if blocked, err := a.Blocked(c.Context(), e.account); err == nil {
					for _, b := range blocked {
						e.say("%v", b)
					}
				}
			}
			if err != nil {
				return &exitError{worst(err), err}
			}
			if !mine {
				if err := a.SyncNow(); errors.Is(err, app.ErrOwnerSilent) {
					return &exitError{exTempFail, err}
				} else if err != nil {
					return err
				}
				e.say("another postea looks after this data directory and was told to sync")
			}
			return nil
		},
	}
	c.Flags().BoolVar(&watch, "watch", false, "stay as the owner, sending and syncing")
	return c
}

// worst is the highest exit code among joined errors: the one that needs the
// user most.
func worst(err error) int {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return codeOf(err)
	}
	code := 0
	for _, e := range joined.Unwrap() {
		code = max(code, codeOf(e))
	}
	return code
}
