// The order on the pictures, and the shop that its nodes call.

const call = (id, shop, dependencies, more = {}) => ({
  id,
  handler: 'http',
  dependencies,
  config: { method: 'POST', url: `${shop}/${id}`, body: { sku: '${input.sku}', card: '${input.card}' } },
  ...more,
});

/** @param {string} shop where it is: `http://host:port` */
export function orderOf(shop) {
  const retry = { max_attempts: 3, interval: 0.6, jitter: 'none', retry_on: ['HTTP_5XX'] };
  return {
    name: 'order-fulfilment',
    labels: { team: 'sales' },
    dag: {
      nodes: [
        { id: 'order', handler: 'input' },
        call('customer', shop, ['order']),
        call('price', shop, ['order']),
        call('stock', shop, ['order'], { retry }),
        call('fraud-check', shop, ['order']),
        call('charge', shop, ['customer', 'price', 'fraud-check', 'stock'], { retry }),
        call('reserve', shop, ['stock']),
        {
          id: 'invoice',
          handler: 'transform',
          dependencies: ['charge'],
          config: { amount: '${price.output.body.price * 2}' },
        },
        call('ship', shop, ['charge', 'reserve']),
        { id: 'done', handler: 'output', dependencies: ['ship', 'invoice'] },
      ],
    },
  };
}

/** Milliseconds that each part of the shop takes. */
const takes = {
  '/customer': 180,
  '/price': 250,
  '/stock': 400,
  '/fraud-check': 900,
  '/charge': 500,
  '/reserve': 350,
  '/ship': 200,
};
const asked = new Map();

/** The stock is busy at first; an expired card is never charged. */
export function upstreamAnswer(request, response) {
  let text = '';
  request.setEncoding('utf8').on('data', (part) => (text += part));
  request.on('end', () => {
    const { sku, card } = JSON.parse(text);
    const key = `${request.url} ${sku}`;
    const times = (asked.get(key) ?? 0) + 1;
    asked.set(key, times);
    const isBusy = request.url === '/stock' && times === 1;
    const isRefused = request.url === '/charge' && card === 'expired';
    const [status, body] = isBusy
      ? [503, { error: 'try again' }]
      : isRefused
        ? [502, { error: 'the bank refuses this card: it has expired' }]
        : [200, { ok: true, price: 21 }];
    setTimeout(() => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    }, takes[request.url] ?? 0);
  });
}
