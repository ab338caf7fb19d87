package reading

import (
	"net/url"
	"slices"
	"strings"
)

// Tracking names the parameters of the URL that tell the sender, or somebody
// else, who has opened it; nil for none. Those of one family stand as utm_*.
func (l Link) Tracking() []string {
	_, query, ok := strings.Cut(l.Shown, "?")
	if !ok || strings.HasPrefix(l.Shown, "mailto:") {
		return nil
	}
	query, _, _ = strings.Cut(query, "#")
	var names []string
	for pair := range strings.FieldsFuncSeq(query, func(r rune) bool { return r == '&' || r == ';' }) {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		if name = trackingName(strings.ToLower(name)); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// trackingName gives the name under which a parameter is told, "" if it is
// none of those that mailing services and advertisers add.
func trackingName(name string) string {
	for _, family := range []string{"utm_", "mtm_", "pk_", "hsa_", "oly_", "vero_", "ml_subscriber", "trk_", "elqtrack"} {
		if strings.HasPrefix(name, family) {
			return family + "*"
		}
	}
	switch name {
	case "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ttclid", "twclid", "igshid", "li_fat_id", "mc_cid", "mc_eid",
		"_hsenc", "_hsmi", "mkt_tok", "wickedid", "rb_clickid", "s_cid", "_openstat", "_ke", "_kx", "__s", "ck_subscriber_id", "sc_eh", "trkemail", "cvid", "oicd", "irclickid":
		return name
	}
	return ""
}
