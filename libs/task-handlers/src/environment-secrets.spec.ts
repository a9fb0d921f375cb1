import { describe, expect, it } from '@jest/globals';
import { environmentSecrets } from './environment-secrets';

describe('environmentSecrets', () => {
  const secrets = environmentSecrets({
    SECRET_STRIPE_KEY: 'sk_1',
    SECRET_EMPTY: '',
    DATABASE_URL: 'postgres://',
  });

  it('finds what has the prefix, and nothing else of the environment', () => {
    expect(secrets.find('STRIPE_KEY')).toBe('sk_1');
    for (const name of ['stripe_key', 'EMPTY', 'DATABASE_URL', 'MISSING', '', '__proto__']) {
      expect(secrets.find(name)).toBeUndefined();
    }
  });
});
