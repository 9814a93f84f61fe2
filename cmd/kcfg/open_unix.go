//go:build unix

package main

import "syscall"

// openNonBlocking keeps an open from waiting for the writer of a pipe.
const openNonBlocking = syscall.O_NONBLOCK
