import { candidatesWanted, questionCount } from './workload.ts';

interface Explained {
  readonly fallback_reason: string | null;
  readonly degradations: readonly unknown[];
  readonly explain: {
    readonly stages: readonly { readonly stage: string; readonly in: number }[];
  };
}

/** The questions whose candidates in the score stage are nearest above the wanted number. */
export async function chooseQuestions(
  port: number,
  paths: readonly string[],
): Promise<readonly string[]> {
  const counted: { path: string; candidates: number }[] = [];
  for (const path of paths) counted.push({ path, candidates: await countCandidates(port, path) });
  const enough = counted
    .filter(({ candidates }) => candidates >= candidatesWanted)
    .sort((a, b) => a.candidates - b.candidates);
  if (enough.length < questionCount) {
    throw new Error(
      `${enough.length} questions have ${candidatesWanted} candidates, expected ${questionCount}`,
    );
  }
  return enough.slice(0, questionCount).map(({ path }) => path);
}

/** Throws when a question has fewer candidates on this server than wanted. */
export async function checkQuestions(port: number, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const candidates = await countCandidates(port, path);
    if (candidates < candidatesWanted) {
      throw new Error(`${path}: ${candidates} candidates, expected ${candidatesWanted} or more`);
    }
  }
}

async function countCandidates(port: number, path: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}${path}&explain=true`);
  const answer = (await response.json()) as Explained;
  if (response.status !== 200 || answer.fallback_reason !== null) {
    throw new Error(`${path}: ${response.status} ${JSON.stringify(answer.degradations)}`);
  }
  return answer.explain.stages.find(({ stage }) => stage === 'score')?.in ?? 0;
}
