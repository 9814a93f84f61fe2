package kafkacfg

import "github.com/kcfg/kcfg/internal/rule"

// What the constructors of the clients check beyond their configuration.
var clientStartRules = []rule.Rule[*Config]{}

