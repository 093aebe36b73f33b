import type { Annotation, Dashboard } from '../dashboards/dashboard.ts';
import type { GeneratedFile } from '../generated-file.ts';
import type { Definition } from '../source/definition.ts';
import { type Yaml, yamlFile } from '../yaml-file.ts';
import { classicDashboard } from './classic.ts';
import { folderOf } from './folder.ts';
import { manifest } from './manifest.ts';
import { addressVariables, provisionedDataSources } from './provisioned-data-sources.ts';

/** Where Grafana finds the classic dashboards. */
const mounted = '/var/lib/grafana/dashboards';
const provisioning = 'deploy/grafana/provisioning';
const addresses = Object.values(addressVariables).join(', ');

/**
 * The files of Grafana: each dashboard as classic JSON and as a manifest, and the files that make Grafana load the
 * dashboards and data sources. Throws SL_INTERNAL where ids collide or links lead nowhere.
 */
export function grafanaFiles(
  definition: Definition,
  dashboards: readonly Dashboard[],
  annotations: readonly Annotation[],
): GeneratedFile[] {
  const context = { definition, dashboards, annotations };
  return [
    ...dashboards.flatMap((dashboard) => [
      {
        path: `dashboards/${dashboard.key}.json`,
        text: `${JSON.stringify(classicDashboard(dashboard, context), undefined, 2)}\n`,
      },
      // Grafana reads all files that end in .json, also in folders below: it must not come upon a manifest.
      yamlFile(`dashboards/v2/${dashboard.key}.yaml`, {
        about: `${dashboard.title} as a resource, for the API and the tools of Grafana.`,
        content: manifest(dashboard, context) as unknown as Record<string, Yaml>,
      }),
    ]),
    yamlFile(`${provisioning}/datasources/sightline.yaml`, {
      about: `Data sources of Grafana. It needs their addresses in its environment: ${addresses}.`,
      content: provisionedDataSources(definition),
    }),
    yamlFile(`${provisioning}/dashboards/sightline.yaml`, {
      about: `Makes Grafana load the dashboards from ${mounted}.`,
      content: dashboardProvider(definition),
    }),
  ];
}

function dashboardProvider(definition: Definition) {
  const { title, uid } = folderOf(definition);
  return {
    apiVersion: 1,
    providers: [
      {
        name: title,
        orgId: 1,
        folder: title,
        folderUid: uid,
        type: 'file',
        disableDeletion: true,
        allowUiUpdates: false,
        updateIntervalSeconds: 30,
        options: { path: mounted },
      },
    ],
  };
}
