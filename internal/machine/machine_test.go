package machine

import (
	"io/fs"
	"net/netip"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestFindAccount(t *testing.T) {
	root := fstest.MapFS{
		"etc/passwd": {Data: []byte("root:x:0:0::/root:/bin/sh\nkafka:x:999:998::/:/sbin/nologin\nbroken:x:a:b::/:\nshort:x\n")},
		"etc/group":  {Data: []byte("ssl:x:101:www,kafka\nother:x:102:www\nbad:x:y:kafka\n")},
	}
	a, ok := FindAccount(root, "kafka")
	require.True(t, ok)
	require.Equal(t, Account{999, []int{998, 101}}, *a)
	require.False(t, a.IsRoot())
	a, ok = FindAccount(root, "999")
	require.True(t, ok)
	require.Equal(t, Account{999, []int{998, 101}}, *a, "by number, with its groups")
	a, ok = FindAccount(root, "4711")
	require.True(t, ok, "a number needs no entry")
	require.Equal(t, Account{4711, nil}, *a)
	for _, user := range []string{"nobody", "broken", "short", ""} {
		_, ok = FindAccount(root, user)
		require.False(t, ok, user)
	}
	_, ok = FindAccount(fstest.MapFS{}, "kafka")
	require.False(t, ok)
}

func TestExistingParent(t *testing.T) {
	root := fstest.MapFS{"var/lib": {Mode: fs.ModeDir}}
	require.Equal(t, "var/lib", ExistingParent(root, "var/lib/kafka/logs"))
	require.Equal(t, ".", ExistingParent(root, "srv/kafka"))
	require.Equal(t, ".", ExistingParent(root, "."))
}

func TestNetwork(t *testing.T) {
	root := fstest.MapFS{
		"proc/net/tcp":      {Data: []byte("  sl  local_address rem_address   st\n   0: 0100007F:2384 00000000:0000 0A 0\n   1: 0100007F:2385 00000000:0000 01 0\n   2: short\n")},
		"proc/net/tcp6":     {Data: []byte("   0: 00000000000000000000000000000000:0885 00000000000000000000000000000000:0000 0A 0\n")},
		"proc/net/fib_trie": {Data: []byte("Local:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.0.0.5\n        /32 host LOCAL\n     |-- 10.0.0.255\n        /32 link BROADCAST\n")},
		"proc/net/if_inet6": {Data: []byte("20010db8000000000000000000000001 02 40 00 80 eth0\nbroken\n")},
	}
	require.Equal(t, []int{9092, 2181}, PortsInUse(root), "those that listen")
	all := Addresses(root)
	require.Equal(t, []netip.Addr{netip.MustParseAddr("10.0.0.5"), netip.MustParseAddr("2001:db8::1")}, all)
	for text, foreign := range map[string]bool{
		"10.0.0.5": false, "::ffff:10.0.0.5": false, "2001:db8::1%eth0": false, "127.0.0.9": false, "::1": false, "0.0.0.0": false, "::": false,
		"10.0.0.6": true, "2001:db8::2": true, "10.0.0.255": true,
	} {
		require.Equal(t, foreign, Foreign(all, netip.MustParseAddr(text)), text)
	}
	require.False(t, Foreign(nil, netip.MustParseAddr("10.0.0.6")), "nothing is known of the machine")
	require.False(t, Foreign(all, netip.Addr{}))
	require.Empty(t, PortsInUse(fstest.MapFS{}))
}
