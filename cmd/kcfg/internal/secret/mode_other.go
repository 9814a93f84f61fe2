//go:build !unix

package secret

const unixModes = false // permission bits mean nothing here
