// BullMQ as its documentation shows it: worker | client, and the address of Redis. Answers what the bench asks: a line with a
// command and its arguments in, a line with the answer out.
import { createInterface } from 'node:readline';
import { Queue, QueueEvents, Worker } from 'bullmq';

const [role, address] = process.argv.slice(2);
const [host, port] = address.split(':');
const connection = { host, port: Number(port) };
const name = 'bench';
const nowMs = () => performance.timeOrigin + performance.now();

async function inFlight(count, most, act) {
  const took = new Array(count);
  let next = 0;
  await Promise.all(Array.from({ length: Math.min(most, count) }, async () => {
    while (next < count) {
      const i = next++;
      const start = performance.now();
      await act(i);
      took[i] = performance.now() - start;
    }
  }));
  return took;
}

async function clientCommands() {
  const queue = new Queue(name, { connection });
  const events = new QueueEvents(name, { connection });
  await events.waitUntilReady();
  return {
    submit: async ({ count, inFlight: most }) => ({ ms: await inFlight(count, most, i => queue.add('add', { x: i, y: 1 })) }),
    fill: async ({ count }) => {
      for (let from = 0; from < count; from += 500) {
        await queue.addBulk(Array.from({ length: Math.min(500, count - from) }, (_, i) => ({ name: 'add', data: { x: from + i, y: 1 } })));
      }
      return {};
    },
    roundTrips: async ({ count }) => ({
      ms: await inFlight(count, 1, async i => (await queue.add('add', { x: i, y: 1 })).waitUntilFinished(events)),
    }),
    lateness: async ({ count, aheadMs, betweenMs }) => {
      const first = nowMs() + aheadMs;
      const jobs = new Array(count);
      const due = i => Math.round(first + i * betweenMs);
      await inFlight(count, 128, async i => { jobs[i] = await queue.add('instant', {}, { delay: due(i) - Date.now() }); });
      if (nowMs() >= first) {
        throw new Error('The jobs were due before all of them were added; nothing was measured.');
      }
      const late = [];
      for (let i = 0; i < count; i++) {
        late.push(await jobs[i].waitUntilFinished(events) - (jobs[i].timestamp + jobs[i].delay));
      }
      return { ms: late };
    },
  };
}

async function workerCommands() {
  const worker = new Worker(name, async job => (job.name === 'add' ? job.data.x + job.data.y : nowMs()), { connection, concurrency: 200 });
  await worker.waitUntilReady();
  return {
    hold: async () => { await worker.pause(); return {}; },
    release: async () => { worker.resume(); return {}; },
  };
}

function usage() {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return { cpuMs: (user + system) / 1000, allocatedBytes: 0, gcPauseMs: 0, memoryBytes: rss, heapBytes: heapUsed };
}

const answer = value => process.stdout.write(`@${JSON.stringify(value)}\n`);
const commands = { usage, ...await (role === 'client' ? clientCommands() : workerCommands()) };
answer({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const { command, args } = JSON.parse(line);
  try {
    answer(await commands[command](args));
  } catch (error) {
    answer({ error: `${command}: ${error.stack}` });
  }
}
process.exit(0);
