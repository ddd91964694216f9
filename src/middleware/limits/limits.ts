import type { Call } from '../../call/call.ts';
import type { Context } from '../../call/context.ts';
import { isGoogleError } from '../../call/guard-rails.ts';
import type { Middleware, Next } from '../../call/middleware.ts';
import { queryRequest, withQuerySettings, type QueryRequest } from '../../call/query-request.ts';
import type { Result } from '../../call/result.ts';
import { GuardError } from '../../errors.ts';
import type { BudgetStore } from '../../store/index.ts';
import { auditRecord } from '../audit/record.ts';
import { padsTables } from '../masking/keys/known-pads.ts';
import { decisionKey, type ColumnMask } from '../policy/decision.ts';
import type { LimitRule } from '../policy/document.ts';
import { appliesTo } from '../policy/select-principal.ts';
import { analysisKey } from '../policy/subject.ts';
import { bytesText, sizeOf } from './bytes.ts';
import { budgetClaims, concurrencyClaims, rateClaims, type RuleClaim, type Spending } from './claims.ts';
import type { EstimateCost } from './cost.ts';
import { refuseUnseen } from './cross-check.ts';
import { Desk } from './desk.ts';
import { exceeded, reasonsIn, unavailable } from './errors.ts';
import { estimates } from './estimate.ts';
import { insertedBytes } from './inserted.ts';
import { insertPriceInMillionths, priceInMillionths } from './price.ts';
import { least, reservationOf, type ByteLimit, type Reservation } from './reservation.ts';
import { refuseRows, rowCapOf, withRowCap } from './row-cap.ts';
import { defaultCost, type BudgetRule, type CostSettings } from './rules.ts';

export interface LimitsOptions {
  readonly limits: readonly LimitRule[];
  readonly budgets?: readonly BudgetRule[] | undefined;
  /** Where budgets, running jobs and calls are counted; needed where any of these is limited. */
  readonly store?: BudgetStore | undefined;
  readonly cost?: CostSettings | undefined;
  /** Shared with the policy where its rules ask for the cost, so that each text is dry-run once. */
  readonly estimate?: EstimateCost | undefined;
  /** How long a job whose end is not seen holds its part of the budgets, in milliseconds; 6 h. */
  readonly leaseFor?: number | undefined;
}

/**
 * Keeps queries within what their principal may spend. It stands inside masking, so that it judges the text that runs
 * and sees what BigQuery really billed.
 *
 * `maximumBytesBilled` is sent with every query, so BigQuery itself refuses what would cost more, before it reads
 * anything (https://cloud.google.com/bigquery/docs/best-practices-costs#limit_query_costs_by_restricting_the_number_of_bytes_billed).
 * @throws {GuardError} ERR_CONFIG when something is limited that needs a store, and there is none.
 */
export function limits(options: LimitsOptions): Middleware {
  const settings = options.cost ?? defaultCost;
  const { leaseFor = 6 * 3_600_000, store } = options;
  if (store === undefined && needsStore(options)) throw noStore();
  const desk = store === undefined ? undefined : new Desk({ store, settings, leaseFor });
  const estimate = options.estimate ?? estimates({ settings });
  const parts: Parts = { options, settings, desk, estimate };
  return {
    name: 'limits',
    handle: (call, context, next) => handle(parts, call, context, next),
    close: async () => desk?.close(),
  };
}

/** Whether anything in a policy has to be counted. */
export function needsStore({
  limits: rules,
  budgets = [],
}: Pick<LimitsOptions, 'limits' | 'budgets'>): boolean {
  const counted = rules.some(
    ({ concurrent, callsPerMinute }) => concurrent !== undefined || callsPerMinute !== undefined,
  );
  return counted || budgets.length > 0;
}

interface Parts {
  readonly options: LimitsOptions;
  readonly settings: CostSettings;
  readonly desk: Desk | undefined;
  readonly estimate: EstimateCost;
}

