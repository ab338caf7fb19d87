package demo

import "time"

// fill puts the sample mail into the mailboxes.
func (s *Server) fill(time.Time) {}
