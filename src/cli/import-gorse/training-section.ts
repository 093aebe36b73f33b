import { convertFeedbackTypes } from './feedback-types.ts';
import { type Draft, setAt } from './set-at.ts';
import { forms, type Settings } from './settings.ts';

const periods = [
  'recommend.collaborative.fit_period',
  'recommend.collaborative.model_fit_period',
  'recommend.ranker.fit_period',
];
const usualHours = 1;

/** Says what is learnt, and when: as often as Gorse fits its models. */
export function convertTraining(settings: Settings, draft: Draft): void {
  convertFeedbackTypes(settings, draft);
  const given = periods.flatMap((key) => {
    const seconds = settings.read(key, forms.seconds);
    return seconds === undefined ? [] : [{ key, seconds }];
  });
  // Gorse fits all of its models in one loop, in the shorter of the periods.
  const hours = Math.min(...given.map(({ seconds }) => seconds / 3600));
  const everyHours = given.length === 0 ? usualHours : bounded(Math.round(hours * 100) / 100);
  setAt(draft, 'training.everyHours', everyHours);
  const text = `training.everyHours: ${everyHours}, the shortest period, for all models`;
  for (const { key } of given) settings.tell(key, 'became', text);
  adviseTuning(settings);
}

const bounded = (hours: number) => Math.min(500, Math.max(0.01, hours));

const searches = [
  'recommend.collaborative.optimize_',
  'recommend.collaborative.model_search_',
  'recommend.ranker.optimize_',
];

/** Options are not searched for beside the traffic. */
function adviseTuning(settings: Settings): void {
  for (const prefix of searches) {
    const model = prefix.includes('ranker') ? 'ranker' : 'collaborative';
    for (const name of ['period', 'trials', 'epoch'])
      tellSearch(settings, `${prefix}${name}`, model);
  }
}

function tellSearch(settings: Settings, key: string, model: string): void {
  if (settings.isOff(key)) settings.tell(key, 'same', 'is off');
  else
    settings.tell(key, 'none', `options are searched when you say so: \`sightline tune ${model}\``);
}
