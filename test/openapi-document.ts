import { expect } from 'vitest';

/** One operation of a document. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Content }>
  >;
  readonly security?: readonly object[];
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: object;
}

type Content = Readonly<Record<string, { readonly schema: object; readonly example?: unknown }>>;

/** An OpenAPI document, as far as tests look at it. */
export interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

/** The operations of all paths. */
export const operationsOf = (document: Document) =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );

/** `GET /healthz 200` and so on, sorted, without what is documented as any other. */
export const documentedOutcomes = (document: Document): string[] =>
  operationsOf(document)
    .flatMap(({ path, method, operation }) =>
      Object.keys(operation.responses)
        .filter((status) => status !== 'default')
        .map((status) => `${method.toUpperCase()} ${path} ${status}`),
    )
    .toSorted();

/** Expects what every document has: names, parameters of paths, references and security schemes that are declared. */
export function expectWholeDocument(document: Document): void {
  expect(document.openapi).toBe('3.1.0');
  expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
  const operations = operationsOf(document);
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { path, operation } of operations) expectWholeOperation(path, operation);
  expectReferences(document);
  const schemes = Object.keys(document.components.securitySchemes ?? {});
  for (const { operation } of operations)
    for (const scheme of operation.security ?? [])
      expect(schemes).toEqual(expect.arrayContaining(Object.keys(scheme)));
}

function expectWholeOperation(path: string, operation: Operation): void {
  expect(operation.summary).not.toBe('');
  const inPath = [...path.matchAll(/\{([\w-]+)\}/g)].map(([, parameter]) => parameter);
  const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
  expect(declared.map(({ name }) => name)).toEqual(inPath);
  for (const { required } of declared) expect(required).toBe(true);
  for (const [status, { description }] of Object.entries(operation.responses)) {
    expect(status).toMatch(/^([1-5]\d\d|default)$/);
    expect(description).not.toBe('');
  }
}

function expectReferences(document: Document): void {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];
  expect(references.length).toBeGreaterThan(0);
  for (const [, reference] of references) {
    const target = reference
      .split('/')
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
    expect(target, reference).toBeTypeOf('object');
  }
}
