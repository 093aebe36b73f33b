import { errorCodes } from '../domain/errors.ts';
import { returnCodes } from '../http/query/query-form.ts';

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
    '## The form of lab_common_so',
    '',
    'An error of `POST /v1/query` is `{"return_code", "error_msg"}`. The HTTP status is that of the error code, and',
    '`return_code` is the number that lab_common_so gave to such a failure; 0 is a success. A failure that it had no',
    'number for has its HTTP status there.',
    '',
    '| return_code | when | error codes |',
    '|---|---|---|',
    ...Object.entries(refusals).map(([code, when]) => `| ${code} | ${when} | ${codesOf(code)} |`),
    '',
  ].join('\n');
}

/** What a `return_code` means. */
const refusals: Readonly<Record<string, string>> = {
  403: '`cmd` or `body` cannot be used',
  405: 'the form cannot be read, or names no `api`',
  406: 'the `api` is unknown',
};

function codesOf(returnCode: string): string {
  return Object.entries(returnCodes)
    .filter(([, number]) => String(number) === returnCode)
    .map(([code]) => `\`${code}\``)
    .join(', ');
}
