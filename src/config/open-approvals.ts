import { approval, entryApprovals, type ApprovalChannel } from '../middleware/approval/index.ts';
import { audit, fileAudit } from '../middleware/audit/index.ts';
import { sharedFolder } from '../store/index.ts';
import { approvalFolder } from './build-approval.ts';
import { knownPeople } from './known-people.ts';
import type { GuardConfig } from './load-config.ts';

export interface OpenApprovals {
  handler(this: void, request: Request): Promise<Response>;
  close(): Promise<void>;
}

/** Tells nobody: the guard that runs does. */
const silent: ApprovalChannel = { name: 'command line', people: [], notify: async () => undefined };

/** The requests of a policy file, for whoever decides on the machine where the guard runs. */
export async function openApprovals({ file }: GuardConfig): Promise<OpenApprovals> {
  const trail = audit({ store: fileAudit({ folder: file.audit.folder }) });
  const shared = sharedFolder({ folder: approvalFolder(file) });
  const gate = approval({
    channels: [silent],
    people: knownPeople(file),
    store: entryApprovals(shared.entries),
    record: async (event) => trail.record(event),
  });
  return {
    handler: gate.handler,
    async close() {
      await gate.close();
      await shared.close?.();
      await trail.close?.();
    },
  };
}
