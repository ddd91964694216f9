import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/call/json.ts';
import type { DetectorRule } from '../../../src/middleware/detection/index.ts';
import { fieldsOfAnswer } from '../../../src/middleware/detection/field.ts';
import { searchAnswer } from '../../../src/middleware/detection/search-answer.ts';
import { longestText } from '../../../src/middleware/detection/search-text.ts';
import { counted, everything, searching } from './harness.ts';

const card = '4111111111111111';
const mail = 'ada@x.example';
const redact: DetectorRule = { ...everything, action: 'redact' };

const row = (...values: readonly Json[]): Json => ({ f: values.map((v) => ({ v })) });
const list = (...values: readonly Json[]): Json => values.map((v) => ({ v }));
const base64 = (text: string, encoding: BufferEncoding = 'utf8'): string =>
  Buffer.from(text, encoding).toString('base64');

interface Column {
  readonly name?: string;
  readonly type: string;
  readonly mode?: string;
  readonly fields?: readonly Column[];
}

const schemaField = ({ name = 'c', fields, ...rest }: Column): Json => ({
  name,
  ...rest,
  ...(fields && { fields: fields.map(schemaField) }),
});

function pageOf(column: Column, ...values: readonly Json[]): Json {
  return { schema: { fields: [schemaField(column)] }, rows: values.map((value) => row(value)) };
}

/** What becomes of one value in a column, and what was counted. */
function searched(column: Column, value: Json, rule: DetectorRule = everything): unknown {
  const how = searching(rule);
  const page = pageOf(column, value);
  const answer = searchAnswer(page, fieldsOfAnswer(page), how);
  expect(answer === page).toBe(how.findings.counts.size === 0);
  const [{ f }] = JSON.parse(JSON.stringify(answer)).rows;
  return [f[0].v, counted(how)];
}

describe('a value in which something is found', () => {
  it.each([
    ['STRING', `to ${mail}`, 'to [email]', 'to '],
    ['BYTES', base64(`to ${mail}`), base64('to [email]'), base64('to ')],
    [
      'JSON',
      `{"to": "${mail}", "n": 9007199254740993}`,
      '{"to": "[email]", "n": 9007199254740993}',
      '{"to": "", "n": 9007199254740993}',
    ],
    ['some type of tomorrow', mail, null, null],
  ])('stays a valid %s', (type, value, named, deleted) => {
    expect(searched({ type }, value)).toEqual([named, { email: 1 }]);
    expect(searched({ type }, value, redact)).toEqual([deleted, { email: 1 }]);
  });

  it.each([
    ['INTEGER', card],
    ['INT64', card],
    ['NUMERIC', card],
    ['BIGNUMERIC', `-${card}`],
    ['FLOAT', '4.111111111111111E15'],
    ['FLOAT64', `${card}.0`],
  ])('is NULL where its type %s cannot say what it was', (type, value) => {
    expect(searched({ type }, value)).toEqual([null, { card: 1 }]);
    expect(searched({ type }, value, redact)).toEqual([null, { card: 1 }]);
  });

  it.each([
    ['INTEGER', '9223372036854775807'],
    ['INTEGER', '1700000000000000'],
    ['NUMERIC', '4111111111111111.25'],
    ['BIGNUMERIC', '578960446186580977117854925043439539266.34992332820282019728792003956564819967'],
    ['FLOAT', '1.7976931348623157E308'],
    ['FLOAT', 'NaN'],
    ['TIMESTAMP', '1700000000000000'],
    ['DATE', '2024-01-02'],
    ['TIME', '12:34:56.789'],
    ['BOOLEAN', 'true'],
    ['GEOGRAPHY', 'POINT(-122.4194155 37.7749295)'],
    ['INTERVAL', '0-0 0 4:0:0'],
    ['BYTES', Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]).toString('base64')],
    ['STRING', ''],
  ])('is none in %s %s, which stays the very value', (type, value) => {
    expect(searched({ type }, value)).toEqual([value, {}]);
  });
});

describe('bytes that are no UTF-8', () => {
  it('keep every byte around what was found', () => {
    const [before, after] = [Buffer.from([0xff, 0x00, 0xc3, 0x20]), Buffer.from([0x80, 0xfe])];
    const bytes = Buffer.concat([before, Buffer.from(mail), after]).toString('base64');
    const expected = Buffer.concat([before, after]).toString('base64');
    expect(searched({ type: 'BYTES' }, bytes, redact)).toEqual([expected, { email: 1 }]);
  });
});

const json = (text: string): unknown => searched({ type: 'JSON' }, text);

describe('JSON', () => {
  it('is searched behind escapes, in keys and in numbers', () => {
    expect(json('["ada\\u0040x.example"]')).toEqual(['["[email]"]', { email: 1 }]);
    expect(json(`{"${mail}": 1}`)).toEqual(['{"[email]": 1}', { email: 1 }]);
    expect(json(`[1, ${card}, -${card}, 1.5e3]`)).toEqual(['[1, null, null, 1.5e3]', { card: 2 }]);
    expect(json('{"a": {"ssn" : "078-05-1120", "n": "078-05-1120"}}')).toEqual([
      '{"a": {"ssn" : "[ssn]", "n": "078-05-1120"}}',
      { ssn: 1 },
    ]);
    expect(json(`"say \\"${mail}\\""`)).toEqual(['"say \\"[email]\\""', { email: 1 }]);
  });

  it('that is none is NULL as soon as anything is found', () => {
    expect(json(`{"a": "\\x ${mail}"}`)).toEqual([null, { email: 1 }]);
    expect(json('{"a": "\\x"')).toEqual(['{"a": "\\x"', {}]);
  });

  it('stays byte for byte what it was where nothing is found', () => {
    const text = '{"a":1e400,"b":0.10,"c":"\\u00e9\\/","d":[],"e":{}}';
    expect(json(text)).toEqual([text, {}]);
  });
});

