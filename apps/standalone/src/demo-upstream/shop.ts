import { asRecord, created, type DemoRequest, ok, type Outcome, refused, type Route } from './exchange';
import type { Ledger } from './ledger';

/** A shop: prices and stock to read; charges, refunds, shipments and notifications as effects to bring about. */

const products = new Map(
  [
    { sku: 'KEYBOARD', name: 'Mechanical keyboard', price_cents: 8_900, weight_g: 950, available: 12 },
    { sku: 'MOUSE', name: 'Trackball mouse', price_cents: 4_500, weight_g: 180, available: 3 },
    { sku: 'MONITOR', name: '27" monitor', price_cents: 32_900, weight_g: 6_200, available: 0 },
    { sku: 'CABLE', name: 'USB-C cable', price_cents: 990, weight_g: 60, available: 400 },
  ].map((product) => [product.sku, product]),
);

export function shopRoutes(ledger: Ledger): readonly Route[] {
  return [
    {
      method: 'GET',
      pattern: '/products/:sku',
      summary: `Name, price and weight of ${[...products.keys()].join(', ')}`,
      answer: (request) => {
        const product = products.get(request.params.sku ?? '');
        if (product === undefined) return unknownProduct(request);
        const { sku, name, price_cents, weight_g } = product;
        return ok({ sku, name, price_cents, weight_g, currency: 'EUR' });
      },
    },
    {
      method: 'GET',
      pattern: '/stock/:sku',
      summary: 'How many are available (MONITOR is sold out)',
      answer: (request) => {
        const product = products.get(request.params.sku ?? '');
        return product === undefined
          ? unknownProduct(request)
          : ok({ sku: product.sku, available: product.available, warehouse: 'BER-1' });
      },
    },
    {
      method: 'POST',
      pattern: '/charges',
      summary: 'Takes money once per Idempotency-Key; ?lose_answer=1 breaks the connection the first time',
      answer: (request) => charge(ledger, request),
    },
    effectRoute(ledger, '/refunds', 'refund'),
    effectRoute(ledger, '/shipments', 'shipment'),
    effectRoute(ledger, '/notifications', 'notification'),
    {
      method: 'GET',
      pattern: '/ledger',
      summary: 'Every effect so far (?kind=, ?reference=)',
      answer: ({ query }) => {
        const items = ledger.find({ kind: query.get('kind'), reference: query.get('reference') });
        return ok({ count: items.length, items });
      },
    },
    {
      method: 'DELETE',
      pattern: '/ledger',
      summary: 'Forgets all effects',
      answer: () => {
        ledger.clear();
        return ok({ count: 0, items: [] });
      },
    },
  ];
}

function unknownProduct({ params }: DemoRequest): Outcome {
  return refused(
    404,
    `There is no product "${params.sku ?? ''}". Known: ${[...products.keys()].join(', ')}.`,
  );
}

/** Cards are declined above this. */
const limitCents = 1_000_000;

function charge(ledger: Ledger, request: DemoRequest): Outcome {
  const { amount_cents: amount, reference = '' } = asRecord(request.body);
  if (typeof amount !== 'number' || !Number.isInteger(amount) || amount <= 0) {
    return refused(422, '"amount_cents" must be a whole number above 0.');
  }
  if (amount > limitCents)
    return refused(402, `The card declines ${amount} cents: its limit is ${limitCents}.`);
  const outcome = effect(ledger, request, 'charge', String(reference));
  // The money is taken, yet the caller never hears of it: only its key keeps it from paying twice.
  if (request.query.get('lose_answer') === '1' && !outcome.repeated) return 'drop';
  return created(outcome.answer);
}

function effectRoute(ledger: Ledger, pattern: string, kind: string): Route {
  return {
    method: 'POST',
    pattern,
    summary: `Notes a ${kind}, once per Idempotency-Key`,
    answer: (request) => {
      const { reference = '' } = asRecord(request.body);
      return created(effect(ledger, request, kind, String(reference)).answer);
    },
  };
}

function effect(ledger: Ledger, { headers, body }: DemoRequest, kind: string, reference: string) {
  const key = headers['idempotency-key'] ?? null;
  const { answer, repeated } = ledger.once(key === null ? null : `${kind} ${key}`, () => {
    const { seq } = ledger.record(kind, reference, key, body);
    return { id: `${kind}-${seq}`, kind, reference, ...asRecord(body) };
  });
  return { answer: { ...answer, repeated }, repeated };
}
