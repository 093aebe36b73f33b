import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  type AnnotationQuery,
  AnnotationQueryBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { type Mark, marksOf, noteColour, notes } from './annotations.ts';
import type { GrafanaContext } from './context.ts';
import { abovePanels } from './dashboard-settings.ts';
import { chosenUid } from './data-sources.ts';

/** The annotations of a dashboard, as its classic JSON has them, and the notes of people. */
export function classicAnnotations(context: GrafanaContext): Builder<AnnotationQuery>[] {
  return [ownNotes(), ...marksOf(context).map(annotation)].map(abovePanels);
}

function annotation({ name, expr, colour, title, text, tags }: Mark): AnnotationQueryBuilder {
  const datasource = { type: 'prometheus', uid: chosenUid('prometheus') };
  const target: Builder<Dataquery> = new DataqueryBuilder()
    .expr(expr)
    .refId('Anno')
    .datasource(datasource);
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(datasource)
    .enable(true)
    .hide(false)
    .iconColor(colour)
    .target(target)
    .titleFormat(title)
    .textFormat(text)
    .tagKeys(tags.join(','));
}

function ownNotes(): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(notes.name)
    .builtIn(1)
    .datasource({ type: 'grafana', uid: notes.uid })
    .enable(true)
    .hide(true)
    .iconColor(noteColour)
    .type('dashboard');
}
