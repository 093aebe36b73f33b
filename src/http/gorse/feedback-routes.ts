import { z } from 'zod';
import type { App } from '../routes.ts';
import { feedbackExample, feedbackInputSchema, gorseFeedbackSchema } from './feedback-kind.ts';
import {
  allFeedback,
  deleteFeedback,
  matchingFeedback,
  oneFeedback,
  pagesOfFeedback,
} from './feedback-reading.ts';
import { createFeedbackWriting, type FeedbackTools } from './feedback-writing.ts';
import {
  addGorseRoute,
  type GorseDoors,
  type GorseHandle,
  type GorseRoute,
} from './gorse-route.ts';
import { rowPageSchema } from './row-page.ts';
import { successSchema } from './row-schemas.ts';

const base = '/api/feedback';
const ofType = `${base}/{feedback-type}`;
const ofPair = `${base}/{user-id}/{item-id}`;
const ofTriple = `${base}/{feedback-type}/{user-id}/{item-id}`;
const ofUser = '/api/user/{user-id}/feedback';
const ofUserAndType = `${ofUser}/{feedback-type}`;
const ofItem = '/api/item/{item-id}/feedback';
const ofItemAndType = `${ofItem}/{feedback-type}`;

const reading = { 400: 'An id or parameter that is wrong', 503: 'The store cannot be reached' };
const writing = {
  ...{ 400: 'A body that is wrong', 413: 'Too large', 415: 'No JSON by its type' },
  429: 'More than `gorse.quota` allows',
  ...{ 503: 'The store cannot be reached', 507: 'The store is full' },
};

const list = {
  description: 'Feedback in order of type, user and item; empty for none',
  schema: z.array(gorseFeedbackSchema),
  example: [feedbackExample],
};
const page = {
  description: 'A page; `Cursor` leads to the next one and is empty on the last',
  schema: z
    .strictObject({
      Cursor: z.string(),
      Feedback: z.array(gorseFeedbackSchema),
      Feedbacks: z.array(gorseFeedbackSchema).meta({ description: 'The same once more' }),
    })
    .meta({ id: 'GorseFeedbackIterator', description: 'A page of feedback' }),
  example: { Cursor: '', Feedback: [feedbackExample], Feedbacks: [feedbackExample] },
};
const count = {
  description: 'How many rows it was',
  schema: successSchema,
  example: { RowAffected: 1 },
};

const { Updated: _, ...inputExample } = feedbackExample;

const taking: Omit<GorseRoute, 'method' | 'operationId' | 'summary'> = {
  ...{ paths: [base], scope: 'write', success: count, failures: writing },
  body: { schema: z.array(feedbackInputSchema), example: [inputExample] },
};
const showing: Pick<GorseRoute, 'method' | 'scope' | 'failures'> = {
  ...{ method: 'get', scope: 'read', failures: reading },
};
const deleting: Pick<GorseRoute, 'method' | 'scope' | 'success' | 'failures'> = {
  ...{ method: 'delete', scope: 'write', success: count },
  failures: { ...reading, 507: 'The store is full' },
};

const routes = {
  add: {
    ...{ ...taking, method: 'post', operationId: 'gorseAddFeedback' },
    summary: 'Take feedback in; values of what is there already are added up',
  },
  replace: {
    ...{ ...taking, method: 'put', operationId: 'gorseReplaceFeedback' },
    summary: 'Put feedback in the place of what is there already',
  },
  list: {
    ...{ ...showing, paths: [base], operationId: 'gorseListFeedback' },
    ...{ summary: 'List feedback', query: rowPageSchema, success: page },
  },
  listOfType: {
    ...{ ...showing, paths: [ofType], operationId: 'gorseListFeedbackOfType' },
    ...{ summary: 'List feedback of one type', query: rowPageSchema, success: page },
  },
  read: {
    ...{ ...showing, paths: [ofPair], operationId: 'gorseReadFeedback', success: list },
    summary: 'Feedback of a user on an item',
  },
  readOfType: {
    ...{ ...showing, paths: [ofTriple], operationId: 'gorseReadFeedbackOfType' },
    summary: 'Feedback of one type of a user on an item; the text `{}` for none',
    success: { description: 'The feedback', schema: gorseFeedbackSchema, example: feedbackExample },
  },
  remove: {
    ...{ ...deleting, paths: [ofPair], operationId: 'gorseDeleteFeedback' },
    summary: 'Delete feedback of a user on an item',
  },
  removeOfType: {
    ...{ ...deleting, paths: [ofTriple], operationId: 'gorseDeleteFeedbackOfType' },
    summary: 'Delete feedback of one type of a user on an item',
  },
  listOfUser: {
    ...{ ...showing, paths: [ofUser], operationId: 'gorseListUserFeedback', success: list },
    summary: 'Feedback of a user',
  },
  listOfUserAndType: {
    ...{ ...showing, paths: [ofUserAndType], success: list },
    operationId: 'gorseListUserFeedbackOfType',
    summary: 'Feedback of a user that an expression as `read>=3` holds for',
  },
  listOfItem: {
    ...{ ...showing, paths: [ofItem], operationId: 'gorseListItemFeedback', success: list },
    summary: 'Feedback on an item',
  },
  listOfItemAndType: {
    ...{ ...showing, paths: [ofItemAndType], success: list },
    operationId: 'gorseListItemFeedbackOfType',
    summary: 'Feedback of one type on an item',
  },
} satisfies Record<string, GorseRoute>;

/** Adds the routes that take, show and delete feedback. */
export function addFeedbackRoutes(
  app: App,
  { doors, ...tools }: FeedbackTools & { readonly doors: GorseDoors },
): void {
  const clockErrorMs = tools.gateway.config.gorse!.clockErrorSeconds * 1000;
  const handles: Readonly<Record<keyof typeof routes, GorseHandle>> = {
    ...createFeedbackWriting(tools),
    list: pagesOfFeedback(tools, base),
    listOfType: pagesOfFeedback(tools, ofType),
    read: allFeedback(tools, ofPair),
    readOfType: oneFeedback(tools, ofTriple),
    remove: deleteFeedback(tools, ofPair),
    removeOfType: deleteFeedback(tools, ofTriple),
    listOfUser: allFeedback(tools, ofUser, { aheadMs: clockErrorMs }),
    listOfUserAndType: matchingFeedback(tools, ofUserAndType, { aheadMs: clockErrorMs }),
    listOfItem: allFeedback(tools, ofItem, { aheadMs: 0 }),
    listOfItemAndType: allFeedback(tools, ofItemAndType, { aheadMs: 0 }),
  };
  for (const name of Object.keys(routes) as (keyof typeof routes)[])
    addGorseRoute(app, routes[name], { doors, handle: handles[name] });
}
