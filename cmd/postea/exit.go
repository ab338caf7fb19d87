package main

import (
	"errors"
	"fmt"

	"postea/config"
	"postea/imapclient"
	"postea/internal/app"
	"postea/internal/compose"
	"postea/internal/dial"
	"postea/internal/mail"
	"postea/internal/store"
	"postea/smtpclient"
)

// Exit codes, after sysexits.h.
const (
	exOK          = 0
	exUsage       = 64 // usage, or a terminal is needed and there is none
	exData        = 65 // bad address or message
	exNoInput     = 66 // unknown id or no input
	exUnavailable = 69 // refused, unreachable, or certificate
	exCantCreate  = 73
	exTempFail    = 75 // some pending or unsure, or try later
	exNoPerm      = 77 // sign-in refused
	exConfig      = 78
)

// exitError is an error with the code to exit with. A nil err prints nothing.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func exit(code int, format string, args ...any) error {
	return &exitError{code, fmt.Errorf(format, args...)}
}

// codeOf finds the code that fits an error.
func codeOf(err error) int {
	var (
		ee      *exitError
		usage   *app.UsageError
		search  *app.QueryError
		address *mail.AddressError
		field   *compose.FieldError
		file    *compose.FileError
		line    *compose.LineError
		stray   *compose.HeaderError
		secret  *config.SecretError
		prob    config.Problems
		d       *dial.Error
		im      *imapclient.Error
		sm      *smtpclient.Error
		full    *store.FullError
		busy    *store.BusyError
		create  *app.CreateError
		exists  *store.FolderExistsError
		nothing *app.NotSyncedError
		state   *store.StateError
	)
	switch {
	case err == nil:
		return exOK
	case errors.As(err, &ee):
		return ee.code
	case errors.As(err, &usage), errors.As(err, &search), errors.As(err, &state):
		return exUsage
	case errors.As(err, &file):
		return exNoInput
	case errors.As(err, &address), errors.As(err, &field), errors.As(err, &line), errors.As(err, &stray), errors.Is(err, compose.ErrNoRecipients), errors.Is(err, compose.ErrNoHeader):
		return exData
	case errors.Is(err, app.ErrNotFound):
		return exNoInput
	case errors.Is(err, app.ErrNotHere):
		return exTempFail
	case errors.As(err, &secret):
		if secret.Temporary() {
			return exTempFail
		}
		return exNoPerm
	case errors.As(err, &prob):
		return exConfig
	case errors.As(err, &full), errors.As(err, &create), errors.As(err, &exists):
		return exCantCreate
	case errors.As(err, &nothing), errors.As(err, &busy):
		return exTempFail
	case errors.As(err, &im):
		return imapCode(im)
	case errors.As(err, &sm):
		return smtpCode(sm)
	case errors.As(err, &d):
		return exUnavailable
	}
	return exUnavailable
}

func imapCode(e *imapclient.Error) int {
	if e.Kind == imapclient.KindAuth {
		return exNoPerm
	}
	return exUnavailable
}

func smtpCode(e *smtpclient.Error) int {
	switch {
	case e.Phase == smtpclient.PhaseAuth && !e.Temporary:
		return exNoPerm
	case e.Code/100 == 4:
		return exTempFail
	}
	return exUnavailable
}
