/** `npm run -s preview [-- draw]`: records five minutes of the demo, then draws its dashboards; `draw` only draws
 * again what was recorded. Needs `prometheus` on the path. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { annotationsOf } from '../../src/provisioning/dashboards/annotations.ts';
import { dashboardsOf } from '../../src/provisioning/dashboards/index.ts';
import { type Mark, marksOf } from '../../src/provisioning/grafana/annotations.ts';
import type { Definition } from '../../src/provisioning/source/definition.ts';
import type { Chosen, DashboardAnswers } from './answers.ts';
import { askDashboard } from './ask-dashboard.ts';
import { drawDashboard } from './draw-dashboard.ts';
import { askPrometheus } from './prometheus-questions.ts';
import { openRehearsal } from './rehearsal.ts';

/** The dashboards of the documentation. */
const shown = ['overview', 'pipeline-stage', 'anomalies', 'strategy'];
const shownSeconds = 300;
const stepSeconds = 2;
const folders = { shown: 'docs/dashboards', others: 'var/preview' };
const recordFile = `${folders.others}/answers.json`;

/** What was recorded; dashboards are made from the definition each time, so that changes to them show. */
interface Recording {
  readonly definition: Definition;
  readonly answers: Readonly<Record<string, DashboardAnswers>>;
}

async function record(): Promise<Recording> {
  const { definition, prometheusUrl, play, close } = await openRehearsal();
  try {
    await play(shownSeconds);
    const to = Math.floor(Date.now() / 1000);
    const window = { from: to - shownSeconds, to, step: stepSeconds };
    const questions = askPrometheus(prometheusUrl, window);
    const annotations = shownMarks(definition);
    const { scrapeSeconds } = definition;
    const asking = { questions, window, scrapeSeconds, annotations, chosen };
    const answers: Record<string, DashboardAnswers> = {};
    for (const dashboard of dashboardsOf(definition)) {
      answers[dashboard.key] = await askDashboard(dashboard, asking);
    }
    return { definition, answers };
  } finally {
    await close();
  }
}

/** Two strategies, so that the picture of rows that are repeated does not get too long. */
const chosen: Chosen = { strategy: ['home-blend', 'session-blend'] };

const shownMarks = (definition: Definition): Mark[] =>
  marksOf({ definition, annotations: annotationsOf(definition), dashboards: [] });

function draw({ definition, answers }: Recording): void {
  const annotations = shownMarks(definition);
  for (const dashboard of dashboardsOf(definition)) {
    const { key } = dashboard;
    const folder = shown.includes(key) ? folders.shown : folders.others;
    const svg = drawDashboard(dashboard, { answers: answers[key], annotations });
    writeFileSync(`${folder}/${key}.svg`, svg);
    console.log(`${folder}/${key}.svg: ${Math.ceil(svg.length / 1000)} KB`);
  }
}

for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
if (process.argv[2] !== 'draw') writeFileSync(recordFile, JSON.stringify(await record()));
draw(JSON.parse(readFileSync(recordFile, 'utf8')) as Recording);
