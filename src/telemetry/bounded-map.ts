/** Keys come from requests in part: a cache that strangers could fill is emptied when it is full. */
const limit = 256;

/** The value of a key in a cache of at most 256 keys, made where it is missing. */
export function within<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  if (map.size >= limit) map.clear();
  map.set(key, made);
  return made;
}
