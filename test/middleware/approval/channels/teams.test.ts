import { afterEach, describe, expect, it } from 'vitest';
import { teams, type TeamsOptions } from '../../../../src/middleware/approval/index.ts';
import {
  eventually,
  failure,
  openGate,
  receiver,
  someCall,
  someContext,
  type Gate,
  type Receiver,
} from '../harness.ts';

/** The address of a workflow holds what lets us post, as Power Automate has it. */
const signed = '?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=not-a-real-signature';

interface Card {
  readonly type: string;
  readonly attachments: readonly {
    readonly contentType: string;
    readonly content: {
      readonly type: string;
      readonly version: string;
      readonly body: readonly {
        readonly type: string;
        readonly inlines: readonly { readonly text: string }[];
      }[];
      readonly actions?: readonly object[];
    };
  }[];
}

const cards = ({ requests }: Receiver): Card[] =>
  requests.map(({ body }) => {
    const card: Card = JSON.parse(body);
    return card;
  });

const texts = (card: Card | undefined): string[] =>
  card?.attachments[0]?.content.body.flatMap(({ inlines }) => inlines.map(({ text }) => text)) ?? [];

const open: { gate: Gate; workflow: Receiver }[] = [];
afterEach(async () => {
  for (const { gate, workflow } of open.splice(0)) {
    await gate.gate.close();
    await workflow.close();
  }
});

async function asked(
  changes: Partial<TeamsOptions> = {},
  sql?: string,
): Promise<{ gate: Gate; workflow: Receiver; id: string; running: Promise<unknown> }> {
  // A workflow answers 202, and 401 when the signature in its address is another.
  const workflow = await receiver((response) => response.writeHead(202).end());
  const channel = teams({
    url: `${workflow.url}${signed}`,
    link: (id) => `https://guard.acme.io/approvals/${id}`,
    allowInsecureLoopback: true,
    ...changes,
  });
  const gate = openGate({ channels: [channel], onPending: 'throw' });
  const running = failure(gate.run(someCall(sql), someContext()));
  await running;
  open.push({ gate, workflow });
  return { gate, workflow, running, id: gate.gate.deliveries()[0]?.approval ?? '' };
}

describe('Teams', () => {
  it('is sent an adaptive card with a link, in which no text becomes markup', async () => {
    const sql = 'UPDATE shop.orders SET note = "[ok](https://evil.example) **hi** <at>all</at>" WHERE id = 6';
    const { workflow, id } = await asked({}, sql);
    const [card] = cards(workflow);
    expect(card).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: {
            type: 'AdaptiveCard',
            version: '1.4',
            actions: [{ type: 'Action.OpenUrl', url: `https://guard.acme.io/approvals/${id}` }],
          },
        },
      ],
    });
    const body = card?.attachments[0]?.content.body ?? [];
    expect(new Set(body.map(({ type }) => type))).toEqual(new Set(['RichTextBlock']));
    expect(texts(card).slice(0, 2)).toEqual(['Approval needed: jobs.query by agent-a', sql]);
    expect(texts(card)).toContain('Why: Ask a data owner. (writes-need-a-person)');
  });

  it('stays below the 28 KB of a message whatever the statement is', async () => {
    const { workflow } = await asked({}, `SELECT ${'é⟨'.repeat(50_000)}`);
    expect(Buffer.byteLength(workflow.requests[0]?.body ?? '')).toBeLessThan(28_000);
  });

  it('is told when the request is settled', async () => {
    const { gate, workflow, id } = await asked();
    await gate.gate.withdraw(id, 'ana@acme.io', 'not needed');
    await eventually(() => workflow.requests.length === 2);
    expect(texts(cards(workflow)[1])).toEqual(['Approval needed: jobs.query by agent-a', 'Cancelled']);
    expect(cards(workflow)[1]?.attachments[0]?.content.actions).toBeUndefined();
  });

  it('can be pinged', async () => {
    const workflow = await receiver((response, attempt) =>
      response.writeHead(attempt === 1 ? 202 : 401).end(),
    );
    const channel = teams({
      url: `${workflow.url}${signed}`,
      link: (id) => id,
      allowInsecureLoopback: true,
    });
    const pings = [
      await channel.ping?.(AbortSignal.timeout(2000)),
      await channel.ping?.(AbortSignal.timeout(2000)),
    ];
    expect(pings).toEqual([
      { ok: true, detail: 'posted a card' },
      { ok: false, detail: 'answered 401' },
    ]);
    await workflow.close();
  });

  it('never shows the address of the workflow, which is a secret', async () => {
    const workflow = await receiver((response) => response.writeHead(500).end());
    const channel = teams({
      url: `${workflow.url}${signed}`,
      link: (id) => id,
      allowInsecureLoopback: true,
      schedule: [5],
    });
    const gate = openGate({ channels: [channel], waitFor: 100 });
    const error = await failure(gate.run());
    expect(error).toMatchObject({ message: expect.stringContaining('teams answered 500') });
    const shown = JSON.stringify([gate.events, gate.progress, gate.gate.deliveries(), String(error)]);
    expect(shown.includes('not-a-real-signature')).toBe(false);
    await gate.gate.close();
    await workflow.close();
  });
});
