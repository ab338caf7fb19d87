package palette

import "postea/tui/keys"

// also gives the words by which other programs call an action: whoever types
// them means it, and not what has their letters by chance.
func also(a keys.Action) string {
	switch a {
	case keys.Star:
		return "flag"
	case keys.Labels:
		return "tag keyword"
	case keys.Redirect:
		return "bounce resend"
	case keys.EditAsNew:
		return "resend"
	case keys.Junk:
		return "spam"
	case keys.Delete:
		return "trash remove"
	case keys.MoveTo:
		return "mv file"
	case keys.CopyTo:
		return "cp"
	case keys.Unread:
		return "unread read seen"
	case keys.Filter:
		return "limit"
	case keys.Sync:
		return "check mail fetch refresh"
	case keys.LeaveList:
		return "unsubscribe"
	case keys.RunRules:
		return "filters apply"
	case keys.MakeRule:
		return "filter always"
	case keys.ForgetRule:
		return "filter remove"
	case keys.Continue:
		return "recall resume"
	case keys.Remind:
		return "follow up"
	case keys.Save:
		return "download"
	case keys.Pictures:
		return "images"
	case keys.SendLater:
		return "schedule"
	case keys.Quit:
		return "exit"
	}
	return ""
}