const polls = new Set(['jobs.get', 'jobs.getQueryResults', 'jobs.cancel']);

async function handle(parts: Parts, call: Call, context: Context, next: Next): Promise<Result> {
  const { desk, options } = parts;
  if (Number.isNaN(context.now().getTime())) throw unavailable(call, 'clock', 'the clock gives no time');
  const active = options.limits.filter((rule) => appliesTo(rule, context.principal, context.agent));
  const cap = rowCapOf(active);
  if (polls.has(call.operation)) {
    const result = await poll(desk, call, context, next);
    refuseRows(call, cap, result);
    return result;
  }
  const result =
    call.operation === 'jobs.query' || call.operation === 'jobs.insert'
      ? await start(parts, active, call, context, next)
      : await other(parts, active, withRowCap(call, cap), context, next);
  refuseRows(call, cap, result);
  return result;
}

async function poll(desk: Desk | undefined, call: Call, context: Context, next: Next): Promise<Result> {
  try {
    const result = await next(call);
    await desk?.polled(result.body, context);
    return result;
  } catch (error) {
    if (isGoogleError(error)) await desk?.failed(call, context);
    throw error;
  }
}

async function other(
  { desk, options, settings }: Parts,
  active: readonly LimitRule[],
  call: Call,
  context: Context,
  next: Next,
): Promise<Result> {
  await desk?.reserve(rateClaims(active, context), 0n, call, context);
  const inserted = insertedBytes(call);
  const spending = { inserted, millionths: insertPriceInMillionths(inserted, settings) };
  const claims = budgetClaims(budgetsOf(options, context), spending, context);
  const lease = await desk?.reserve(claims, inserted, call, context);
  try {
    const result = await next(call);
    if (lease !== undefined) await desk?.charge(lease, heldOf(claims), inserted, context);
    return result;
  } catch (error) {
    // What broke off may have been written: it stays held, and is charged in the end.
    if (lease !== undefined && isUnbilled(error, call, context))
      await desk?.settle(lease, heldOf(claims), 0n, context);
    throw error;
  }
}

function budgetsOf({ budgets = [] }: LimitsOptions, { principal, agent }: Context): readonly BudgetRule[] {
  return budgets.filter((rule) => appliesTo(rule, principal, agent));
}

/** A query, or another job. */
async function start(
  parts: Parts,
  active: readonly LimitRule[],
  call: Call,
  context: Context,
  next: Next,
): Promise<Result> {
  const { desk, options, settings } = parts;
  const query = queryRequest(call);
  const limit = lowestOf(active);
  const budgets = budgetsOf(options, context).filter(countsQueries);
  const free = isDryRun(call);
  // First of all, so that a flood of calls is not a flood of dry runs.
  await desk?.reserve(rateClaims(active, context), 0n, call, context);
  const reservation: Reservation =
    query === undefined || free
      ? { sent: least([ownOf(query), limit?.bytes]), held: 0n }
      : await reserveBytes(parts, budgets, limit, query, call, context);
  const claims = [
    ...(free ? [] : concurrencyClaims(active, context)),
    ...budgetClaims(budgets, spendingOf(reservation.held, settings), context),
  ];
  const lease = await desk?.reserve(claims, reservation.held, call, context);
  const sent = withMaximum(call, query, reservation.sent);
  try {
    const result = await next(sent);
    if (lease !== undefined) await desk?.started(lease, heldOf(claims), result.body, context);
    return result;
  } catch (error) {
    if (lease !== undefined && isUnbilled(error, call, context)) {
      await desk?.settle(lease, heldOf(claims), 0n, context);
    }
    throw sent === call || !isBytesLimit(error) ? error : overLimit(call, limit, reservation, error);
  }
}

const countsQueries = ({ bytes, price }: BudgetRule): boolean => bytes !== undefined || price !== undefined;

function spendingOf(bytes: bigint, settings: CostSettings): Spending {
  return { bytes, millionths: priceInMillionths(bytes, settings) };
}

