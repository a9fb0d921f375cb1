import { numberOf, ok, refused, type DemoRequest, type Route } from './exchange';

/** Users, their posts and the comments on these: 10, 100 and 300 of them, always the same. */

const names = [
  ['Ada Lovelace', 'London'],
  ['Grace Hopper', 'New York'],
  ['Alan Turing', 'Manchester'],
  ['Barbara Liskov', 'Boston'],
  ['Edsger Dijkstra', 'Rotterdam'],
  ['Katherine Johnson', 'Hampton'],
  ['Leslie Lamport', 'New York'],
  ['Radia Perlman', 'Boston'],
  ['Tony Hoare', 'London'],
  ['Margaret Hamilton', 'Boston'],
] as const;

const topics = [
  'graphs',
  'queues',
  'clocks',
  'locks',
  'logs',
  'retries',
  'streams',
  'schemas',
  'leases',
  'idempotence',
];

const users = names.map(([name, city], index) => {
  const username = name.split(' ')[0]?.toLowerCase() ?? '';
  return { id: index + 1, name, username, email: `${username}@example.com`, city };
});

const posts = users.flatMap((user, u) =>
  topics.map((topic, t) => ({
    id: u * topics.length + t + 1,
    user_id: user.id,
    title: `On ${topic}, by ${user.name}`,
    topic,
    likes: ((u + 3) * (t + 7)) % 23,
  })),
);

const comments = posts.flatMap((post, p) =>
  [0, 1, 2].map((n) => ({
    id: p * 3 + n + 1,
    post_id: post.id,
    author: users[(p + n + 1) % users.length]?.name ?? '',
    text: `Comment ${n + 1} on "${post.title}"`,
  })),
);

export const peopleRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/users',
    summary: 'All users (?limit=)',
    answer: (request) => page(users, request),
  },
  {
    method: 'GET',
    pattern: '/users/:id',
    summary: 'One user, 1 to 10',
    answer: (request) => one(users, request),
  },
  {
    method: 'GET',
    pattern: '/users/:id/posts',
    summary: 'Posts of a user (?limit=)',
    answer: (request) =>
      page(
        posts.filter((post) => String(post.user_id) === request.params.id),
        request,
      ),
  },
  {
    method: 'GET',
    pattern: '/posts',
    summary: 'Posts (?user_id=, ?limit=)',
    answer: (request) => page(filtered(posts, 'user_id', request), request),
  },
  {
    method: 'GET',
    pattern: '/posts/:id',
    summary: 'One post, 1 to 100',
    answer: (request) => one(posts, request),
  },
  {
    method: 'GET',
    pattern: '/posts/:id/comments',
    summary: 'Comments on a post',
    answer: (request) =>
      page(
        comments.filter((comment) => String(comment.post_id) === request.params.id),
        request,
      ),
  },
  {
    method: 'GET',
    pattern: '/comments',
    summary: 'Comments (?post_id=, ?limit=)',
    answer: (request) => page(filtered(comments, 'post_id', request), request),
  },
];

function page(items: readonly unknown[], { query }: DemoRequest) {
  return ok(items.slice(0, numberOf(query, 'limit', items.length, items.length)));
}

function one(items: readonly { readonly id: number }[], { params, path }: DemoRequest) {
  const found = items.find(({ id }) => String(id) === params.id);
  return found === undefined ? refused(404, `There is nothing at ${path}.`) : ok(found);
}

function filtered<K extends string, T extends Readonly<Record<K, number>>>(
  items: readonly T[],
  key: K,
  { query }: DemoRequest,
): readonly T[] {
  const wanted = query.get(key);
  return wanted === null ? items : items.filter((item) => String(item[key]) === wanted);
}
