import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { GuardError } from '../../errors.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Finds the addresses of a host name; replaced in tests. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** Which addresses a request may be sent to. The default is the public Internet. */
export interface AddressRules {
  readonly allowInsecureLoopback: boolean;
  readonly allowPrivateAddresses: boolean;
  readonly loopbackOnly: boolean;
}

export async function resolveHost(hostname: string): Promise<readonly ResolvedAddress[]> {
  const found = await lookup(hostname, { all: true, verbatim: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

/**
 * The address to connect to, and to nothing else. One forbidden address among several is enough to refuse:
 * the name is then in the hands of somebody who tries.
 */
export async function pinAddress(
  hostname: string,
  rules: AddressRules,
  resolve: Resolve,
  whose: string,
): Promise<ResolvedAddress> {
  const literal = hostname.replace(/^\[|\]$/g, '');
  const found = ipaddr.isValid(literal) ? [literalAddress(literal)] : await resolve(hostname);
  const forbidden = found.find(({ address }) => !mayReach(address, rules));
  const [first] = found;
  if (forbidden !== undefined) throw new ForbiddenAddress(whose);
  if (first === undefined) throw new Error('The host has no address.');
  return first;
}

export class ForbiddenAddress extends GuardError {
  constructor(whose: string) {
    // The address stays out of the text: it would make this a probe of the inner network.
    super('ERR_CONFIG', `The host of ${whose} is not a public address; requests to it are refused.`);
  }
}

export function mayReach(address: string, rules: AddressRules): boolean {
  const range = rangeOf(address);
  if (range === 'loopback') return rules.allowInsecureLoopback;
  if (rules.loopbackOnly) return false;
  if (range === 'private' || range === 'uniqueLocal')
    return rules.allowPrivateAddresses && !isMetadata(address);
  return range === 'unicast' && !isReservedPrefix(address);
}

/** ipaddr.js 2.5 counts 3fff::/20 (documentation, RFC 9637) and 5f00::/16 (SRv6) as ordinary. */
function isReservedPrefix(address: string): boolean {
  const parsed = ipaddr.parse(address);
  if (!(parsed instanceof ipaddr.IPv6)) return false;
  return parsed.match(ipaddr.IPv6.parse('3fff::'), 20) || parsed.match(ipaddr.IPv6.parse('5f00::'), 16);
}

/** AWS serves instance metadata at a unique local address. */
function isMetadata(address: string): boolean {
  return ipaddr.parse(address).toNormalizedString() === ipaddr.parse('fd00:ec2::254').toNormalizedString();
}

/** An address that cannot be read, or one with a zone, is in no range that is allowed. */
function rangeOf(address: string): string {
  return ipaddr.isValid(address) && !address.includes('%') ? ipaddr.parse(address).range() : 'unreadable';
}

function literalAddress(address: string): ResolvedAddress {
  return { address, family: ipaddr.IPv6.isValid(address) ? 6 : 4 };
}
