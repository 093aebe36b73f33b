import type { EvaluationContext, Provider } from '@openfeature/server-sdk';
import { trace } from '@opentelemetry/api';

/** How the provider behaves. */
interface ShopOptions {
  /** What it says of every flag; a promise that never resolves where it hangs. */
  readonly says?: object | 'nothing' | 'throws';
  readonly init?: 'hangs' | 'fails';
  readonly seen?: EvaluationContext[];
  /** Traces that it was asked in. */
  readonly traces?: (string | undefined)[];
  readonly closed?: string[];
}

/** An OpenFeature provider of somebody else, as a class. */
export default class ShopProvider implements Provider {
  readonly metadata = { name: 'shop-flags' };
  readonly runsOn = 'server';
  readonly #options: ShopOptions;
  initialize?: () => Promise<void>;

  constructor(options: ShopOptions = {}) {
    this.#options = options;
    const { init } = options;
    if (init !== undefined)
      this.initialize = () =>
        init === 'hangs' ? new Promise(() => {}) : Promise.reject(new Error('no flags today'));
  }

  async resolveStringEvaluation(_flag: string, value: string, context: EvaluationContext) {
    const { says = { value, reason: 'STATIC' }, seen, traces } = this.#options;
    seen?.push(context);
    traces?.push(trace.getActiveSpan()?.spanContext().traceId);
    if (says === 'throws') throw new Error('flag service fell over');
    return says === 'nothing' ? new Promise<never>(() => {}) : { value, ...(says as object) };
  }

  async onClose() {
    this.#options.closed?.push('closed');
  }

  resolveBooleanEvaluation = async (_flag: string, value: boolean) => ({ value });
  resolveNumberEvaluation = async (_flag: string, value: number) => ({ value });
  resolveObjectEvaluation = async <T>(_flag: string, value: T) => ({ value });
}

/** The same as a function, as a promise of one, and made. */
export const makeProvider = (options: ShopOptions) => new ShopProvider(options);
export const makeSlowly = async (options: ShopOptions) => new ShopProvider(options);
export const provider = new ShopProvider();
/** What is none. */
export const nothing = { metadata: { name: 'empty' } };
export const fails = () => {
  throw new Error('no such region');
};
