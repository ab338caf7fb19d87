// Package lab starts real mail servers for tests.
//
// [Dovecot] and [Postfix] run from their Debian packages, with a private
// configuration in a directory of its own, on free ports of the loopback
// interface, with certificates of their own, for the time of one test; Postfix
// brings a Dovecot to deliver to. They need root, for that is how such servers
// start. [Mox], and [Running] in general, is a server somebody else has started
// and told of in LAB_… variables, [Corpus] the directory of sample mail in
// POSTEA_TEST_CORPUS; [Terminal] is a pseudo-terminal.
//
// What is missing is skipped with a word on how to get it. A name in the comma
// list POSTEA_TEST_REQUIRE (dovecot, postfix, mox, corpus, terminal; dovecot-running and postfix-running for servers told of) must not be skipped:
// then its absence fails the test.
package lab
