import type { Yaml } from '../yaml-file.ts';

/** What a container may have. */
export interface Limits {
  readonly memoryMib: number;
  readonly cpus: number;
}

/** What every container of the stack is: without privileges, with a root that nobody writes, and bounded. */
export function container({ memoryMib, cpus }: Limits): { readonly [key: string]: Yaml } {
  return {
    restart: 'unless-stopped',
    read_only: true,
    tmpfs: ['/tmp'],
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    mem_limit: `${memoryMib}m`,
    cpus,
    pids_limit: 512,
    logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
  };
}

/** Asks a container how it is. */
export function healthcheck(...command: string[]): Yaml {
  return {
    test: ['CMD', ...command],
    interval: '10s',
    timeout: '5s',
    retries: 6,
    start_period: '30s',
  };
}

/** A port that only this machine reaches. */
export const published = (port: number) => `127.0.0.1:${port}:${port}`;

/** The value of a variable without which nothing starts. */
export const required = (variable: string) =>
  `\${${variable}:?is not set, see the first lines of compose.yaml}`;

/** A text that compose leaves as it is: a dollar begins a variable. */
export const literal = (text: string) => text.replaceAll('$', '$$$$');
