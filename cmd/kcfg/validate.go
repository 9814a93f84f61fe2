package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kcfg/kcfg/cmd/kcfg/internal/settings"
	"github.com/kcfg/kcfg/finding"
	"github.com/kcfg/kcfg/internal/nearest"
	"github.com/kcfg/kcfg/kafkacfg/node"
)

// validation is one call of kcfg validate.
type validation struct {
	releases      map[*product]*string // what --kafka and --zookeeper say
	kind          string
	rootDir, user string
	jaas          string   // the JVM's login file, below the root
	defines       []string // NAME=VALUE, the system properties of ZooKeeper's JVM
	myID          string   // the file
	myIDContent   []byte
	brokers       int
	replicas      int
	classes       []string
	classesExact  bool
	throughStage  string
	failOn        []string
	selected      []string
	disable       []string
	filesFrom     string
	stdinAs       string
	fix, diff     bool
	unsafe        bool
	inPlace       bool
	quiet         bool
	output        string

	through  finding.Stage
	root     fs.FS
	env      func(string) (string, bool)
	now      time.Time
	places   places
	given    map[*product][]string // releases, from the flags
	older    error                 // why --kafka names no release that judges Kafka's own files, only ZooKeeper's
	failures failOn
	differs  bool // --diff or --fix: some fix applies
}

func newValidate(e *env) *cobra.Command {
	v := &validation{releases: map[*product]*string{}, given: map[*product][]string{}}
	cmd := &cobra.Command{
		Use:        "validate FILE...",
		SuggestFor: []string{"lint", "check", "verify"},
		Short:      "Say what the real server will say about a properties file, and what it will not say",
		Long: `Validate reads properties files as a release of Kafka or ZooKeeper reads them and says whether it would start: at which stage
it refuses and why, with every reason instead of the first. It also says what the server accepts in silence and should not.

Without --kafka or --zookeeper a file is judged by the release in .kcfg.yaml, else that of the installation around it
(libs/kafka_2.13-REL.jar), else the newest that fits. With --kafka, a file of ZooKeeper is judged by the ZooKeeper in that Kafka. Its kind is that of --kind or .kcfg.yaml, else guessed from its keys.

A comment "# kcfg:ignore ID -- reason" above an entry, or "# kcfg:ignore-file ID -- reason" anywhere, silences a finding, unless
the server refuses to start with it.

` + settings.Name + ` is looked for beside the file and above it, up to the root of the repository:

` + indent(settings.Example),
		Example: `kcfg validate server.properties
kcfg validate --kafka 3.9.1,4.4 config/*.properties
kcfg validate --kafka 2.5..4.4 server.properties       # which releases accept it?
kcfg validate --root / --user kafka /etc/kafka/server.properties
kcfg validate --zookeeper 3.5.7 zookeeper.properties
git ls-files -z '*.properties' | kcfg validate --files-from - -o github
kcfg validate --fix server.properties`,
		Args: positional(0, -1),
		RunE: func(_ *cobra.Command, args []string) error { return v.run(e, args) },
	}
	v.flags(cmd)
	return cmd
}

