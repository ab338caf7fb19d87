package setup

import (
	"errors"
	"testing"

	"github.com/zalando/go-keyring"

	"postea/config"
)

// A keyring that nobody unlocked is there all the same.
func TestPlacesOfALockedKeyring(t *testing.T) {
	defer keyring.MockInit()
	cfg, err := config.Parse(t.TempDir()+"/config.toml", nil)
	if err != nil {
		t.Fatal(err)
	}
	for words, want := range map[string]string{
		"failed to unlock correct collection '/org/freedesktop/secrets/aliases/default'": "The keyring of this machine is locked.",
		"dbus: DBUS_SESSION_BUS_ADDRESS is not set":                                      "This machine has no keyring.",
	} {
		keyring.MockInitWithError(errors.New(words))
		places := New(cfg, Options{}).Places(t.Context())
		if last := places[len(places)-1]; last.Keep != InKeyring || last.Why != want {
			t.Errorf("%s: %+v", words, places)
		}
	}
}
