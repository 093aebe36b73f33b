import type { Answer } from './answer.ts';
import type { ServingGeneration } from './changes/ingredients.ts';
import type { Assignment } from './domain/assignment.ts';
import type { Clock } from './domain/clock.ts';
import type { Feedback, FeedbackSelection } from './domain/feedback.ts';
import type { RecommendRequest } from './domain/recommend-request.ts';
import { noteAssignment } from './experiments/note-assignment.ts';
import type { GorseOptions } from './gorse-schema.ts';
import type { Generations } from './pipeline/generations/generations.ts';
import { type CatalogueEpochs, createCatalogueEpochs } from './pipeline/kept/catalogue-epochs.ts';
import { type KeptList, KeptLists } from './pipeline/kept/kept-lists.ts';
import { packColumns } from './pipeline/kept/list-columns.ts';
import { createPageReader, type PageWriting, type WrittenPart } from './pipeline/kept/read-page.ts';
import {
  createPartReader,
  type ListPart,
  type Reading,
  type Recalled,
} from './pipeline/kept/read-part.ts';
import { ladderSource } from './pipeline/stages/filter.ts';
import type { Work } from './pipeline/work.ts';
import type { ItemTable } from './stores/item-table.ts';
import type { Emit, Facts } from './telemetry/facts.ts';
import type { RequestRecord } from './telemetry/request-record.ts';

/** A question that a list may answer: a work, a user, a catalogue and categories that items must all have. */
export interface KeepableRequest extends RecommendRequest {
  readonly user: string;
}

/** One question, and the record of who asks. */
export interface Asked {
  /** Of the work. */
  readonly name: string;
  readonly request: KeepableRequest;
  readonly part: ListPart;
  readonly record: RequestRecord;
  /** Whether the question is put again where no list answers: only an answer is told. */
  readonly isTrial?: boolean;
}

/** How a list was asked for, for a later `keep`. */
export interface KeepTicket {
  readonly revision: number;
  readonly catalogueEpoch: number;
}

/** Answers that are kept for a while, see `KeptLists`. */
export interface Keeping {
  /**
   * Answers from a list where one holds that is long enough, and completes the record as a run of the work would; stages
   * that did not run stay unset. `render` makes the answer; undefined where there is none. A promise only where an
   * experiment has to be asked.
   */
  recall<T>(
    asked: Asked,
    render: (recalled: Recalled) => T,
  ): T | undefined | Promise<T | undefined>;
  /** The same for a part that is written; `use` gets the text. */
  recallText<T>(
    asked: Asked,
    writing: PageWriting,
    use: (text: string) => T,
  ): T | undefined | Promise<T | undefined>;
  /** Taken before a work is asked for a list. */
  ticket(user: string): KeepTicket;
  /** Keeps the answer of a work, without what the last rung of the ladder added; a degraded one is not kept. */
  keep(work: string, request: KeepableRequest, answer: Answer, ticket: KeepTicket): void;
  /** Told of feedback that is kept now. */
  noteFeedback(events: readonly Feedback[]): void;
  noteDeleted(which: FeedbackSelection): void;
  noteUsers(ids: readonly string[]): void;
}

/** What lists are kept with. */
export interface KeepingParts {
  readonly options: GorseOptions['cache'];
  readonly table: ItemTable;
  readonly generations: Generations<ServingGeneration>;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Feedback so much later than now already counts. */
  readonly futureMs: number;
  /** Whether faults are being played, which kept lists would hide. */
  readonly isFaulty: () => boolean;
}

/** Reasons that say that the work had too few candidates. */
const shortages: readonly string[] = ['candidates.insufficient', 'candidates.empty'];

