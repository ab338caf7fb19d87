// Package setup brings accounts into the configuration: a new one, whose servers are found
// by its address and tried, or those of other mail programs. It needs no open data
// directory.
//
//	s := setup.New(cfg, setup.Options{})
//	found := s.Find(ctx, address)          // servers
//	n := setup.NewAccount{…}
//	err := s.Authorize(ctx, &n, show)      // where the provider wants OAuth
//	services, err := s.Try(ctx, &n)        // sign in
//	err = s.Save(ctx, n)                   // secret first, then the file
//
// or, for accounts of other programs, Foreign and then TakeOver.
package setup
