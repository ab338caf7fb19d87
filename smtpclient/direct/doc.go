// Package direct delivers mail to the recipients' own servers, without a
// submission server in between.
//
// That is for experts: most networks block port 25, and most receivers refuse
// mail from an address that has no reverse name and no reputation. Where it
// works, the sender sees at once what the receiver says.
//
//	t := direct.New(direct.Options{LocalName: "mail.example.org"})
//	for delivery, err := range t.Send(ctx, env, body, smtpclient.SendOptions{}) {
//		// one domain, or a part of one, at a time
//	}
//
// Servers are found by MX records in the order of preference (RFC 5321 §5.1), a
// domain without them is its own server, and one with a null MX (RFC 7505)
// takes no mail. The connection is encrypted if the server offers that, whatever
// its certificate; a domain with an MTA-STS policy in force (RFC 8461) gets mail
// only through servers the policy names and that prove who they are. Give
// Options.Policies to have such a policy outlive the process.
package direct
