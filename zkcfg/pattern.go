package zkcfg

import "strings"

// patternKey describes the keys whose names are made up by the user.
func patternKey(r Release, name string) (Key, bool) {
	d := r.dialect()
	k := Key{Name: name, Source: FromFile}
	switch {
	case strings.HasPrefix(name, "server."):
		k.Type, k.Note = "server", "one member of the ensemble: host:quorum-port:election-port[:role]"
		if d.verifier {
			k.Note += "[;client-port or ;host:client-port]"
		}
	case strings.HasPrefix(name, "group"):
		k.Type, k.Note = "group", "the ids of the servers of one group, with colons between them"
	case strings.HasPrefix(name, "weight"):
		k.Type, k.Note = "long", "how much the vote of a server counts within its group"
	case strings.HasPrefix(name, "metricsProvider.") && d.pipes:
		k.Type, k.Note = "string", "given to the metrics provider"
	case strings.HasPrefix(name, "authProvider."):
		k.Type, k.Source, k.Note = "class", FromProperty, "a class that authenticates clients; the part behind the dot is a name of your choice"
	case strings.HasPrefix(name, "superUser."):
		k.Type, k.Source, k.Note = "string", FromProperty, "a user who passes every ACL"
	default:
		return Key{}, false
	}
	return k, true
}
