import { runTask, serveLedger } from '../../task-ledger.mjs';
import { connect, follow, send } from './streams.mjs';

const pack = Number(process.env.PACK);
const writer = connect();

serveLedger();
await follow('tasks', (acked, tasks) => {
  const items = tasks.map(([seed, node, sum]) => [seed, node, runTask(seed, node, sum)]);
  void send(writer, { ackedIn: 'tasks', acked, to: 'outcomes', items, pack });
});
