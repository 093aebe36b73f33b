import { type MessagePort, parentPort } from 'node:worker_threads';
import { Hits } from '../../models/model.ts';
import { AlgorithmError } from '../../pipeline/algorithm-error.ts';
import { QueryIndex } from '../../pipeline/algorithms/query-index.ts';
import { type AlgorithmParts, type Algorithms, checkOptions } from '../../pipeline/catalogue.ts';
import { assertCount, assertScores, HitCheck, prepareScores } from '../../pipeline/contract.ts';
import { makeAlgorithm, messageOf } from '../../pipeline/make-algorithm.ts';
import { ItemTable } from '../../stores/item-table.ts';
import { attachTable } from '../../stores/tables/attach-table.ts';
import type { Plugin } from '../plugin.ts';
import type { Call, CallAnswer, Making, Question, QuestionAnswer, ToIsolate } from './call.ts';
import { learnNames, noNames, type ReadCall, readCall } from './read-call.ts';

type Made = Algorithms['retrievers'] | Algorithms['scorers'];

/** Answers calls and questions of the host with the algorithms of a plugin, in the thread that it has for itself. */
export function serveCalls(
  plugin: Plugin,
  questions: { readonly port: MessagePort; readonly answered: Int32Array },
): void {
  const uses = new Map<number, Made>();
  const names = noNames();
  const make = (making: Making) => {
    uses.set(making.use, createMade(plugin, making));
  };
  const { port, answered } = questions;
  port.on('message', (question: Question) => {
    port.postMessage(answerTo(question, plugin, make));
    Atomics.add(answered, 0, 1);
    Atomics.notify(answered, 0);
  });
  parentPort?.on('message', (message: ToIsolate) => {
    if (message.say === 'forget') uses.delete(message.use);
    else if (message.say === 'make') remake(message.making, make);
    else {
      // At once, and in the order of the calls: later ones build on these names.
      learnNames(names, message.context.names);
      answerCall(uses.get(message.use), message, readCall(message.context, names));
    }
  });
}

/** What cannot be made again fails when it is called. */
function remake(making: Making, make: (making: Making) => void): void {
  try {
    make(making);
  } catch {}
}

function answerTo(
  question: Question,
  plugin: Plugin,
  make: (making: Making) => void,
): QuestionAnswer {
  const { id } = question;
  try {
    if (question.ask === 'make') {
      make(question.making);
      return { id, mistakes: [] };
    }
    const definition = plugin[question.kind]?.[question.name] ?? {};
    const checked = checkOptions(definition, question.options, '');
    return { id, mistakes: 'mistakes' in checked ? checked.mistakes : [] };
  } catch (cause) {
    return { id, mistakes: [{ path: '', message: messageOf(cause) }] };
  }
}

function createMade(plugin: Plugin, making: Making): Made {
  const { kind, name, options: given, surface, segments } = making;
  const definition = plugin[kind]?.[name];
  const checked = checkOptions(definition ?? {}, given, 'options');
  if (definition === undefined || 'mistakes' in checked) throw new Error(`${name} cannot be made`);
  const parts: AlgorithmParts = {
    surface,
    segments: new Set(segments),
    models: new Map(),
    tables: new Map([...making.tables].map(([table, handle]) => [table, attachTable(handle)])),
    index: new QueryIndex(new ItemTable()),
  };
  const create = () => definition.create(checked.options, parts);
  return makeAlgorithm<'retrievers' | 'scorers'>(kind, `${kind.slice(0, -1)} ${name}`, create);
}

const check = new HitCheck();

async function answerCall(made: Made | undefined, call: Call, read: ReadCall): Promise<void> {
  const { id, limit } = call;
  let answer: CallAnswer;
  try {
    if (made === undefined) throw new Error('it could not be made again');
    answer =
      'retrieve' in made ? await retrieve(made, read, { id, limit }) : await score(made, read, id);
  } catch (cause) {
    const reason = cause instanceof AlgorithmError ? cause.reason : 'plugin.error';
    answer = { id, reason, message: messageOf(cause) };
  }
  parentPort?.postMessage(answer);
}

async function retrieve(
  made: Algorithms['retrievers'],
  { context, table }: ReadCall,
  { id, limit }: { id: number; limit: number },
): Promise<CallAnswer> {
  const hits = new Hits(limit);
  await made.retrieve(context, hits, limit);
  check.assert(hits, limit, table.size);
  const { items, scores, count } = hits;
  return { id, items: items.slice(0, count), scores: scores.slice(0, count), fresh: table.fresh };
}

async function score(
  made: Algorithms['scorers'],
  { context, candidates }: ReadCall,
  id: number,
): Promise<CallAnswer> {
  if (candidates === undefined) throw new Error('there are no candidates');
  const { count } = candidates;
  const scores = new Float32Array(count + 1);
  prepareScores(scores, count);
  await made.score(context, candidates, scores);
  assertCount(candidates, count);
  assertScores(scores, count);
  return { id, scores: scores.slice(0, count) };
}
