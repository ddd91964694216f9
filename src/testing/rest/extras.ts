import type { JsonObject } from '../../call/json.ts';

/** Fields that change no answer: kept as they came and given back. */
export class Extras {
  readonly #kept = new Map<string, JsonObject>();
  readonly #names: readonly string[];

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** `version` tells an object from one that had the same name before. */
  of(id: string, version: number): JsonObject {
    return this.#kept.get(`${id}@${version}`) ?? {};
  }

  patch(id: string, version: number, body: JsonObject): void {
    const given = this.#names.filter((name) => name in body).map((name) => [name, body[name]] as const);
    const merged = { ...this.of(id, version), ...Object.fromEntries(given) };
    const kept = Object.entries(merged).filter(([, value]) => value !== null && value !== undefined);
    this.#kept.set(`${id}@${version}`, Object.fromEntries(kept));
  }
}
