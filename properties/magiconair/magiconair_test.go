package magiconair_test

import (
	"fmt"
	"testing"

	magiconair "github.com/magiconair/properties"
	"github.com/stretchr/testify/require"

	"github.com/kcfg/kcfg/properties"
	interop "github.com/kcfg/kcfg/properties/magiconair"
)

func TestBothWays(t *testing.T) {
	p := magiconair.NewProperties()
	p.DisableExpansion = true
	values := []struct{ key, value, comment string }{
		{"z", "${a} x", "first\nand second"}, {"a b", " leading\n and lines", ""}, {"#c", "ä😀\\", "ünicode"}, {"e", "", ""},
	}
	for _, v := range values {
		_, _, err := p.Set(v.key, v.value)
		require.NoError(t, err)
		if v.comment != "" {
			p.SetComment(v.key, v.comment)
		}
	}
	f, err := interop.From("x.properties", p)
	require.NoError(t, err)
	for _, v := range values {
		got, ok := f.Get(v.key)
		require.True(t, ok)
		require.Equal(t, v.value, got)
	}
	require.Contains(t, string(f.Bytes()), "# first\n# and second\nz=${a} x\n")
	require.Equal(t, p.Map(), interop.To(f).Map())
	require.Equal(t, p.Keys(), interop.To(f).Keys())
}

func ExampleTo() {
	f, err := properties.Parse("server.properties", []byte("node.id=1\nlisteners=A://:1,\\\n  B://:2\nnode.id=2\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	var config struct {
		ID        int    `properties:"node.id"`
		Listeners string `properties:"listeners"`
	}
	if err := interop.To(f).Decode(&config); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(config.ID, config.Listeners)
	// Output: 2 A://:1,B://:2
}

func ExampleFrom() {
	theirs := magiconair.MustLoadString("# cores\nnum.io.threads = 8\n")
	f, err := interop.From("server.properties", theirs)
	if err != nil {
		panic(err)
	}
	f.Set("num.io.threads", "16")
	fmt.Printf("%s", f.Bytes())
	// Output:
	// # cores
	// num.io.threads=16
}
