package smtpclient

import (
	"context"
	"fmt"
	"io"
	"iter"
)

// SendParts submits one message in as many transactions as the server's limits
// of recipients demand, one after the other, with the same bytes and so the same
// Message-ID. It yields the outcome of each, so that the caller can write it down
// before the next begins: a transaction that is accepted stays accepted whatever
// becomes of those behind it.
//
// Result.Recipients, and what BeforeCommit is given, have the recipients without
// an outcome so far, each with its Index in env.To; those Limited there come
// again in the next transaction. The sequence ends after an error, and when
// nobody is Limited any more. If all of the last result are, or it came with an
// error, those Limited are to be tried again later.
func (c *Client) SendParts(ctx context.Context, env Envelope, body io.ReadSeeker, opts SendOptions) iter.Seq2[*Result, error] {
	return func(yield func(*Result, error) bool) {
		left := make([]int, len(env.To))
		for i := range left {
			left[i] = i
		}
		for first := true; first || len(left) > 0; first = false {
			if _, err := body.Seek(0, io.SeekStart); err != nil {
				yield(nil, invalid(PhaseBody, "", fmt.Errorf("reading the message again: %w", err)))
				return
			}
			result, err := c.Send(ctx, env.part(left), body, opts.part(left))
			if result == nil || err != nil {
				yield(result.part(left), err)
				return
			}
			var rest []int
			for i, r := range result.Recipients {
				if r.Limited {
					rest = append(rest, left[i])
				}
			}
			if !yield(result.part(left), nil) || len(rest) == len(left) {
				return
			}
			left = rest
		}
	}
}

// part returns the envelope for some of the recipients.
func (e Envelope) part(indexes []int) Envelope {
	to := make([]Recipient, len(indexes))
	for i, n := range indexes {
		to[i] = e.To[n]
	}
	e.To = to
	return e
}

func (o SendOptions) part(indexes []int) SendOptions {
	if tell := o.BeforeCommit; tell != nil {
		o.BeforeCommit = func(results []RecipientResult) error { return tell(renumber(results, indexes)) }
	}
	return o
}

func (r *Result) part(indexes []int) *Result {
	if r != nil {
		r.Recipients = renumber(r.Recipients, indexes)
	}
	return r
}

func renumber(results []RecipientResult, indexes []int) []RecipientResult {
	for i := range results {
		results[i].Index = indexes[i]
	}
	return results
}
