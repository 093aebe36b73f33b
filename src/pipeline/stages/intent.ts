import type { IntentParser } from '../algorithm.ts';
import { neutralIntent } from '../run.ts';
import type { Stage } from '../stage.ts';

/** The stage that turns the request into one typed intent. */
export function intentStage(parser: IntentParser, budgetMs: number | undefined): Stage {
  return {
    name: 'intent',
    component: parser.name,
    components: [],
    needs: [],
    provides: ['intent'],
    onError: 'fallback',
    essential: true,
    budgetMs,
    run(run) {
      run.intent = parser.parse(run);
      run.query.anchor = run.intent.anchor;
      run.query.recent = run.intent.recent;
      run.query.nowMs = run.nowMs;
      run.query.sessionEntropy = run.intent.sessionEntropy;
      run.limitTo(run.intent.categories);
      run.query.purpose = run.intent.surface === 'item' ? 'similar' : 'next';
    },
    instead(run) {
      run.intent = neutralIntent;
    },
  };
}
