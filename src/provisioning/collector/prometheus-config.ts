import type { GeneratedFile } from '../generated-file.ts';
import type { Definition } from '../source/definition.ts';
import { noted, type Yaml, yamlFile } from '../yaml-file.ts';
import { jobs } from './targets.ts';

/** What Prometheus allows a scrape when nothing else is said. */
const usualTimeoutSeconds = 10;

/** Days that Prometheus has to keep series, so that error budgets see their whole period. */
export function retentionDays({ sloDays }: Definition): number {
  return Math.max(15, Math.ceil(sloDays) + 5);
}

/** The configuration of Prometheus, 2.42 or later. */
export function prometheusConfig(definition: Definition): GeneratedFile {
  const { service, scrapeSeconds } = definition;
  return yamlFile('deploy/prometheus.yml', {
    about: `Prometheus 2.42 or later. It needs
 --enable-feature=exemplar-storage    for the way from a point to its trace
 --storage.tsdb.retention.time=${retentionDays(definition)}d    for error budgets of ${definition.sloDays} days

Paths are relative to this file, so it works from here and from compose.yaml, which puts it and ../alerts below /etc/prometheus and compose-targets.json in the place of targets.json.

The gateway's control port listens on loopback. Where Prometheus is on another machine, set SIGHTLINE_CONTROL_HOST and a SIGHTLINE_CONTROL_TOKEN: with a token set, reading needs none, without one only the same machine may read. So no scrape carries a credential.`,
    content: {
      global: {
        scrape_interval: `${scrapeSeconds}s`,
        scrape_timeout: `${Math.min(usualTimeoutSeconds, scrapeSeconds)}s`,
        evaluation_interval: `${scrapeSeconds}s`,
      },
      rule_files: ['../alerts/*.yaml'],
      alerting: { alertmanagers: [fromTargets(jobs.alertmanager)] },
      storage: { exemplars: { max_exemplars: 100_000 } },
      scrape_configs: [
        { job_name: service, ...fromTargets(service) },
        noted('Made of spans by the collector; `job` is the service that the spans came from.', {
          job_name: jobs.spans,
          honor_labels: true,
          ...fromTargets(jobs.spans),
        }),
        ...[jobs.collector, jobs.alertmanager, jobs.prometheus].map((job) => ({
          job_name: job,
          ...fromTargets(job),
        })),
      ],
    },
  });
}

/** The targets of one job out of the file that holds all. */
function fromTargets(job: string): { readonly [key: string]: Yaml } {
  const regex = job.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return {
    file_sd_configs: [{ files: ['targets.json'] }],
    relabel_configs: [{ source_labels: ['job'], regex, action: 'keep' }],
  };
}
