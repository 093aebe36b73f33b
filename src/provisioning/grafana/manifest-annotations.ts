import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  AnnotationQueryBuilder,
  type AnnotationQueryKind,
} from '@grafana/grafana-foundation-sdk/dashboardv2';
import { QueryV2Builder } from '@grafana/grafana-foundation-sdk/prometheus';
import { type Mark, marksOf, noteColour, notes } from './annotations.ts';
import type { GrafanaContext } from './context.ts';
import { chosenUid } from './data-sources.ts';

/** The annotations of a dashboard, as its manifest has them, and the notes of people. */
export function manifestAnnotations(context: GrafanaContext): Builder<AnnotationQueryKind>[] {
  return [ownNotes(), ...marksOf(context).map(annotation)];
}

function annotation({ name, expr, colour, title, text, tags }: Mark): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .enable(true)
    .hide(false)
    .iconColor(colour)
    .query(new QueryV2Builder().expr(expr).datasource({ name: chosenUid('prometheus') }))
    .legacyOptions({ titleFormat: title, textFormat: text, tagKeys: tags.join(',') });
}

function ownNotes(): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(notes.name)
    .builtIn(true)
    .enable(true)
    .hide(true)
    .iconColor(noteColour)
    .query({
      build: () => ({
        kind: 'DataQuery',
        group: 'grafana',
        version: 'v0',
        datasource: { name: notes.uid },
        spec: {},
      }),
    });
}
