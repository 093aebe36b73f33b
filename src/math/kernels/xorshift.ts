/** Marsaglia's xorshift128 (2003): changes the four words of state, not all 0, and returns 32 random bits. */
export function nextRandom(state: Uint32Array): number {
  let t = state[3];
  const s = state[0];
  state[3] = state[2];
  state[2] = state[1];
  state[1] = s;
  t ^= t << 11;
  t ^= t >>> 8;
  state[0] = t ^ s ^ (s >>> 19);
  return state[0];
}
