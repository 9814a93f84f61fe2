//go:build unix

package secret

const unixModes = true
