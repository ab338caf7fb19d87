// Package corpus holds only tests: they read a collection of mails, which
// POSTEA_TEST_CORPUS names, and compare what reading makes of them with what
// others say. None of those mails is kept here; the lists in testdata name
// files and say who is right.
package corpus
