package properties

import "hash/maphash"

// index finds the effective entry of a key: a hash table with open addressing over doc.entries, which takes one
// allocation where a map of a stock file takes ten.
type index struct {
	slots []int32 // number of an entry + 1; 0: free
}

var seed = maphash.MakeSeed() // so that nobody can write a file whose keys collide

func (x *index) build(entries []entry) {
	size := 8
	for size < 2*len(entries) {
		size *= 2
	}
	x.slots = make([]int32, size)
	for i := range entries {
		slot, earlier := x.find(entries, entries[i].key)
		if earlier >= 0 { // last wins, as in java.util.Properties
			entries[earlier].overridden = true
		}
		x.slots[slot] = int32(i) + 1
	}
}

// find returns the slot of key and the entry in it, or a free slot and -1.
func (x *index) find(entries []entry, key string) (slot, entry int) {
	mask := len(x.slots) - 1
	slot = int(maphash.String(seed, key)) & mask
	for {
		n := int(x.slots[slot]) - 1
		if n < 0 || entries[n].key == key {
			return slot, n
		}
		slot = (slot + 1) & mask
	}
}

// last returns the effective entry of key, or -1.
func (d *doc) last(key string) int {
	_, n := d.index.find(d.entries, key)
	return n
}
