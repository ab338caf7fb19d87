// Package doctor looks at servers and says what is right and wrong there, and what to do
// about it: by signing in as an account (Probe, and Diagnose with the clock and the DNS), or
// without an account (LookAt, Reach). Nothing is changed at a server, and no data
// directory is needed.
//
//	for _, s := range doctor.Diagnose(ctx, account, nil) {
//		fmt.Println(s.Name, s.Text, s.Advice)
//	}
package doctor
