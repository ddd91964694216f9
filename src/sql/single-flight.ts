/** Those who ask for the same thing at the same time wait for one answer. */
export type SingleFlight<Result> = (key: string, ask: () => Promise<Result>) => Promise<Result>;

/** What fails for the one who asked may not fail for those who joined in: they ask once more, together. */
export function singleFlight<Result>(): SingleFlight<Result> {
  const flights = new Map<string, Promise<Result>>();
  const start: SingleFlight<Result> = (key, ask) => {
    const running = flights.get(key);
    if (running !== undefined) return running;
    const flight = ask().finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  };
  return (key, ask) => flights.get(key)?.catch(() => start(key, ask)) ?? start(key, ask);
}
