package main

import "github.com/spf13/cobra"

func (e *env) completionCommand(root *cobra.Command) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use: "completion bash|zsh|fish|powershell", Short: "Print a completion script for a shell",
		Long: `Print a completion script. To try it:

  bash   source <(postea completion bash)
  zsh    source <(postea completion zsh)
  fish   postea completion fish | source`,
		Args: cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs), ValidArgs: shells,
		RunE: func(_ *cobra.Command, args []string) error {
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(e.stdout, true)
			case "zsh":
				return root.GenZshCompletion(e.stdout)
			case "fish":
				return root.GenFishCompletion(e.stdout, true)
			}
			return root.GenPowerShellCompletionWithDesc(e.stdout)
		},
	}
}

// completeAccounts offers the names of accounts.
func (e *env) completeAccounts(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	cfg, err := e.loadConfigOrEmpty()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, a := range cfg.Accounts {
		out = append(out, a.Name+"\t"+a.Address)
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
