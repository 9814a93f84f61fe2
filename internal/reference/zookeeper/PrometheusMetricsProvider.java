package org.apache.zookeeper.metrics.prometheus;

/**
 * Stands for the class of the jar zookeeper-prometheus-metrics, which every distribution has from 3.6 on and Maven's
 * zookeeper does not bring along. QuorumPeerConfig asks only whether there is one.
 */
public final class PrometheusMetricsProvider {
}