func (v *validation) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	for _, p := range products {
		v.releases[p] = new(string)
		f.StringVar(v.releases[p], p.flag, "", "`RELEASES` of "+p.name+": one, a line such as 3.9, a span A..B, a list, or all")
		allowEmpty(f, p.flag)
		completeList(cmd, p.flag, func() []string { return append(slices.Clone(p.releases()), "all") })
	}
	kinds := kindNames()
	f.StringVar(&v.kind, "kind", "", "what the files configure: `KIND` is "+strings.Join(kinds, ", "))
	complete(cmd, "kind", kinds...)
	f.StringVar(&v.rootDir, "root", "", "look at the stores and directories of the machine whose files are under `DIR`; / is this machine")
	f.StringVar(&v.myID, "myid", "", "ZooKeeper's myid `FILE` (default: as the configuration says below --root, else a file myid beside the configuration)")
	f.StringVar(&v.user, "user", "", "the `USER` that runs the server, for permissions under --root")
	f.StringVar(&v.jaas, "jaas", "", "the JVM's login `FILE` (java.security.auth.login.config), as the machine under --root has it, or none (default: as KAFKA_OPTS or the service's unit says)")
	f.StringArrayVarP(&v.defines, "define", "D", nil, "a system property with which ZooKeeper's JVM starts: `NAME=VALUE`, such as zookeeper.multiAddress.enabled=true")
	f.IntVar(&v.brokers, "brokers", 0, "how many brokers the cluster has, where that is known: `N`")
	f.IntVar(&v.replicas, "replicas", 0, "a topic's replication factor, where that is known: `N`")
	f.StringSliceVar(&v.classes, "classes", nil, "further `CLASSES` on the server's class path")
	f.BoolVar(&v.classesExact, "classes-exact", false, "nothing else is on the class path: an unknown class refuses")
	stages := texts(finding.Stages)
	f.StringVar(&v.throughStage, "through", "", "the last `STAGE` to judge: "+strings.Join(stages, ", ")+" (default: start; with --root environment)")
	complete(cmd, "through", stages...)
	f.StringSliceVar(&v.failOn, "fail-on", nil, "exit with 1 from this severity on: `LEVEL` is error (the default), warning, info or never; also undetermined")
	complete(cmd, "fail-on", failLevels...)
	f.StringSliceVar(&v.selected, "select", nil, "report the rules with these `IDS` alone, besides what refuses")
	f.StringSliceVar(&v.disable, "disable", nil, "do not report the rules with these `IDS`")
	completeList(cmd, "select", ruleIDs)
	completeList(cmd, "disable", ruleIDs)
	f.StringVar(&v.filesFrom, "files-from", "", "read the names of further files from `FILE`, one a line or with a NUL between; - is standard input")
	f.StringVar(&v.stdinAs, "stdin-filename", "", "what standard input (the file -) is called: `NAME`")
	f.BoolVar(&v.fix, "fix", false, "apply the safe fixes, and report what is left")
	f.BoolVar(&v.diff, "diff", false, "show the fixes as a unified diff instead, write nothing, and exit with 1 where there are any")
	f.BoolVar(&v.unsafe, "unsafe-fixes", false, "with --fix or --diff: also those that change what the server does")
	f.BoolVar(&v.inPlace, "in-place", false, "with --fix: overwrite instead of replacing, for bind-mounted files")
	f.BoolVarP(&v.quiet, "quiet", "q", false, "no line for files without findings, and no summary")
	outputFlag(cmd, &v.output, outputText, outputJSON, outputJSONL, outputGitHub, outputSARIF)
}

// run judges the files and prints the reports.
func (v *validation) run(e *env, args []string) error {
	if err := v.prepare(e); err != nil {
		return err
	}
	paths, err := v.paths(e, args)
	if err != nil {
		return err
	}
	judged := v.judgeAll(e, paths)
	if err := v.usage(judged); err != nil {
		return err
	}
	if v.fix || v.diff {
		if err := v.applyFixes(e, judged); err != nil {
			return err
		}
	}
	v.compareServers(judged)
	if err := v.print(e, judged); err != nil {
		return err
	}
	v.warnOfUnused(e, judged)
	return v.status(judged)
}

