package importer

import (
	"testing"
	"time"

	"postea/internal/mailfile"
)

func TestArrival(t *testing.T) {
	may := time.Date(2020, 5, 1, 10, 0, 0, 0, time.UTC)
	now := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	const (
		received = "Received: from a by b (c; d); Fri, 1 May 2020 10:00:00 +0000\r\nReceived: from x by a; Fri, 1 May 2020 09:00:00 +0000\r\nDate: Thu, 30 Apr 2020 10:00:00 +0000\r\n\r\nbody"
		sent     = "Date: Fri, 1 May 2020 12:00:00 +0200\r\n\r\nbody"
		bare     = "Subject: x\r\n\r\nReceived: by b; Fri, 1 May 2020 10:00:00 +0000"
	)
	for name, tt := range map[string]struct {
		kind mailfile.Format
		at   time.Time
		raw  string
		want time.Time
	}{
		"an mbox knows":           {mailfile.Mbox, now, received, now},
		"an mbox does not":        {mailfile.Mbox, time.Time{}, received, may},
		"an mbox of the epoch":    {mailfile.Mbox, time.Unix(0, 0), sent, may},
		"a copy made since":       {mailfile.Maildir, now, received, may},
		"a copy of what was sent": {mailfile.EML, now, sent, may},
		"the file of the server":  {mailfile.Maildir, may.Add(time.Minute), received, may.Add(time.Minute)},
		"nothing is said":         {mailfile.EML, now, bare, now},
		"nothing is known":        {mailfile.Mbox, time.Time{}, bare, time.Time{}},
	} {
		if got := arrival(tt.kind, mailfile.Message{Raw: []byte(tt.raw), Date: tt.at}); !got.Equal(tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
