//go:build !unix

package main

// openNonBlocking is nothing here: named pipes are not in the file system.
const openNonBlocking = 0
