import { type Compiled, constant, type Frame, fold, nameOfType } from './compiled.ts';
import { elementType, kindOfType } from './expression-type.ts';
import { ExpressionMistake, unknownName } from './mistake.ts';
import { isList, kindOf, type List, ownValue } from './values.ts';

/** Where something of a thing is asked for, and whether the thing may be nil. */
interface Place {
  readonly at: number;
  readonly isOptional: boolean;
}

/** Names that lead out of the data in other languages; here they would only find nothing. */
const refused = new Set(['__proto__', 'constructor', 'prototype']);

/** Compiles `thing.name`: only fields of its own are within reach. Throws `ExpressionMistake`. */
export function compileField(object: Compiled, name: string, place: Place): Compiled {
  const { type, run } = object;
  const { at } = place;
  if (refused.has(name)) throw new ExpressionMistake(`field ${name} is refused`, at);
  if (typeof type === 'object' && 'record' in type) {
    if (!Object.hasOwn(type.fields, name))
      throw unknownName(`field of ${type.record}`, name, { known: Object.keys(type.fields), at });
    const field = (frame: Frame) => (run(frame) as Record<string, unknown>)[name];
    return { type: type.fields[name], run: field, at, isConstant: false };
  }
  if (type !== 'any' && kindOfType(type) !== 'map')
    throw new ExpressionMistake(`field ${name} of ${nameOfType(type)}, expected a map`, at);
  return compileIndex(object, constant(name, at), place);
}

/** Compiles `map["name"]` or `list[0]`; -1 is the last element. Throws `ExpressionMistake`. */
export function compileIndex(
  { type, run, isConstant }: Compiled,
  key: Compiled,
  { at, isOptional }: Place,
): Compiled {
  const known = kindOfType(type);
  const mistake = (of: string, by: string) =>
    new ExpressionMistake(`field ${by} of ${of}, expected a map, or a list with a number`, at);
  if (known !== undefined && known !== 'list' && known !== 'map')
    throw mistake(nameOfType(type), nameOfType(key.type));
  return fold({
    type: elementType(type),
    run(frame) {
      const object = run(frame);
      if (isOptional && kindOf(object) === 'nil') return undefined;
      const index = key.run(frame);
      if (isList(object) && typeof index === 'number') return elementAt(object, index, at);
      if (kindOf(object) === 'map' && typeof index === 'string')
        return ownValue(object as object, index);
      throw mistake(kindOf(object), typeof index === 'string' ? index.slice(0, 40) : kindOf(index));
    },
    at,
    isConstant: isConstant && key.isConstant,
  });
}

function elementAt(list: List, index: number, at: number): unknown {
  const place = index < 0 ? list.length + index : index;
  if (Number.isInteger(place) && place >= 0 && place < list.length) return list.at(place);
  throw new ExpressionMistake(`index is ${index}, expected one inside of ${list.length}`, at);
}
