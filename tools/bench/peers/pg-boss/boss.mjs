import { PgBoss } from 'pg-boss';

export const QUEUE = 'bench';

/** @param {object} options what else its constructor takes */
export async function startBoss(options) {
  const boss = new PgBoss({ connectionString: process.env.DATABASE_URL, schedule: false, ...options });
  boss.on('error', (error) => console.error(error));
  await boss.start();
  return boss;
}
