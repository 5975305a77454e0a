// the official images that charts use most: https://hub.docker.com/u/library
const OFFICIAL = new Set(
  `adminer alpine amazoncorretto bash buildpack-deps busybox caddy cassandra chronograf clickhouse composer couchbase couchdb debian
  docker eclipse-mosquitto eclipse-temurin elasticsearch fluentd ghost golang gradle grafana haproxy httpd influxdb jetty joomla kibana
  kong logstash mariadb maven matomo memcached mongo mongo-express mysql nats neo4j nextcloud nginx node openjdk orientdb percona php
  phpmyadmin postgres python rabbitmq redis redmine registry rocketchat ruby rust solr sonarqube telegraf tomcat traefik ubuntu unit
  valkey vault wordpress zookeeper`.split(/\s+/),
);

/** Whether a single word is the name of an official image of Docker Hub that charts use. */
export function isOfficialName(name: string): boolean {
  return OFFICIAL.has(name);
}
