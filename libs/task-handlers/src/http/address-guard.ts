import { lookup as systemLookup } from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Keeps requests of workflows away from the network the engine itself lives in (server-side request forgery).
 * Literal addresses are checked before connecting; names are checked by what they resolve to, in the very
 * lookup that the socket uses, so that a name cannot change its mind in between (DNS rebinding).
 */

/** Resolves a name to all its addresses. */
export type Resolve = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export class BlockedAddressError extends Error {
  readonly code = 'BLOCKED_ADDRESS';
}

/** An entry of the allow-list that is no `host[:port]`. */
export class InvalidAllowedHostError extends Error {
  readonly code = 'INVALID_ALLOWED_HOST';
  readonly retryable = false;

  constructor(entry: string) {
    super(
      `${JSON.stringify(entry)} is no host to allow. Write host or host:port, e.g. "localhost:8080" or "[::1]:8080".`,
    );
  }
}

export class AddressGuard {
  /** `host` or `host:port`, as the URL parser spells them. */
  private readonly allowed: ReadonlySet<string>;

  /** @throws {InvalidAllowedHostError} */
  constructor(
    allowHosts: readonly string[],
    private readonly resolve: Resolve = (hostname, options, callback) =>
      systemLookup(hostname, options, callback),
  ) {
    this.allowed = new Set(allowHosts.map(allowedHost));
  }

  isAllowListed(url: URL): boolean {
    const host = bareHost(url);
    return this.allowed.has(host) || this.allowed.has(`${host}:${portOf(url)}`);
  }

  /** Why a request to `url` must not be made, as far as its text tells; undefined when it may. */
  objectionTo(url: URL): string | undefined {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      return `only http and https are allowed, not ${JSON.stringify(url.protocol.slice(0, -1))}`;
    }
    if (this.isAllowListed(url)) return undefined;
    const host = bareHost(url);
    // RFC 6761, 6.3: these names are loopback, whatever a resolver says.
    if (host === 'localhost' || host.endsWith('.localhost')) return notPublic(url.hostname);
    const address = host.replace(/^\[|\]$/g, '');
    return ipaddr.isValid(address) && !isPublic(address) ? notPublic(url.hostname) : undefined;
  }

  /** The lookup for sockets to `origin`. Fails with {@link BlockedAddressError} if any address is not public. */
  lookupFor(origin: URL): LookupFunction {
    const trusts = this.isAllowListed(origin);
    const lookup = (hostname: string, options: LookupOptions, callback: LookedUp): void => {
      this.resolve(hostname, { all: true }, (error, found) => {
        if (error !== null) {
          callback(error, []);
          return;
        }
        const { family } = options;
        const wanted = family === 4 || family === 6 ? found.filter((one) => one.family === family) : found;
        const blocked = trusts ? undefined : wanted.find(({ address }) => !isPublic(address));
        if (blocked !== undefined) {
          callback(new BlockedAddressError(notPublic(`${hostname} (${blocked.address})`)), []);
          return;
        }
        const [first] = wanted;
        if (first === undefined) {
          callback(notFound(hostname), []);
          return;
        }
        if (options.all === true) {
          callback(null, wanted);
          return;
        }
        callback(null, first.address, first.family);
      });
    };
    // Sockets ask for one address or for all; the declared type knows of the former only.
    return lookup as LookupFunction;
  }
}

type LookedUp = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** Whether an address is out on the internet: global unicast, and no tunnel or translation to something else. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  // Of IPv6 only 2000::/3 is handed out; the rest is local, deprecated or not yet known.
  return !(parsed instanceof ipaddr.IPv6) || ((parsed.parts[0] ?? 0) & 0xe000) === 0x2000;
}

/** The host as the URL parser has normalized it, without the dot that ends a fully qualified name. */
function bareHost(url: URL): string {
  return url.hostname.replace(/\.$/, '');
}

function portOf(url: URL): string {
  if (url.port !== '') return url.port;
  return url.protocol === 'https:' ? '443' : '80';
}

function allowedHost(entry: string): string {
  const [, host, port] = /^(\[[0-9a-fA-F:.]+\]|[^\s:/?#@[\]]+)(?::(\d{1,5}))?$/.exec(entry.trim()) ?? [];
  if (host === undefined || !URL.canParse(`http://${host}`)) throw new InvalidAllowedHostError(entry);
  const spelled = bareHost(new URL(`http://${host}`));
  return port === undefined ? spelled : `${spelled}:${Number(port)}`;
}

function notPublic(host: string): string {
  return `${host} is not a public address`;
}

function notFound(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' });
}
