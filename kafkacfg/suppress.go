package kafkacfg

import (
	"fmt"
	"slices"

	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/properties"
)

func sprintf(format string, args []any) string { return fmt.Sprintf(format, args...) }

// silence parts what the file's comments silence, and tells the comments that silence nothing. What refuses stays.
func (c *Config) silence(r *finding.Report) {
	r.Findings = slices.DeleteFunc(r.Findings, func(f finding.Finding) bool { return f.ID == properties.UnusedSuppression })
	c.File.Suppress(r)
	// node and zkcfg have rules that are not known here
	unused := c.File.UnusedSuppressions([]finding.Report{*r}, nil, func(id string) bool { return c.opts.Rules[id] == Off })
	r.Findings = append(r.Findings, c.leveled(unused)...)
}
