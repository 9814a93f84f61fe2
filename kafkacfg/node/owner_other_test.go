//go:build !unix

package node

var rootOwned any
