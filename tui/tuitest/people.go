package tuitest

import (
	"context"
	"slices"
	"strings"
	"time"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/reading"
)

// Complete implements tui.Backend.
func (b *Backend) Complete(ctx context.Context, typed string) ([]app.Contact, error) {
	return b.findPeople("Complete", typed, 8)
}

// FindContacts implements tui.Backend.
func (b *Backend) FindContacts(_ context.Context, typed string, limit int) ([]app.Contact, error) {
	return b.findPeople("FindContacts", typed, limit)
}

func (b *Backend) findPeople(method, typed string, limit int) ([]app.Contact, error) {
	defer b.mu.Unlock()
	err := b.enter(method)
	var out []app.Contact
	for _, c := range b.People {
		t := strings.ToLower(typed)
		if len(out) < limit && (strings.Contains(strings.ToLower(c.Name.String()), t) || strings.HasPrefix(strings.ToLower(c.Raw.Address), t)) {
			out = append(out, c)
		}
	}
	return out, err
}

// QueryContacts implements tui.Backend: it finds those of Elsewhere, a while later.
func (b *Backend) QueryContacts(ctx context.Context, typed string) ([]app.Contact, error) {
	b.mu.Lock()
	err, list := b.Fail["QueryContacts"], b.Elsewhere
	b.mu.Unlock()
	if len(list) == 0 || err != nil {
		return nil, err
	}
	select {
	case <-time.After(150 * time.Millisecond):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	var out []app.Contact
	for _, c := range list {
		if strings.Contains(strings.ToLower(c.Raw.String()), strings.ToLower(typed)) {
			out = append(out, c)
		}
	}
	return out, nil
}

// AddContacts implements tui.Backend.
func (b *Backend) AddContacts(_ context.Context, list []mail.Address, _ string) error {
	defer b.Bus.Publish(event.ContactsChanged{})
	defer b.mu.Unlock()
	if err := b.enter("AddContacts"); err != nil {
		return err
	}
	for _, a := range list {
		i := slices.IndexFunc(b.People, func(c app.Contact) bool { return c.Raw.Same(a) })
		if i < 0 {
			i = len(b.People)
			b.People = append(b.People, app.Contact{Address: reading.Line(a.Address), Raw: a})
		}
		b.People[i].Name, b.People[i].Raw.Name, b.People[i].Kept = reading.Line(a.Name), a.Name, true
	}
	return nil
}

// RemoveContacts implements tui.Backend.
func (b *Backend) RemoveContacts(_ context.Context, addresses []string) (app.Removed, error) {
	return b.removePeople("RemoveContacts", func(c app.Contact) bool { return slices.Contains(addresses, c.Raw.Address) })
}

// RemoveGroup implements tui.Backend.
func (b *Backend) RemoveGroup(_ context.Context, name string) (app.Removed, error) {
	return b.removePeople("RemoveGroup", func(c app.Contact) bool { return c.Members != nil && c.Raw.Name == name })
}

func (b *Backend) removePeople(method string, which func(app.Contact) bool) (app.Removed, error) {
	defer b.Bus.Publish(event.ContactsChanged{})
	defer b.mu.Unlock()
	err := b.enter(method)
	b.removed = slices.Clone(b.People)
	b.People = slices.DeleteFunc(b.People, which)
	return app.Removed{}, err
}

// PutBack implements tui.Backend: all are as they were before the last removal.
func (b *Backend) PutBack(context.Context, app.Removed) error {
	defer b.Bus.Publish(event.ContactsChanged{})
	defer b.mu.Unlock()
	err := b.enter("PutBack")
	if err == nil {
		b.People = b.removed
	}
	return err
}
