import type { RateLimit } from './http/rate-limit';

/** Injection token of {@link ApiConfig}. */
export const API_CONFIG = Symbol('API_CONFIG');

export interface ApiConfig {
  /** Largest request body, after decompression. Default {@link defaultMaxBodyBytes}. */
  readonly maxBodyBytes?: number;
  /** Default: off. */
  readonly rateLimit?: RateLimit;
  /** How often a silent event stream shows that it is alive. Default 15,000. */
  readonly keepAliveMs?: number;
}

export const defaultMaxBodyBytes = 16 * 1_024 * 1_024;
