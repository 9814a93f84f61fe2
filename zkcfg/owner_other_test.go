//go:build !unix

package zkcfg

var rootOwned any
