package zkcfg

import (
	"slices"
	"strings"
	"sync"
)

// loading is what Class.forName does with a name.
type loading uint8

const (
	loads loading = iota
	missing
	maybe // not a class that is known, and there may be others
)

// Classes of the distribution that a configuration can name, by what they are for.
const (
	metricsProvider = "org.apache.zookeeper.metrics."
	nioFactory      = "org.apache.zookeeper.server.NIOServerCnxnFactory"
	nettyFactory    = "org.apache.zookeeper.server.NettyServerCnxnFactory"
)

var (
	metricsProviders = []string{
		metricsProvider + "impl.DefaultMetricsProvider",
		metricsProvider + "impl.NullMetricsProvider",
		metricsProvider + "prometheus.PrometheusMetricsProvider", // a jar of its own, in every distribution from 3.6 on
	}
	connectionFactories = []string{nioFactory, nettyFactory}
	watchManagers       = []string{
		"org.apache.zookeeper.server.watch.WatchManager",
		"org.apache.zookeeper.server.watch.WatchManagerOptimized",
	}
)

// authScheme is the scheme that a class of authProvider.N brings; empty: none of ZooKeeper's own.
func authScheme(class string) string {
	const auth = "org.apache.zookeeper.server.auth."
	switch class {
	case auth + "SASLAuthenticationProvider":
		return "sasl"
	case auth + "X509AuthenticationProvider":
		return "x509"
	case auth + "DigestAuthenticationProvider":
		return "digest"
	case auth + "IPAuthenticationProvider":
		return "ip"
	case auth + "EnsembleAuthenticationProvider":
		return "ensemble"
	case auth + "KeyAuthenticationProvider":
		return "key"
	}
	return ""
}

// classForName says whether Class.forName(name) finds something.
func (c *Config) classForName(name string) loading {
	element := strings.TrimLeft(name, "[")
	if depth := len(name) - len(element); depth > 0 { // arrays have names of their own: [I, [Ljava.lang.String;
		switch {
		case depth > 255:
			return missing
		case len(element) == 1 && strings.Contains("ZBCSIJFD", element):
			return loads
		case len(element) > 2 && element[0] == 'L' && strings.HasSuffix(element, ";"):
			return c.classForName(element[1 : len(element)-1])
		}
		return missing
	}
	simple, inLang := strings.CutPrefix(name, "java.lang.")
	switch {
	case inLang && javaLang()[simple], slices.Contains(c.opts.Classes, name), ownClass(name):
		return loads
	case !className(name):
		return missing
	case inLang && !strings.ContainsAny(simple, ".$"):
		return missing
	case hasPrefixAny(name, "java.", "javax.", "jdk.", "sun.", "com.sun."), strings.HasPrefix(name, "org.apache.zookeeper.") && strings.Contains(name, "$"):
		return maybe // the platform and the distribution have more classes than are listed here
	case strings.HasPrefix(name, "org.apache.zookeeper."), c.opts.ClassesExact:
		return missing
	}
	return maybe
}

// className reports whether name has the form of a class that is in a package, or not in one: letters, digits, _ and $,
// with dots between them. A name that no compiler accepts is no class.
func className(name string) bool {
	for part := range strings.SplitSeq(name, ".") {
		if part == "" || '0' <= part[0] && part[0] <= '9' {
			return false
		}
		for _, b := range []byte(part) {
			if b <= ' ' || strings.IndexByte("#/;[<>:\\,()", b) >= 0 {
				return false
			}
		}
	}
	return !slices.Contains([]string{"int", "long", "byte", "char", "short", "float", "double", "boolean", "void"}, name)
}

// ownClass reports whether the distribution has a class: those that configurations name, and the best known others.
func ownClass(name string) bool {
	return authScheme(name) != "" || slices.Contains(metricsProviders, name) || slices.Contains(connectionFactories, name) ||
		slices.Contains(watchManagers, name) || slices.Contains(otherClasses, name)
}

// otherClasses exist in every release and do not fit where a configuration would name them.
var otherClasses = []string{
	"org.apache.zookeeper.ZooKeeper",
	"org.apache.zookeeper.ZooDefs",
	"org.apache.zookeeper.Watcher",
	"org.apache.zookeeper.server.ZooKeeperServer",
	"org.apache.zookeeper.server.ZooKeeperServerMain",
	"org.apache.zookeeper.server.ServerCnxnFactory",
	"org.apache.zookeeper.server.DataTree",
	"org.apache.zookeeper.server.quorum.QuorumPeer",
	"org.apache.zookeeper.server.quorum.QuorumPeerMain",
	"org.apache.zookeeper.server.quorum.QuorumPeerConfig",
	"org.apache.zookeeper.server.auth.AuthenticationProvider",
	"org.apache.zookeeper.metrics.MetricsProvider",
	"org.apache.zookeeper.metrics.MetricsContext",
	"org.apache.zookeeper.metrics.Counter",
	"org.apache.zookeeper.metrics.Gauge",
	"org.apache.zookeeper.metrics.Summary",
	"org.apache.zookeeper.metrics.impl.MetricsProviderBootstrap",
}

// javaLang are the public classes and interfaces of java.lang.
var javaLang = sync.OnceValue(func() map[string]bool {
	names := strings.Fields(`Appendable ArithmeticException ArrayIndexOutOfBoundsException ArrayStoreException AssertionError
		AutoCloseable Boolean Byte CharSequence Character Class ClassCastException ClassLoader ClassNotFoundException
		CloneNotSupportedException Cloneable Comparable Deprecated Double Enum Error Exception ExceptionInInitializerError
		Float FunctionalInterface IllegalAccessException IllegalArgumentException IllegalStateException
		IndexOutOfBoundsException InheritableThreadLocal InstantiationException Integer InterruptedException Iterable
		LinkageError Long Math NegativeArraySizeException NoClassDefFoundError NoSuchFieldException NoSuchMethodException
		NullPointerException Number NumberFormatException Object OutOfMemoryError Override Package Process ProcessBuilder
		Readable Record ReflectiveOperationException Runnable Runtime RuntimeException SafeVarargs SecurityException
		SecurityManager Short StackOverflowError StackTraceElement StrictMath String StringBuffer StringBuilder
		StringIndexOutOfBoundsException SuppressWarnings System Thread ThreadGroup ThreadLocal Throwable
		UnsupportedOperationException VirtualMachineError Void`)
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
})

// checkMetricsClass: the class has to be there when the file is parsed.
func (c *Config) checkMetricsClass() {
	const key = "metricsProvider.className"
	s, ok := c.get(key)
	if !ok {
		return
	}
	switch c.classForName(s.text) {
	case missing:
		c.refuse("zk-metrics-class-not-found", stepMetrics, exitInvalid, s.pos(), key,
			key+" is "+quoted(s.text)+", which is no class of this release").Help = "use " + metricsProviders[2]
	case maybe:
		c.undetermined("zk-metrics-class-not-found", s.pos(), key, key+" is "+quoted(s.text)+", which is not one of ZooKeeper's own classes")
	}
}