// prepare checks the flags.
func (v *validation) prepare(e *env) error {
	for _, p := range products {
		if *v.releases[p] == "" {
			continue
		}
		releases, err := p.parse(*v.releases[p])
		if err != nil && p == kafka {
			var asCarrier error
			if releases, asCarrier = carrier.parse(*v.releases[p]); asCarrier == nil {
				v.older, err = err, nil
			}
		}
		if err != nil {
			return err
		}
		v.given[p] = releases
	}
	if v.kind != "" && !slices.Contains(kindNames(), v.kind) {
		return unknown("kind", v.kind, kindNames())
	}
	for _, define := range v.defines {
		if name, _, _ := strings.Cut(define, "="); name == "" {
			return usagef("--define %s: give NAME=VALUE", define)
		}
	}
	v.through = finding.Start
	if v.rootDir != "" {
		v.through = finding.Environment
	}
	if v.throughStage != "" {
		v.through = finding.Stage(v.throughStage)
		if !slices.Contains(finding.Stages, v.through) {
			return unknown("stage", v.throughStage, texts(finding.Stages))
		}
	}
	for _, id := range slices.Concat(v.selected, v.disable) {
		if !slices.Contains(ruleIDs(), id) {
			return unknown("rule", id, ruleIDs())
		}
	}
	if v.brokers < 0 || v.replicas < 0 {
		return usagef("--brokers and --replicas are numbers from 1")
	}
	if v.fix && v.diff {
		return usagef("--fix writes and --diff does not: give one of them")
	}
	if v.unsafe && !v.fix && !v.diff {
		return usagef("--unsafe-fixes needs --fix or --diff")
	}
	var err error
	if v.failures, err = parseFailOn(v.failOn); err != nil {
		return err
	}
	v.now = e.Now()
	v.places.known = knownToSettings()
	if v.myID != "" {
		if info, err := os.Stat(v.myID); err == nil && info.IsDir() {
			return withHint(fmt.Errorf("%s is a directory", v.myID), "--myid names the file itself, such as %s", filepath.Join(v.myID, "myid"))
		}
		if v.myIDContent, err = readSource(e, v.myID, v.myID); err != nil {
			return err
		}
		if v.myIDContent == nil {
			v.myIDContent = []byte{}
		}
	}
	return v.openRoot(e)
}

// knownToSettings is what .kcfg.yaml may name.
func knownToSettings() settings.Known {
	return settings.Known{Kinds: kindNames(), Rules: ruleIDs(), Releases: checkReleases}
}

// checkReleases says what is wrong with releases in a settings file.
func checkReleases(isKafka bool, text string) (hint string, err error) {
	for _, p := range products {
		if (p == kafka) != isKafka {
			continue
		}
		_, err = p.parse(text)
		if h := (hintError{}); errors.As(err, &h) {
			hint = h.hint
		}
	}
	return hint, err
}

func unknown(what, name string, known []string) error {
	err := usagef("unknown %s %q", what, name)
	best := nearest.Name(name, known)
	const most = 20
	switch {
	case what == "rule" && best == "" && strings.ContainsAny(name, "*?"):
		return withHint(err, "give whole names, with commas between; kcfg explain --rules %q lists them", name)
	case len(known) > most && best == "" && what == "rule":
		return withHint(err, "kcfg explain --rules lists them")
	case len(known) > most && best == "":
		return err
	case len(known) > most:
		return withHint(err, "did you mean %s?", best)
	case best == "":
		return withHint(err, "use %s", strings.Join(known, ", "))
	}
	return withHint(err, "did you mean %s? There are %s", best, strings.Join(known, ", "))
}

// openRoot gives access to the machine under --root; with / also to this process's environment, for config providers.
func (v *validation) openRoot(e *env) error {
	if v.rootDir == "" {
		switch {
		case v.user != "":
			return usagef("--user needs --root")
		case v.jaas != "" && v.jaas != node.NoJAAS:
			return usagef("--jaas needs --root")
		}
		return nil
	}
	info, err := os.Stat(v.rootDir)
	if err != nil {
		return pathError(err, v.rootDir)
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is no directory", v.rootDir)
	}
	abs, err := filepath.Abs(v.rootDir)
	if err != nil {
		return err
	}
	if abs == filepath.VolumeName(abs)+string(filepath.Separator) {
		v.root, v.env = regularFS{os.DirFS(abs)}, e.Getenv
		return nil
	}
	root, err := os.OpenRoot(abs) // no link leads out of another machine's files into this one's
	if err != nil {
		return pathError(err, v.rootDir)
	}
	v.root = regularFS{root.FS()}
	return nil
}

// usage returns what is wrong with the settings or, for some file, with the flags.
func (v *validation) usage(all []*judged) error {
	for _, j := range all {
		switch {
		case !j.usage:
		case errors.As(j.err, &settings.Problems{}):
			return withHint(usageError{j.err}, "kcfg validate --help shows a %s", settings.Name)
		default:
			hint := hintError{}
			if errors.As(j.err, &hint) {
				return withHint(usagef("%s: %w", finding.Printable(j.path), j.err), "%s", hint.hint)
			}
			return usagef("%s: %w", finding.Printable(j.path), j.err)
		}
	}
	return nil
}
