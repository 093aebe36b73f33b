/**
 * Whether an address is this machine's own, as IPv4, IPv6 or IPv4 within IPv6; of names only `localhost` is.
 *
 * @example isLoopback('::ffff:127.0.0.1') // true
 */
export function isLoopback(address: string): boolean {
  return /^(?:localhost|::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address);
}
