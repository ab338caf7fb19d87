// Package keys is the table of everything the user can do, and the road from a
// key to it.
//
// A row of the table names an action, says where it is valid, and which keys
// it has until the configuration says otherwise. The same row feeds the
// dispatcher, the line of hints, the help, the palette and the key reference:
//
//	m, problems := keys.New("", "", config.Keys) // problems: unknown actions, two actions on one key
//	d := keys.NewDispatcher(m)
//	press := d.Press(keys.List, "3")          // a count begins
//	press = d.Press(keys.List, "j")           // press.Action == keys.Down, press.Count == 3
//
// Keys are named as Bubble Tea names them: "a", "A", "ctrl+s", "enter",
// "space". A chord is keys parted by blanks: "g i".
//
// A Map is immutable. A Dispatcher belongs to the one goroutine that reads keys.
package keys
