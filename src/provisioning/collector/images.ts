/** The servers beside the gateway, each at the version that its configuration is written for. */
export const images = {
  alertmanager: 'prom/alertmanager:v0.34.2',
  busybox: 'busybox:1.37.0',
  collector: 'otel/opentelemetry-collector-contrib:0.159.0',
  grafana: 'grafana/grafana:13.2.0',
  loki: 'grafana/loki:3.7.8',
  prometheus: 'prom/prometheus:v3.15.0',
  redis: 'redis:8.8.1-alpine',
  tempo: 'grafana/tempo:3.0.3',
} as const;
