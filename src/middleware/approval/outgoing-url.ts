import ipaddr from 'ipaddr.js';
import { GuardError } from '../../errors.ts';
import { ForbiddenAddress, mayReach, type AddressRules, type Resolve } from './address.ts';

/** Where requests of ours may go. The default is https to the public Internet. */
export interface OutgoingOptions {
  /** Milliseconds for one attempt. Default 15 s. */
  readonly timeout?: number;
  /** Ports that may be used besides 443. */
  readonly ports?: readonly number[];
  /** PEM certificates to trust instead of the system's. */
  readonly certificates?: string;
  /** For development: lets the request go to this machine, without TLS. */
  readonly allowInsecureLoopback?: boolean;
  /** Lets the request go to private networks (10/8, 192.168/16, fc00::/7, …), still over https. */
  readonly allowPrivateAddresses?: boolean;
  /** Name resolution; the default asks the system. */
  readonly resolve?: Resolve;
}

/** Which addresses this URL may lead to. Without TLS it is this machine and nothing else. */
export function addressRules(url: URL, options: OutgoingOptions): AddressRules {
  return {
    allowInsecureLoopback: options.allowInsecureLoopback === true,
    allowPrivateAddresses: options.allowPrivateAddresses === true,
    loopbackOnly: url.protocol === 'http:',
  };
}

/** Refuses at start what no lookup is needed to refuse. `whose` names the address in messages. */
export function checkOutgoingUrl(text: string, options: OutgoingOptions, whose: string): URL {
  const wrong = (what: string): GuardError =>
    new GuardError('ERR_CONFIG', `The address of ${whose} ${what}.`);
  const url = URL.parse(text);
  if (url === null) throw wrong('is not a URL');
  if (url.username !== '' || url.password !== '') throw wrong('must not hold a user name or password');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && options.allowInsecureLoopback === true)) {
    throw wrong('must begin with https:');
  }
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  const known = ipaddr.isValid(literal) ? literal : undefined;
  if (known !== undefined && !mayReach(known, addressRules(url, options))) throw new ForbiddenAddress(whose);
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw wrong('may use http: only for this machine');
  if (!portAllowed(url, options)) throw wrong(`uses port ${url.port}; add it to ports if that is meant`);
  return url;
}

function portAllowed({ port, hostname }: URL, options: OutgoingOptions): boolean {
  if (port === '' || (options.ports ?? []).includes(Number(port))) return true;
  return options.allowInsecureLoopback === true && isLoopback(hostname);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}
