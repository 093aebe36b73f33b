import { errorCodes } from '../domain/errors.ts';

/** The reference of error codes as Markdown, made from their table. */
export function errorsPage(): string {
  const rows = Object.entries(errorCodes).map(
    ([code, { status, advice }]) => `| \`${code}\` | ${status} | ${advice} |`,
  );
  return [
    '# Error codes',
    '',
    'Made from `src/domain/errors.ts` by `npm run generate`; change it there.',
    '',
    'An error over HTTP is `{"code", "message", "path"}`, with `path` naming the field that is wrong.',
    'On the command line the code stands first, then what to do. Codes with status 500 are met at start',
    'or in the log; over HTTP they carry no detail.',
    '',
    '| code | HTTP status | what to do |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
