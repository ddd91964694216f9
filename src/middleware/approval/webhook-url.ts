import ipaddr from 'ipaddr.js';
import { GuardError } from '../../errors.ts';
import { ForbiddenAddress, mayReach, type AddressRules } from './address.ts';
import type { WebhookOptions } from './webhook.ts';

/** Which addresses this URL may lead to. Without TLS it is this machine and nothing else. */
export function addressRules(url: URL, options: WebhookOptions): AddressRules {
  return {
    allowInsecureLoopback: options.allowInsecureLoopback === true,
    allowPrivateAddresses: options.allowPrivateAddresses === true,
    loopbackOnly: url.protocol === 'http:',
  };
}

/** Refuses at start what no lookup is needed to refuse. */
export function checkWebhookUrl(options: WebhookOptions): URL {
  const url = URL.parse(options.url);
  if (url === null) throw wrong('is not a URL');
  if (url.username !== '' || url.password !== '') throw wrong('must not hold a user name or password');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && options.allowInsecureLoopback === true)) {
    throw wrong('must begin with https:');
  }
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  const known = ipaddr.isValid(literal) ? literal : undefined;
  if (known !== undefined && !mayReach(known, addressRules(url, options))) throw new ForbiddenAddress();
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw wrong('may use http: only for this machine');
  if (!portAllowed(url, options)) throw wrong(`uses port ${url.port}; add it to ports if that is meant`);
  return url;
}

function portAllowed({ port, hostname }: URL, options: WebhookOptions): boolean {
  if (port === '' || (options.ports ?? []).includes(Number(port))) return true;
  return options.allowInsecureLoopback === true && isLoopback(hostname);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}

function wrong(what: string): GuardError {
  return new GuardError('ERR_CONFIG', `The approval webhook's address ${what}.`);
}
