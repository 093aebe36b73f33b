import type { GeneratedFile } from '../generated-file.ts';
import { noted, type Yaml, yamlFile } from '../yaml-file.ts';
import type { Place } from './targets.ts';

/** What an alert is about; alerts that differ in nothing else are one matter. */
const subject = ['alertname', 'job', 'environment', 'work', 'stage', 'slo'] as const;

/** Where Alertmanager reads the control token from, in a container and on a host. */
export const tokenFiles = {
  compose: '/run/secrets/control-token',
  host: '/etc/alertmanager/control-token',
} as const;

const about = (tokenFile: string) => `Alertmanager 0.25 or later.

Two things are yours to fill in, in a copy of this file (compose.override.yaml can mount the copy): the receiver "people", which is told of what matters and is empty until you say how to reach them (slack_configs, pagerduty_configs, email_configs, ...), and "watchdog", which should be a service that calls you when it does not hear from Alertmanager for some minutes.

The receiver "gateway" shows alerts among the annotations of the gateway. It needs the value of SIGHTLINE_CONTROL_TOKEN in ${tokenFile}, readable by Alertmanager alone.`;

/** The configuration of Alertmanager, for the gateways of a place. */
export function alertmanagerConfig(
  path: string,
  { nodes, tokenFile }: Pick<Place, 'nodes'> & { readonly tokenFile: string },
): GeneratedFile {
  return yamlFile(path, {
    about: about(tokenFile),
    content: {
      route: route(),
      inhibit_rules: [
        noted('What pages is not told a second time as a warning.', {
          source_matchers: ['severity="critical"'],
          target_matchers: ['severity=~"warning|info"'],
          equal: subject,
        }),
      ],
      receivers: [
        { name: 'people' },
        { name: 'nobody' },
        { name: 'watchdog' },
        { name: 'gateway', webhook_configs: nodes.map((node) => webhook(node, tokenFile)) },
      ],
    },
  });
}

function route(): Yaml {
  return {
    receiver: 'people',
    group_by: ['alertname', 'job', 'environment', 'work'],
    group_wait: '30s',
    group_interval: '5m',
    repeat_interval: '4h',
    routes: [
      noted('Fires always. Its silence is the alarm, so it is repeated often.', {
        matchers: ['severity="none"'],
        receiver: 'watchdog',
        group_wait: '0s',
        group_interval: '1m',
        repeat_interval: '5m',
      }),
      { matchers: ['severity=~".+"'], receiver: 'gateway', group_wait: '5s', continue: true },
      { matchers: ['severity="info"'], receiver: 'nobody' },
      {
        matchers: ['severity="critical"'],
        receiver: 'people',
        group_wait: '10s',
        repeat_interval: '1h',
      },
      noted('Needed although the root says so: the gateway was a match.', { receiver: 'people' }),
    ],
  };
}

const webhook = (node: string, tokenFile: string) => ({
  url: `http://${node}/control/alerts`,
  send_resolved: true,
  http_config: { authorization: { type: 'Bearer', credentials_file: tokenFile } },
});
