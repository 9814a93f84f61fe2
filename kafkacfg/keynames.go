package kafkacfg

// Keys that many rules speak of.
const (
	listenersKey    = "listeners"
	advertisedKey   = "advertised.listeners"
	controllersKey  = "controller.listener.names"
	securityMapKey  = "listener.security.protocol.map"
	interBrokerKey  = "inter.broker.listener.name"
	interProtoKey   = "security.inter.broker.protocol"
	controlPlaneKey = "control.plane.listener.name"
	rolesKey        = "process.roles"
	votersKey       = "controller.quorum.voters"
	bootstrapsKey   = "controller.quorum.bootstrap.servers"
	nodeIDKey       = "node.id"
	brokerIDKey     = "broker.id"
	zookeeperKey    = "zookeeper.connect"
	ibpKey          = "inter.broker.protocol.version"
	formatKey       = "log.message.format.version"
	migrationKey    = "zookeeper.metadata.migration.enable"
	logDirsKey      = "log.dirs"
	logDirKey       = "log.dir"
)
