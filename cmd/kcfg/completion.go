package main

import (
	"bytes"
	"io"

	"github.com/spf13/cobra"
)

// wordsFallback stands in for the one function of the package bash-completion that cobra's script needs, where that package
// is not installed. COMP_WORDS has words broken at colons and equal signs, which are put together again.
const wordsFallback = `if ! declare -F _get_comp_words_by_ref >/dev/null; then
_get_comp_words_by_ref()
{
    local before=${COMP_LINE:0:COMP_POINT} i
    words=() cword=0
    for ((i = 0; i <= COMP_CWORD; i++)); do
        if ((i > 0)) && [[ ${COMP_WORDS[i-1]} == [=:] || ${COMP_WORDS[i]} == [=:] ]] && [[ $before == *"${words[cword]}${COMP_WORDS[i]}"* ]]; then
            words[cword]+=${COMP_WORDS[i]}
        else
            ((i > 0)) && ((++cword))
            words[cword]=${COMP_WORDS[i]}
        fi
    done
    cur=${words[cword]}
    prev=
    ((cword > 0)) && prev=${words[cword-1]}
    return 0
}
fi

`

// fishSplit is where cobra's script for fish takes a completion such as --password=file: for a flag of fish's own.
const fishSplit = "string split --max 1 "

// addCompletion adds kcfg completion: cobra's, with a script for bash that needs no other package.
func addCompletion(root *cobra.Command, stdout io.Writer) {
	root.InitDefaultCompletionCmd(root.Name())
	if c, _, err := root.Find([]string{"completion"}); err == nil {
		c.Short, c.Long = "Write the script with which a shell completes commands and flags", ""
		c.Example = `source <(kcfg completion bash)
kcfg completion zsh --help`
		c.Args, c.RunE = positional(0, 0), showHelp
	}
	for shell, example := range map[string]string{
		"zsh": `source <(kcfg completion zsh)                            # in this shell
kcfg completion zsh >"${fpath[1]}/_kcfg"                 # in every new one that runs compinit`,
		"fish": `kcfg completion fish | source                            # in this shell
kcfg completion fish >~/.config/fish/completions/kcfg.fish   # in every new one`,
		"powershell": "kcfg completion powershell | Out-String | Invoke-Expression",
		"bash": `source <(kcfg completion bash)                           # in this shell
echo 'source <(kcfg completion bash)' >>~/.bashrc        # in every new one
kcfg completion bash >/etc/bash_completion.d/kcfg        # for all users, with the package bash-completion`,
	} {
		if c, _, err := root.Find([]string{"completion", shell}); err == nil && c.Name() == shell {
			c.Short = "Write the script with which " + shell + " completes commands, flags and their values"
			c.Long, c.Example = "", example
		}
	}
	if fish, _, err := root.Find([]string{"completion", "fish"}); err == nil && fish.Name() == "fish" {
		fish.RunE = func(cmd *cobra.Command, _ []string) error {
			plain, err := cmd.Flags().GetBool("no-descriptions")
			if err != nil {
				return err
			}
			var script bytes.Buffer
			if err := root.GenFishCompletion(&script, !plain); err != nil {
				return err
			}
			_, err = stdout.Write(bytes.ReplaceAll(script.Bytes(), []byte(fishSplit), []byte(fishSplit+"-- ")))
			return err
		}
	}
	bash, _, err := root.Find([]string{"completion", "bash"})
	if err != nil || bash.Name() != "bash" {
		return
	}
	bash.Long = bash.Short + ". It needs no other package."
	script := bash.RunE
	bash.RunE = func(cmd *cobra.Command, args []string) error {
		if _, err := io.WriteString(stdout, wordsFallback); err != nil {
			return err
		}
		return script(cmd, args)
	}
}
