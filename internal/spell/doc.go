// Package spell checks words with the dictionaries of hunspell, where they are
// installed: stems with the prefixes and suffixes of the affix file, compounds of
// several, and suggestions for what is not known.
//
//	paths := spell.Find([]string{"en_GB"}, spell.Dirs())
//	d, err := spell.Load(paths[0])
//	d.Known("colour")
//	d.Suggest("coluor", 5)
//
// A Dictionary does not change once it is loaded and may be used by several
// goroutines. The format is that of hunspell(5); what it says of morphology,
// phonetics and circumfixes is passed over.
package spell