describe('records and arrays', () => {
  const person: Column = {
    name: 'person',
    type: 'RECORD',
    fields: [
      { name: 'ssn', type: 'STRING' },
      { name: 'mails', type: 'STRING', mode: 'REPEATED' },
      { name: 'cards', type: 'INTEGER', mode: 'REPEATED' },
    ],
  };

  it('are searched to their ends', () => {
    const value = row('078-05-1120', list('x', mail, `${mail}, ${mail}`), list('1', card));
    expect(searched(person, value)).toEqual([
      row('[ssn]', list('x', '[email]', '[email], [email]'), list('1', null)),
      { ssn: 1, email: 3, card: 1 },
    ]);
  });

  it('keep NULL, empty arrays and order', () => {
    expect(searched(person, null)).toEqual([null, {}]);
    expect(searched(person, row(null, [], []))).toEqual([row(null, [], []), {}]);
    const people: Column = { ...person, mode: 'REPEATED' };
    const value = list(row(null, [], []), row(null, list(mail), []), row('x', [], []));
    expect(searched(people, value)).toEqual([
      list(row(null, [], []), row(null, list('[email]'), []), row('x', [], [])),
      { email: 1 },
    ]);
    expect(searched({ type: 'STRING', mode: 'REPEATED' }, [])).toEqual([[], {}]);
  });

  it('of another form than the schema says are searched all the same', () => {
    expect(searched(person, row('x', [], [], mail))).toEqual([row('x', [], [], null), { email: 1 }]);
    expect(searched(person, mail)).toEqual([null, { email: 1 }]);
    expect(searched({ type: 'STRING', mode: 'REPEATED' }, mail)).toEqual([null, { email: 1 }]);
    expect(searched({ type: 'STRING' }, { a: { b: [mail] } })).toEqual([{ a: { b: [null] } }, { email: 1 }]);
    expect(searched({ type: 'INTEGER' }, Number(card))).toEqual([null, { card: 1 }]);
  });

  it('are searched fifteen records deep', () => {
    let [column, value, expected]: [Column, Json, Json] = [{ type: 'STRING' }, mail, '[email]'];
    for (let depth = 0; depth < 15; depth += 1) {
      column = { type: 'RECORD', mode: depth % 2 ? 'REPEATED' : 'NULLABLE', fields: [column] };
      [value, expected] = depth % 2 ? [list(row(value)), list(row(expected))] : [row(value), row(expected)];
    }
    expect(searched(column, value)).toEqual([expected, { email: 1 }]);
  });
});

describe('a page', () => {
  it('without a schema has NULL for what was found', () => {
    const how = searching(redact);
    const rows = [row('1', `to ${mail}`, list(card, 'x'), row(mail, null))];
    expect(searchAnswer({ rows }, [], how)).toEqual({
      rows: [row('1', null, list(null, 'x'), row(null, null))],
    });
    expect(counted(how)).toEqual({ email: 2, card: 1 });
  });

  it('of ten thousand columns is searched in each of them', () => {
    const fields = Array.from({ length: 10_000 }, (_each, at) =>
      schemaField({ name: `c${at}`, type: 'STRING' }),
    );
    const page = {
      schema: { fields },
      rows: [row(...fields.map((_field, at) => (at % 1000 === 999 ? mail : null)))],
    };
    const how = searching(redact);
    const answer = searchAnswer(page, fieldsOfAnswer(page), how);
    expect(counted(how)).toEqual({ email: 10 });
    expect(JSON.stringify(answer)).not.toContain('ada');
  });

  it('with a value of ten megabytes has no part of it that was not searched', () => {
    const long = `${'x'.repeat(10_000_000)}${mail}`;
    expect(searched({ type: 'STRING' }, long)).toEqual(['[unsearched]', { unsearched: 1 }]);
    expect(searched({ type: 'JSON' }, `"${long}"`)).toEqual([null, { unsearched: 1 }]);
    expect(searched({ type: 'BYTES' }, base64(long))).toEqual(['', { unsearched: 1 }]);
    expect(searched({ type: 'STRING' }, `${'x'.repeat(longestText - mail.length - 1)} ${mail}`)).toEqual([
      `${'x'.repeat(longestText - mail.length - 1)} [email]`,
      { email: 1 },
    ]);
  });

  it('about jobs has messages that are searched', () => {
    const how = searching(everything);
    const status = { state: 'DONE', errorResult: { reason: 'invalid', message: `Bad int64 value: ${mail}` } };
    expect(searchAnswer({ status, id: mail }, [], how)).toEqual({
      status: { state: 'DONE', errorResult: { reason: 'invalid', message: 'Bad int64 value: [email]' } },
      id: mail,
    });
  });
});

const found = (...rules: readonly DetectorRule[]): Json => {
  const page = pageOf({ type: 'STRING' }, `${mail} ${card} T-12345`);
  return searchAnswer(page, fieldsOfAnswer(page), searching(...rules));
};

describe('several rules', () => {
  it('look for what each of them wants, and the strictest action counts', () => {
    const named: DetectorRule = { name: 'b', find: ['email', 'card'], action: 'replaceWithInfoType' };
    const deleted: DetectorRule = {
      name: 'c',
      find: ['email'],
      patterns: { ticket: 'T-[0-9]{5}' },
      action: 'redact',
    };
    expect(found(named, deleted)).toMatchObject({ rows: [row(' [card] ')] });
    expect(found(deleted, named)).toMatchObject({ rows: [row(' [card] ')] });
  });
});
