package tui

import (
	"context"
	"fmt"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/event"
	"postea/tui/nav"
)

// How a notice reaches the desktop.
const (
	noticeOff    = "off"
	noticeSystem = "system"
	noticeOSC9   = "osc9"   // iTerm2, WezTerm, Ghostty, Windows Terminal
	noticeOSC99  = "osc99"  // kitty's protocol, foot too
	noticeOSC777 = "osc777" // urxvt
)

// noticeWay chooses by what is configured and what the terminal says of itself.
func noticeWay(configured string, getenv func(string) string) string {
	if configured == noticeOff || configured == noticeSystem {
		return configured
	}
	term, program := getenv("TERM"), strings.ToLower(getenv("TERM_PROGRAM"))
	switch {
	case getenv("TMUX") != "" || strings.HasPrefix(term, "screen"):
		// What stands around it is not known, and it passes nothing on by itself.
	case strings.Contains(term, "kitty"), strings.HasPrefix(term, "foot"):
		return noticeOSC99
	case strings.HasPrefix(term, "rxvt"):
		return noticeOSC777
	case program == "iterm.app", program == "wezterm", program == "ghostty", getenv("WT_SESSION") != "", strings.Contains(term, "ghostty"):
		return noticeOSC9
	}
	if configured == "terminal" {
		return noticeOSC9
	}
	return noticeSystem
}

// sequence writes a notice for the terminal. Text is safe for a screen and so
// holds no control characters; what would part the fields is taken out.
func sequence(way string, n app.Announcement) string {
	title, body := n.Title.String(), n.Body.String()
	switch way {
	case noticeOSC9:
		// ConEmu and its heirs take "4;" and the like for commands of their own.
		return "\x1b]9;" + strings.TrimLeft(title+": "+body, "0123456789; ") + "\x1b\\"
	case noticeOSC99:
		return fmt.Sprintf("\x1b]99;i=postea:d=0:a=focus;%s\x1b\\\x1b]99;i=postea:d=1:p=body;%s\x1b\\", title, body)
	case noticeOSC777:
		return "\x1b]777;notify;" + strings.ReplaceAll(title, ";", ",") + ";" + body + "\x1b\\"
	}
	return ""
}

// announceMsg brings a notice of new mail.
type announceMsg struct {
	notice app.Announcement
	err    error
}

func (r *Root) announce(e event.Arrived) nav.Cmd {
	return r.ask.Run(func(ctx context.Context) tea.Msg {
		n, err := r.backend.Announce(ctx, e)
		return announceMsg{n, err}
	})
}

// announced shows a notice, unless these are quiet hours.
func (r *Root) announced(msg announceMsg) nav.Cmd {
	if msg.err != nil || msg.notice.Quiet {
		return nav.Failed(msg.err)
	}
	var cmds []nav.Cmd
	switch way := r.notices; way {
	case noticeOff:
	case noticeSystem:
		cmds = append(cmds, r.ask.Run(func(ctx context.Context) tea.Msg {
			if err := r.backend.NotifySystem(ctx, msg.notice); err != nil {
				return err
			}
			return nil
		}))
	default:
		cmds = append(cmds, nav.Later(tea.Raw(sequence(way, msg.notice))))
	}
	if r.options.Bell {
		cmds = append(cmds, nav.Later(tea.Raw("\a")))
	}
	return nav.Batch(cmds...)
}

func environment(getenv func(string) string) func(string) string {
	if getenv == nil {
		return os.Getenv
	}
	return getenv
}
