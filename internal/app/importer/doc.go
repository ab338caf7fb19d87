// Package importer puts mail that lies in files into folders of an account, at its server:
// that is where mail lives, and what is here is a copy that can be made anew. It needs no
// open data directory.
//
//	boxes, err := importer.Boxes(path, "")       // the folders of another program
//	for _, b := range boxes {
//		p, err := importer.Import(ctx, account, b.Path, importer.Options{Folder: b.Folder, StateDir: dir})
//	}
//
// An import that was cut off goes on where it was when it is begun again.
package importer
