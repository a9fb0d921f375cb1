import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';

/** The URLs that {@link isRedisUrl} takes, for messages. */
export const REDIS_URL_FORMS =
  'redis://host:6379 or rediss://host:6379 (TLS), or by Sentinels ' +
  'redis+sentinel://[user:password@]host1:26379,host2:26379/name-of-the-master[/db] (TLS: rediss+sentinel://)';

const sentinelUrl =
  /^(?<scheme>rediss?)\+sentinel:\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^@/?#]+)\/(?<name>[\w.-]+)(?:\/(?<db>\d{1,5}))?\/?(?:\?(?<query>[^#]*))?$/;
const sentinelHost = /^(?:\[(?<v6>[\da-f:.]+)\]|(?<host>[\w.-]+))(?::(?<port>\d{1,5}))?$/i;
const SENTINEL_PORT = '26379';

export function isRedisUrl(url: string): boolean {
  if (isSentinelUrl(url)) return sentinelOptions(url) !== undefined;
  return URL.canParse(url) && ['redis:', 'rediss:'].includes(new URL(url).protocol);
}

type Options = Omit<RedisOptions, 'replyMapping'>;

/** A connection to the server of the URL, or to the master that its Sentinels name, whichever that is at the time. */
export function redisAt(url: string, options: Options): Redis {
  return isSentinelUrl(url) ? new Redis({ ...sentinelOptions(url), ...options }) : new Redis(url, options);
}

function isSentinelUrl(url: string): boolean {
  return /^rediss?\+sentinel:/.test(url);
}

/**
 * `redis+sentinel://[user:password@]host[:port][,host2[:port2]…]/name[/db]` is not a URL by RFC 3986, for it has many
 * ports; but it is what other tools take (redis-sentinel-url, Prefect). The credentials are those of the servers. What
 * the Sentinels themselves want is in the query: `?sentinel_username=…&sentinel_password=…`.
 */
function sentinelOptions(url: string): Options | undefined {
  const { scheme, user, password, hosts, name, db, query } = sentinelUrl.exec(url)?.groups ?? {};
  if (hosts === undefined || name === undefined) return undefined;
  const sentinels = hosts.split(',').map(sentinelOf);
  const further = new URLSearchParams(query);
  const sentinelUsername = take(further, 'sentinel_username');
  const sentinelPassword = take(further, 'sentinel_password');
  const [username, secret] = [decoded(user), decoded(password)];
  if (sentinels.includes(undefined) || further.size > 0 || username === undefined || secret === undefined)
    return undefined;
  return {
    sentinels: sentinels.flatMap((sentinel) => sentinel ?? []),
    name,
    ...(username !== '' && { username }),
    ...(secret !== '' && { password: secret }),
    ...(db !== undefined && { db: Number(db) }),
    ...(sentinelUsername !== '' && { sentinelUsername }),
    ...(sentinelPassword !== '' && { sentinelPassword }),
    ...(scheme === 'rediss' && { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true }),
  };
}

function sentinelOf(text: string): { readonly host: string; readonly port: number } | undefined {
  const { v6, host = v6, port = SENTINEL_PORT } = sentinelHost.exec(text)?.groups ?? {};
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return undefined;
  return { host, port: Number(port) };
}

function take(query: URLSearchParams, name: string): string {
  const value = query.get(name) ?? '';
  query.delete(name);
  return value;
}

/** Undefined when the percent encoding is wrong. */
function decoded(text = ''): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
