// Package segment builds pieces of an FTS5 index outside of SQLite.
//
// FTS5 gathers the words of the rows that a transaction inserts and writes them as
// a segment when it is committed. For the few rows of everyday mail that is good.
// A first synchronisation is a hundred thousand rows, whose words would be gathered
// by the one writer of the database, and written in many small segments that are
// merged again and again. A Builder gathers them elsewhere, and what the writer is
// left with is to insert some blobs.
//
//	b := segment.NewBuilder(columns, 3)
//	b.Add(rowid, texts)                     // in the order of rowids, for each row
//	state, err := segment.ParseState(block) // of the row StateID of %_data
//	id := state.Spare()
//	pages, err := b.Write(id, pageSize, sink) // rows of %_data and %_idx
//	… rows of %_docsize by b.RowList and state.Origin, AddTotals
//	state.Append(id, pages, b.Rows())         // and write it back
//
// What is written is, byte for byte, what FTS5 would have written: the tests hold
// both side by side. The format is described in fts5_index.c of SQLite, which
// reads, merges and searches the segments from then on. It is the one of a table
// with detail=full, contentless_delete=1, tokenize='ascii' and one index of
// beginnings.
package segment
