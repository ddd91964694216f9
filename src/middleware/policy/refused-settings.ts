import { isJsonObject, type Json, type JsonObject } from '../../call/json.ts';

/** Settings of a query that would make it read, run or mean something that the SQL does not show. */
const refused: Readonly<Record<string, string>> = {
  tableDefinitions: 'External table definitions are not analysed. Query a table of BigQuery instead.',
  userDefinedFunctionResources: 'Code in Cloud Storage is not analysed. Define the function in SQL instead.',
  createSession: 'Sessions of BigQuery are not tracked. Send the statements as one script instead.',
  continuous: 'Continuous queries are not supported.',
};

/** Connection properties that change nothing of what a query may read. */
const harmlessProperties = new Set(['query_label', 'time_zone']);

/** The first setting that keeps a query from being judged by its SQL alone; `undefined` when there is none. */
export function refusedSetting(settings: JsonObject): string | undefined {
  if (settings['useLegacySql'] === true) return 'Legacy SQL is not analysed. Use GoogleSQL.';
  for (const [name, message] of Object.entries(refused)) {
    if (isSet(settings[name])) return message;
  }
  const properties = settings['connectionProperties'];
  const odd = (Array.isArray(properties) ? properties : []).find(
    (property: Json) =>
      !isJsonObject(property) ||
      typeof property['key'] !== 'string' ||
      !harmlessProperties.has(property['key']),
  );
  return odd === undefined ? undefined : 'This connection property may change what the query means.';
}

function isSet(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === false) return false;
  if (Array.isArray(value)) return value.length > 0;
  return !isJsonObject(value) || Object.keys(value).length > 0;
}
