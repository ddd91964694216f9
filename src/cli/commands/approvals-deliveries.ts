import { readEvents } from '../../middleware/audit/index.ts';

/** Prints from a record who was told of which request, by which channel, at which attempt, and what failed. */
export async function listDeliveries(folder: string, approval: string | undefined): Promise<number> {
  for await (const { type, time, data } of readEvents(folder)) {
    if (type !== 'approval.notified' && type !== 'approval.undelivered') continue;
    if (approval !== undefined && data.approval !== approval) continue;
    const outcome = 'outcome' in data ? `${data.outcome}: ${data.message}` : 'delivered';
    console.log(`${time}  ${data.approval}  ${data.channel}  attempt ${data.attempt}  ${outcome}`);
  }
  return 0;
}
