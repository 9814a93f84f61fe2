// Command floor links what any command of this kind links, cobra and crypto/x509, and ends: the least that a start costs.
package main

import (
	"crypto/x509"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	cmd := &cobra.Command{Use: "floor", RunE: func(*cobra.Command, []string) error {
		if len(os.Args) > 1 { // never, but the linker does not know
			_, err := x509.SystemCertPool()
			return err
		}
		return nil
	}}
	if cmd.Execute() != nil {
		os.Exit(1)
	}
}
