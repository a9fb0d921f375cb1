import type { Secrets } from '@workflow-engine/execution';

const prefix = 'SECRET_';

/**
 * Secrets from environment variables: `${secrets.STRIPE_KEY}` is the value of `SECRET_STRIPE_KEY`. Names are
 * taken as they are written, letter case included. The prefix keeps workflows from reading the rest of the
 * environment (`DATABASE_URL`, say). An empty value counts as absent.
 * @param env usually `process.env`; read on each use, so a later change shows
 */
export function environmentSecrets(env: Readonly<Record<string, string | undefined>>): Secrets {
  return {
    find(name) {
      const value = Object.hasOwn(env, prefix + name) ? env[prefix + name] : undefined;
      return value === '' ? undefined : value;
    },
  };
}
