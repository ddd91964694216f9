/** What `fixtures/probe` reports of a package that is as it should be. */
export const whole: Readonly<Record<string, unknown>> = {
  oneClass: true,
  className: 'BigQuery',
  isGuarded: true,
  missingByRequire: [],
  missingByImport: [],
  othersDiffer: [],
  deepPathsWrong: [],
  manifest: 'bigquery-guard',
  refusal: '403 ERR_POLICY_DENIED',
  loadedParser: false,
};
