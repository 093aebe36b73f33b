/** Marsaglia's xorshift128: four words of state. */
@inline
export function next(state: u32): u32 {
  let t = load<u32>(state, 12);
  const s = load<u32>(state);
  store<u32>(state, load<u32>(state, 8), 12);
  store<u32>(state, load<u32>(state, 4), 8);
  store<u32>(state, s, 4);
  t ^= t << 11;
  t ^= t >> 8;
  t ^= s ^ (s >> 19);
  store<u32>(state, t);
  return t;
}
