package kafkacfg

import (
	"embed"
	"fmt"
	"sync"

	"github.com/kcfg/kcfg/internal/catalog"
)

//go:embed catalog/*.json
var catalogFiles embed.FS

// histories holds one function for each kind, so that only what is asked for is opened.
var histories = sync.OnceValue(func() map[Kind]func() *catalog.History {
	m := map[Kind]func() *catalog.History{}
	for _, k := range kinds {
		m[k] = sync.OnceValue(func() *catalog.History {
			data, err := catalogFiles.ReadFile("catalog/" + string(k) + ".json")
			if err != nil {
				panic(fmt.Sprintf("the embedded catalogue lacks a file: %v", err))
			}
			return catalog.Open(data)
		})
	}
	return m
})

func history(k Kind) *catalog.History { return histories()[k]() }
