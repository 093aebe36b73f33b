import type { LookupAddress, LookupOptions } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** IPv4 blocks that are not public: the special-purpose registry of IANA (RFC 6890), and multicast. */
const specialV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const;

/** Of the global unicast block of IPv6: protocol assignments, documentation, 6to4. */
const specialV6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

const special = new BlockList();
for (const [net, prefix] of specialV4) {
  // A rule of IPv4 covers the mapped addresses of IPv6 too; those of NAT64 (RFC 6052) need their own.
  special.addSubnet(net, prefix, 'ipv4');
  special.addSubnet(`64:ff9b::${net}`, 96 + prefix, 'ipv6');
}
for (const [net, prefix] of specialV6) special.addSubnet(net, prefix, 'ipv6');

/** Where public addresses of IPv6 may lie: global unicast, mapped IPv4, NAT64. */
const global = new BlockList();
global.addSubnet('2000::', 3, 'ipv6');
global.addSubnet('::ffff:0:0', 96, 'ipv6');
global.addSubnet('64:ff9b::', 96, 'ipv6');

/**
 * Whether an IP address is one of the public internet: not loopback, private, link-local (cloud metadata), shared,
 * unique-local, multicast, or any other special block, also inside of IPv6. What is no address is not public.
 *
 * @example isPublicAddress('169.254.169.254') // false
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !special.check(address, 'ipv4');
  // Zones belong to link-local addresses alone.
  if (family !== 6 || address.includes('%')) return false;
  return global.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

/**
 * Whether the host of a URL is an IP address that is not public; a name has to be looked up first. URLs write
 * decimal, octal and hexadecimal hosts as plain addresses.
 *
 * @example isPrivateHost(new URL('http://0x7f000001/')) // true
 */
export function isPrivateHost({ hostname }: URL): boolean {
  const address = hostname.replace(/^\[|\]$/g, '');
  return isIP(address) !== 0 && !isPublicAddress(address);
}

/** The code of the error of a lookup that found no public address. */
export const privateAddressCode = 'ERR_PRIVATE_ADDRESS';

/**
 * A lookup that gives out only public addresses. A connection that uses it goes to the very address that was judged,
 * whatever the name says a moment later.
 */
export function publicLookup(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    const all: LookupOptions = { ...options, all: true };
    lookup(hostname, all as Parameters<LookupFunction>[1], (error, found) => {
      if (error !== null) return callback(error, []);
      const open = (found as LookupAddress[]).filter(({ address }) => isPublicAddress(address));
      if (open.length === 0) return callback(privateError(hostname), []);
      if (options.all === true) callback(null, open);
      else callback(null, open[0].address, open[0].family);
    });
  };
}

function privateError(hostname: string): NodeJS.ErrnoException {
  const message = `host ${hostname} has no public address, expected one, or allowPrivate`;
  return Object.assign(new Error(message), { code: privateAddressCode });
}
