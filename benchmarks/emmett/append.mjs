// Appends gifts to Emmett's event store on PostgreSQL, a round for each line that is read.
//
// The server is told by PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE. A line is {"gifts", "writers",
// "at_once"}: so many gifts, by so many writers at a time, so many events an append, each append to
// a stream of its own and awaited. The answer is {"gifts", "seconds"}.
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';

const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE } = process.env;
const address = new URL('postgresql://server/');
address.pathname = PGDATABASE;
address.username = PGUSER;
address.password = PGPASSWORD;
address.searchParams.set('host', PGHOST);
address.port = PGPORT;
const store = getPostgreSQLEventStore(address.toString());
await store.schema.migrate();

const gift = (fen) => ({
  type: 'GiftReceived',
  data: { amount: fen, currency: 'CNY', fund: 'general', donor: randomUUID(), receivedOn: '2026-10-01' },
});

const round = async ({ gifts, writers, at_once: atOnce }) => {
  let next = 0;
  const write = async () => {
    while (next < gifts) {
      const first = next;
      next += atOnce;
      const many = Math.min(atOnce, gifts - first);
      await store.appendToStream(
        `gift-${randomUUID()}`,
        Array.from({ length: many }, (_, n) => gift(first + n + 1)),
      );
    }
  };
  const started = process.hrtime.bigint();
  await Promise.all(Array.from({ length: writers }, write));
  return { gifts, seconds: Number(process.hrtime.bigint() - started) / 1e9 };
};

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await round(JSON.parse(line)))}\n`);
}
await store.close();
