import { ExpressionMistake } from './mistake.ts';
import { Duration, Time } from './values.ts';

/** No time that is meant is longer. */
const maxLength = 64;

const msOf: Readonly<Record<string, number>> = {
  ...{ ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1 },
  ...{ s: 1000, m: 60_000, h: 3_600_000 },
};

/**
 * Reads a duration as Go writes it. Throws `ExpressionMistake`.
 *
 * @example parseDuration('1h30m').ms // 5_400_000
 */
export function parseDuration(text: string): Duration {
  const short = text.slice(0, maxLength);
  const [, sign, rest] = /^([+-]?)(.*)$/s.exec(short)!;
  if (rest === '0') return new Duration(0);
  const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/y;
  let ms = 0;
  let end = 0;
  for (let found = part.exec(rest); found !== null; found = part.exec(rest)) {
    ms += Number(found[1]) * msOf[found[2]];
    end = part.lastIndex;
  }
  if (end > 0 && end === rest.length && text.length <= maxLength)
    return new Duration(sign === '-' ? -ms : ms);
  throw new ExpressionMistake(
    `duration is ${JSON.stringify(short)}, expected one like 24h or 1h30m`,
  );
}

/**
 * Reads `2024-05-01`, `2024-05-01 12:00:00` (both UTC) and RFC 3339. Throws `ExpressionMistake`.
 *
 * @example parseDate('1970-01-02').ms // 86_400_000
 */
export function parseDate(text: string): Time {
  const short = text.slice(0, maxLength);
  const form = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|[+-]\d\d:\d\d)?)?$/.exec(
    short,
  );
  const [, day, clock = '00:00:00', zone = 'Z'] = form ?? [];
  const ms = form === null ? Number.NaN : Date.parse(`${day}T${clock}${zone}`);
  if (Number.isFinite(ms)) return new Time(ms);
  throw new ExpressionMistake(
    `date is ${JSON.stringify(short)}, expected one like 2024-05-01 or 2024-05-01T12:00:00Z`,
  );
}
