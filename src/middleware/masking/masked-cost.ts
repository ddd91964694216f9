import { refuseUnseen } from '../limits/cross-check.ts';
import type { CostOf, EstimateCost } from '../limits/cost.ts';
import { padsTables } from './keys/known-pads.ts';
import { maskedCall } from './masked-call.ts';
import { restorePositions } from './restore-positions.ts';

/** What a query costs as it will be sent, for who decides about it before it is masked. */
export function maskedCost(estimate: EstimateCost): CostOf {
  return async (call, context, maskable) => {
    const { call: masked, positions } = await maskedCall(call, maskable);
    try {
      const cost = await estimate(masked, context);
      refuseUnseen(call, maskable.analysis.facts, cost.referencedTables, padsTables(maskable.masks));
      return cost;
    } catch (error) {
      throw positions === undefined ? error : restorePositions(error, positions);
    }
  };
}
