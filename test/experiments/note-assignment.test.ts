import { expect, test } from 'vitest';
import type { AssignmentReason } from '../../src/domain/assignment.ts';
import { createAssignments } from '../../src/experiments/assignments.ts';
import { defineExperiment } from '../../src/experiments/experiment.ts';
import { noteAssignment } from '../../src/experiments/note-assignment.ts';
import { RequestRecord } from '../../src/telemetry/request-record.ts';
import { optionsOf } from './outcomes.ts';

const assignments = createAssignments(defineExperiment('new-blend', optionsOf()), {
  provider: 'sightline',
  isBuiltin: true,
});

function note(reason: AssignmentReason | undefined, request: object = { user: 'u', session: 's' }) {
  const record = new RequestRecord();
  const told: unknown[] = [];
  const assignment = reason && assignments.treatment[reason];
  noteAssignment(record, { assignment, request }, (...fact) => told.push(fact));
  return { record, told };
}

test('the record says the variant, and what counts for the experiment has its label', () => {
  const { record, told } = note('split');
  expect(record.assignment).toBe(assignments.treatment.split);
  expect(record).toMatchObject({ variant: 'new-blend/treatment', targetingKey: 'u' });
  expect(told).toEqual([
    ['flag.evaluated', { experiment: 'new-blend', variant: 'treatment', reason: 'split' }],
  ]);
  expect(note('targeting_match').record.variant).toBe('');
});

test('a forced variant is no degradation and has no label', () => {
  const { record, told } = note('forced', { user: 'u', forcedVariant: 'new-blend/treatment' });
  expect(record).toMatchObject({ variant: '', degradations: [] });
  expect(told).toHaveLength(1);
});

test.each([
  ['unknown_variant', 'config.unknown_variant'],
  ['not_ready', 'dependency.unavailable'],
  ['late', 'dependency.unavailable'],
  ['error', 'dependency.error'],
] as const)('%s is the degradation %s, which is no fallback', (reason, degradation) => {
  const { record } = note(reason);
  expect(record.degradations).toEqual([
    {
      stage: 'intent',
      component: 'experiments',
      reason: degradation,
      action: 'default_value',
      changedSlate: false,
    },
  ]);
  expect(record.fallbackReason).toBeNull();
});

test('a work without experiment leaves the record alone, but for a variant that it cannot have', () => {
  const plain = note(undefined);
  expect(plain.record).toMatchObject({ assignment: undefined, variant: '', degradations: [] });
  expect(plain.told).toEqual([]);
  const { record } = note(undefined, { forcedVariant: 'new-blend/treatment' });
  expect(record.degradations).toMatchObject([{ reason: 'config.unknown_variant' }]);
});