async function reserveBytes(
  { estimate, settings }: Parts,
  budgets: readonly BudgetRule[],
  limit: ByteLimit | undefined,
  query: QueryRequest,
  call: Call,
  context: Context,
): Promise<Reservation> {
  const needed = budgets.length > 0 || settings.dryRun === 'always';
  const cost = needed ? await estimate(call, context) : undefined;
  const facts = context.get(analysisKey)?.facts;
  if (cost !== undefined && facts !== undefined)
    refuseUnseen(call, facts, cost.referencedTables, padsTables(masksIn(context)));
  return reservationOf(call, { own: ownOf(query), limit, budgets, cost, facts });
}

function masksIn(context: Context): readonly ColumnMask[] {
  const decision = context.get(decisionKey);
  return decision === undefined || decision.effect === 'deny' ? [] : decision.masks;
}

/** What is not a number above zero is no limit, and is replaced. */
function ownOf(query: QueryRequest | undefined): bigint | undefined {
  const own = sizeOf(query?.settings['maximumBytesBilled']);
  return own === 0n ? undefined : own;
}

function withMaximum(call: Call, query: QueryRequest | undefined, bytes: bigint | undefined): Call {
  if (query === undefined || bytes === undefined || bytes === ownOf(query)) return call;
  return withQuerySettings(call, { maximumBytesBilled: bytes.toString() });
}

function isDryRun(call: Call): boolean {
  const query = queryRequest(call);
  if (query !== undefined) return query.dryRun;
  const configuration = call.body?.['configuration'];
  return typeof configuration === 'object' && configuration !== null && 'dryRun' in configuration
    ? configuration.dryRun === true
    : false;
}

function heldOf(claims: readonly RuleClaim[]): Parameters<Desk['settle']>[1] {
  return claims.flatMap(({ counter, amount, hold }) => (hold === 'spend' ? [] : [{ counter, amount, hold }]));
}

function lowestOf(rules: readonly LimitRule[]): ByteLimit | undefined {
  const found = rules.flatMap(({ name: rule, maximumBytesBilled: bytes }) =>
    bytes === undefined ? [] : [{ rule, bytes }],
  );
  return found.toSorted((a, b) => (a.bytes < b.bytes ? -1 : 1))[0];
}

/**
 * Whether nothing can have been billed: nothing was sent, or BigQuery refused it. The error of a script may come from
 * its last statement, and what broke off may have run all the same.
 */
function isUnbilled(error: unknown, call: Call, context: Context): boolean {
  if (context.get(auditRecord)?.sent === false) return true;
  if (!isGoogleError(error)) return false;
  const code = typeof error === 'object' && error !== null && 'code' in error ? Number(error.code) : 0;
  if (code < 400 || code > 499 || code === 408) return false;
  const statements = context.get(analysisKey)?.facts.statements.length ?? 0;
  return call.operation !== 'jobs.query' || statements === 1;
}

function isBytesLimit(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('errors' in error)) return false;
  return reasonsIn(error.errors).includes('bytesBilledLimitExceeded');
}

function overLimit(
  call: Call,
  limit: ByteLimit | undefined,
  { sent = 0n }: Reservation,
  cause: unknown,
): GuardError {
  const rule = limit?.bytes === sent ? limit.rule : 'dry-run';
  const message =
    rule === 'dry-run'
      ? `The query would bill more than the ${bytesText(sent)} that its dry run told. A table has grown in between: ask again in a minute.`
      : `The query would bill more than the ${sent} bytes that limit ${rule} allows. Name fewer columns, filter on the partition column, or ask the owner of the policy.`;
  return exceeded(call, rule, message, { cause });
}

function noStore(): GuardError {
  return new GuardError(
    'ERR_CONFIG',
    'Budgets and limits of jobs and calls are counted in a store, and there is none. Give limits(…) a store: fileBudgets({ file }), or memoryBudgets().',
  );
}
