package zkcfg

import (
	"math/bits"
	"slices"

	"github.com/kcfg/kcfg/properties"
)

// hashOrder returns the order in which a server meets the keys of a file: that of the ConcurrentHashMap inside
// java.util.Properties (Java 9 and later). It only matters where two keys mean the same thing, such as server.1 and
// server.01, and for which of several errors comes first. The keys are distinct, in the order in which they first appear.
func hashOrder(keys []string) []int {
	type node struct {
		hash  uint32
		index int
	}
	const initial = 16 // new ConcurrentHashMap<>(8)
	table := make([][]node, initial)
	threshold := initial - initial/4
	for i, key := range keys {
		h := javaHash(key)
		at := h & uint32(len(table)-1)
		table[at] = append(table[at], node{h, i})
		for i+1 >= threshold { // the map grows before it is full
			bigger := make([][]node, 2*len(table))
			for at, bin := range table {
				for half, nodes := range split(bin, uint32(len(table)), func(n node) uint32 { return n.hash }) {
					bigger[at+half*len(table)] = nodes
				}
			}
			table, threshold = bigger, 2*threshold
		}
	}
	order := make([]int, 0, len(keys))
	for _, bin := range table {
		for _, n := range bin {
			order = append(order, n.index)
		}
	}
	return order
}

// split parts the nodes of a bin as ConcurrentHashMap.transfer does: the run at the end that goes to one half keeps its
// order, the nodes before it are put in front one by one.
func split[N any](bin []N, bit uint32, hash func(N) uint32) [2][]N {
	var halves [2][]N
	if len(bin) == 0 {
		return halves
	}
	which := func(n N) int { return bits.OnesCount32(hash(n) & bit) }
	run := len(bin) - 1
	for run > 0 && which(bin[run-1]) == which(bin[len(bin)-1]) {
		run--
	}
	halves[which(bin[run])] = slices.Clone(bin[run:])
	for _, n := range bin[:run] {
		halves[which(n)] = slices.Insert(halves[which(n)], 0, n)
	}
	return halves
}

// javaHash is String.hashCode, spread as ConcurrentHashMap spreads it.
func javaHash(s string) uint32 {
	h := uint32(0)
	for _, unit := range properties.UTF16(s) {
		h = 31*h + uint32(unit)
	}
	return (h ^ h>>16) & 0x7fffffff
}

// keyOrder knows the order in which a server meets the keys of one file. It is worked out when somebody asks.
type keyOrder struct {
	file  *properties.File
	more  []string
	ranks map[string]int
}

func newKeyOrder(f *properties.File, more ...string) *keyOrder {
	return &keyOrder{file: f, more: more}
}

// rank returns the place of a key. It is asked while a file is resolved, by one goroutine.
func (o *keyOrder) rank(key string) int {
	if o.ranks == nil {
		keys := append(rawKeys(o.file), o.more...)
		o.ranks = make(map[string]int, len(keys))
		for rank, i := range hashOrder(keys) {
			o.ranks[keys[i]] = rank
		}
	}
	return o.ranks[key]
}