/** Makes the keeping of lists; undefined where the configuration keeps none. */
export function createKeeping(parts: KeepingParts): Keeping | undefined {
  const { options, table, generations, clock, emit } = parts;
  const maxBytes = options.maxMb * 1e6;
  if (maxBytes === 0 || options.seconds === 0) return undefined;
  const lists = new KeptLists({ maxBytes });
  const epochs = createCatalogueEpochs(table, { freshMs: options.freshSeconds * 1000 });
  let toldBytes = 0;
  const tellSize = () => {
    toldBytes = lists.bytes;
    emit('lists.kept', { lists: lists.size, bytes: toldBytes });
  };
  const recallAs = createRecall(parts, lists, epochs);
  const read = createPartReader(table);
  const readPage = createPageReader(table, { read, lists });
  const recall = <Part extends { readonly count: number }, T>(
    asked: Asked,
    readPart: (list: KeptList, reading: Reading) => Part | undefined,
    render: (part: Part) => T,
  ) => {
    if (parts.isFaulty()) return undefined;
    const answer = (assignment: Assignment | undefined) => {
      const recalled = recallAs(assignment, asked, readPart);
      return recalled && render(recalled);
    };
    const { experiments } = generations.current.generation;
    const assigned = experiments.assign(asked.name, asked.request);
    if (!(assigned instanceof Promise)) return answer(assigned);
    return asked.isTrial ? undefined : assigned.then(answer);
  };
  return {
    recall: (asked, render) => recall(asked, read, render),
    recallText: (asked, writing, use) =>
      recall(
        asked,
        (list, reading) => {
          const page = readPage(list, reading, writing);
          if (lists.bytes !== toldBytes) tellSize();
          return page;
        },
        ({ text }: WrittenPart) => use(text),
      ),
    ticket: (user) => ({
      revision: lists.revision(user),
      catalogueEpoch: epochs.at(clock.now()),
    }),
    keep(name, request, answer, { revision, catalogueEpoch }) {
      const { record, slate } = answer;
      const isDegraded = record.degradations.some(
        ({ changedSlate, reason }) => changedSlate && !shortages.includes(reason),
      );
      const count = ownCount(slate.sources, slate.count);
      if (isDegraded || count === 0 || parts.isFaulty()) return;
      const nowMs = clock.now();
      const untilMs = nowMs + options.seconds * 1000;
      const { user } = request;
      const work = record.assignment?.work ?? name;
      const question = { user, work, scope: scopeOf(request) };
      const list = { ...question, ...listOf(answer, count), catalogueEpoch, untilMs };
      lists.keep(list, revision, nowMs);
      tellSize();
    },
    noteFeedback(events) {
      const nowMs = clock.now();
      for (const { user, atMs } of events) {
        if (user === undefined) continue;
        if (atMs > nowMs) lists.forgetAt(user, atMs);
        if (atMs <= nowMs + parts.futureMs) lists.forget(user);
      }
      tellSize();
    },
    noteDeleted({ user }) {
      if (user === undefined) lists.clear();
      else lists.forget(user);
      tellSize();
    },
    noteUsers(ids) {
      for (const id of ids) lists.forget(id);
      tellSize();
    },
  };
}

/** Makes what finds the part of a list that answers a question, and tells of it. */
function createRecall(
  { generations, clock, emit }: KeepingParts,
  lists: KeptLists,
  epochs: CatalogueEpochs,
) {
  return <Part extends { readonly count: number }>(
    assignment: Assignment | undefined,
    asked: Asked,
    read: (list: KeptList, reading: Reading) => Part | undefined,
  ): Part | undefined => {
    const { name, request, part, record } = asked;
    const { generation } = generations.current;
    const work = generation.works.get(assignment?.work ?? name);
    if (work === undefined) return undefined;
    const nowMs = clock.now();
    const question = { user: request.user, work: work.name, scope: scopeOf(request) };
    const list = lists.find(question, nowMs);
    const holds = list?.generation === generation.id && list.catalogueEpoch === epochs.at(nowMs);
    const recalled = holds ? read(list, { request, part, nowMs, record }) : undefined;
    const result = resultOf(list, { holds, recalled });
    if (result === 'hit' || asked.isTrial !== true) emit('list.asked', { work: work.name, result });
    if (recalled === undefined) return undefined;
    completeRecord(record, { list: list!, work, part, count: recalled.count });
    noteAssignment(record, { assignment, request }, emit);
    return recalled;
  };
}

function resultOf(
  list: KeptList | undefined,
  { holds, recalled }: { readonly holds: boolean; readonly recalled: object | undefined },
): Facts['list.asked']['result'] {
  if (list === undefined) return 'miss';
  if (!holds) return 'stale';
  return recalled === undefined ? 'short' : 'hit';
}

/** The places of a slate before the last rung of the ladder. */
function ownCount(sources: readonly string[], count: number): number {
  let own = 0;
  while (own < count && sources[own] !== ladderSource) own += 1;
  return own;
}

/** What is kept of the first items of an answer. */
function listOf({ record, slate }: Answer, count: number) {
  const { strategy, generation, segment, catalog, door, sessionLength } = record;
  const columns = packColumns({ ...slate, predicted: record.predicted }, count);
  return { count, columns, strategy, generation, segment, catalog, door, sessionLength };
}

/** Catalogue and categories as one text; no id has the character between them. */
function scopeOf({ catalog, categories }: RecommendRequest): string {
  if (categories === undefined || categories.length === 0) return catalog ?? '';
  return `${catalog ?? ''}\n${[...categories].sort().join('\n')}`;
}

/** Says in a record what the run of the work would have said. */
function completeRecord(
  record: RequestRecord,
  about: {
    readonly list: KeptList;
    readonly work: Work;
    readonly part: ListPart;
    readonly count: number;
  },
): void {
  const { list, work, part, count } = about;
  record.layout = work.layout;
  record.generation = list.generation;
  record.strategy = list.strategy;
  record.segment = list.segment;
  record.catalog = list.catalog;
  record.door = list.door;
  record.sessionLength = list.sessionLength;
  record.owner = list.user;
  record.requested = part.n;
  record.returned = count;
  record.outcome = 'ok';
}
