import { describe, expect, it } from 'vitest';
import { shown } from './harness.ts';

/** Everything is looked for at once, so that a look-alike of one kind may not pass as another either. */
const finds = (
  name: string,
  cases: readonly (readonly [text: string, shown: string, place?: string])[],
): void => {
  it.each(cases)(`finds ${name} in %j`, (text = '', expected = '', place = '') => {
    expect(shown(text, place)).toBe(expected);
  });
};

const passes = (cases: readonly (readonly [what: string, text: string, place?: string])[]): void => {
  it.each(cases)('passes %s: %j', (_what, text = '', place = '') => {
    expect(shown(text, place)).toBe(text);
  });
};

describe('card numbers', () => {
  finds('a card', [
    ['4111111111111111', '[card]'],
    ['4111 1111 1111 1111', '[card]'],
    ['4111-1111-1111-1111 12/29', '[card] 12/29'],
    ['4111.1111.1111.1111', '[card]'],
    ['pay 5555555555554444, then 378282246310005.', 'pay [card], then [card].'],
    ['3782 822463 10005', '[card]'],
    ['2223003122003222', '[card]'],
    ['3056 930902 5904', '[card]'],
    ['6011111111111117|3530111333300000', '[card]|[card]'],
    ['"card":"4111111111111111"', '"card":"[card]"'],
    ['41111111111111114111111111111111 4012888888881881', '41111111111111114111111111111111 [card]'],
  ]);
  passes([
    ['a wrong check digit', '4111111111111112'],
    ['an order number of no brand', '1234567812345670'],
    ['a UUID of digits', '41111111-1111-4111-8111-411111111111'],
    ['a UUID', '550e8400-e29b-41d4-a716-446655440000'],
    ['microseconds of a timestamp', '1700000000000003'],
    ['a timestamp without separators', '20240101123045678'],
    ['a decimal number', '0.4111111111111111'],
    ['a decimal number of many digits', '4111111111111111.25'],
    ['part of a longer number', '94111111111111111110'],
    ['part of a name', 'order_4111111111111111'],
    ['part of a hash', 'a4111111111111111'],
    ['an IMEI', '356938035643809'],
    ['an ISBN', '978-3-16-148410-0'],
    ['an EAN', '4006381333931'],
    ['another grouping', '41 11 11 11 11 11 11 11'],
  ]);
});

describe('bank accounts', () => {
  finds('an IBAN', [
    ['DE89370400440532013000', '[iban]'],
    ['DE89 3704 0044 0532 0130 00', '[iban]'],
    ['to GB82 WEST 1234 5698 7654 32, please', 'to [iban], please'],
    ['fr1420041010050500013m02606', '[iban]'],
    ['IBAN:NL91ABNA0417164300;BIC', 'IBAN:[iban];BIC'],
    ['CH93-0076-2011-6238-5295-7', '[iban]'],
  ]);
  passes([
    ['wrong check digits', 'DE88370400440532013000'],
    ['a country without IBANs', 'US89370400440532013000'],
    ['one digit too many', 'DE893704004405320130001'],
    ['one digit too few', 'DE8937040044053201300'],
    ['an article number', 'AB12 3456 7890 1234'],
    ['a hash', 'de893704004405320130aabbccddeeff'],
  ]);
});

describe('e-mail addresses', () => {
  finds('an address', [
    ['ada@x.example', '[email]'],
    ['Ada <ada.byron+news@mail.x-y.co.uk>, ok', 'Ada <[email]>, ok'],
    ['mailto:a@163.com?subject=x', 'mailto:[email]?subject=x'],
    ['jörg@bücher.example.', '[email].'],
    ['a@b.cd@e.fg', '[email]'],
    ['ada@x.xn--p1ai', '[email]'],
  ]);
  passes([
    ['what emailMask shows', 'XXXXX@x.example'],
    ['a handle', '@ada'],
    ['a host without a domain', 'root@localhost'],
    ['a version of a package', 'react@18.2.0'],
    ['a version with letters', 'parser@1.0.0-beta.rc'],
    ['the name of an image', 'icon@2x.png'],
    ['an amount', '3 @ 2.50'],
    ['a decorator', '@Component.name'],
    ['an empty label', 'a@b..example'],
  ]);
});

describe('telephone numbers', () => {
  finds('a number', [
    ['+49 170 1234567', '[phone]'],
    ['+491701234567', '[phone]'],
    ['tel:+1-415-555-2671', 'tel:[phone]'],
    ['(415) 555-2671', '[phone]'],
    ['415-555-2671 or 415.555.2671', '[phone] or [phone]'],
    ['1-415-555-2671', '[phone]'],
    ['0049 170 1234567', '[phone]'],
    ['+44 (0)20 7946 0018, London', '[phone], London'],
    ['call +33 1 23 45 67 89!', 'call [phone]!'],
  ]);
  passes([
    ['an order number', '0049170123456'],
    ['an order number with a hyphen', '2024-0012345'],
    ['a signed number', '+12345678'],
    ['a country that is none', '+999 123 4567890'],
    ['a coordinate', '+48.858370'],
    ['two coordinates', '+40.689247-074.044502'],
    ['an offset of time', '2024-01-01T10:00:00+01:00'],
    ['a date', '2024-01-15 10:30:00.123456'],
    ['a timestamp', '1700000000'],
    ['an area that does not exist', '123-456-7890'],
    ['more digits than there can be', '+4917012345678901234567'],
    ['part of a longer number', '99-415-555-2671-01'],
    ['numbers in a row', '300 400 5000'],
    ['a version', 'v415.555.2671'],
  ]);
});

describe('addresses of the Internet', () => {
  finds('an address', [
    ['203.0.113.7', '[ip]'],
    ['from 10.1.2.3:8080, via [2001:db8::8a2e:370:7334]', 'from [ip]:8080, via [[ip]]'],
    ['http://192.168.1.17/x', 'http://[ip]/x'],
    ['10.0.0.1-10.0.0.9', '[ip]-[ip]'],
    ['host/10.1.2.3', 'host/[ip]'],
    ['2001:0db8:85a3:0000:0000:8a2e:0370:7334', '[ip]'],
    ['::ffff:203.0.113.7', '[ip]'],
    ['fe80::1ff:fe23:4567:890a%eth0', '[ip]%eth0'],
  ]);
  passes([
    ['a version', 'v1.2.3.4'],
    ['a version by its word', 'Version: 1.2.3.4'],
    ['a build', 'build 10.2.3.4'],
    ['a version with five numbers', '1.2.3.4.5'],
    ['a version with a name', '1.2.3.4-beta'],
    ['a browser', 'Chrome/120.0.0.0 Safari/537.36'],
    ['a number above 255', '10.0.19041.1'],
    ['a network', '10.20.0.0'],
    ['a mask', '255.255.255.128'],
    ['this host', '127.0.0.1'],
    ['an octet with a leading zero', '1.02.3.4'],
    ['a time', '12:34:56'],
    ['the name of a device', '00:1a:2b:3c:4d:5e'],
    ['a long name of a device', '00:11:22:33:44:55:66:77'],
    ['a name of a program', 'std::vec::a::b'],
    ['a fingerprint', 'aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99'],
  ]);
});

describe('US Social Security numbers', () => {
  finds('a number with its context', [
    ['SSN: 078-05-1120', 'SSN: [ssn]'],
    ['social security number is 078 05 1120.', 'social security number is [ssn].'],
    ['customer_ssn=078051120', 'customer_ssn=[ssn]'],
    ['078-05-1120', '[ssn]', 'customer ssn'],
    ['078051120', '[ssn]', 'person social security number'],
  ]);
  passes([
    ['a number without context', '078-05-1120'],
    ['nine digits', '078051120'],
    ['an area that is never given', 'SSN 666-05-1120'],
    ['a group that is never given', 'SSN 078-00-1120'],
    ['an ITIN', 'SSN 900-70-1120'],
    ['part of a longer number', 'SSN 078-05-1120-3'],
    ['a word that holds the letters', 'lessons 078-05-1120'],
    ['context far away', `SSN ${'.'.repeat(60)} 078-05-1120`],
  ]);
});

describe('keys and tokens', () => {
  const letters = 'Ab1'.repeat(40);
  finds('a secret', [
    ['AKIAIOSFODNN7EXAMPLE', '[secret]'],
    ['key=AIza' + letters.slice(0, 35) + '&x', 'key=[secret]&x'],
    ['ghp_' + letters.slice(0, 36), '[secret]'],
    ['github_pat_' + letters.slice(0, 60), '[secret]'],
    ['xoxb-123456789012-abcdefABCDEF', '[secret]'],
    ['Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N', 'Bearer [secret]'],
    ['sk_live_' + letters.slice(0, 24), '[secret]'],
    ['ya29.' + letters.slice(0, 40), '[secret]'],
    ['GOCSPX-' + letters.slice(0, 28), '[secret]'],
    ['SG.' + letters.slice(0, 22) + '.' + letters.slice(0, 43), '[secret]'],
    ['a -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- b', 'a [secret] b'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE', '[secret]'],
    ['aws_secret_access_key = ' + letters.slice(0, 40), 'aws_secret_access_key = [secret]'],
    ['"AccountKey": "' + letters.slice(0, 86) + '=="', '"AccountKey": "[secret]"'],
  ]);
  passes([
    ['a public key', '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----'],
    ['a hash', 'jQHDyQuj7vJcveEe59ygb3Zcvj0B5FJINBzgM6Bypgw='],
    ['a hash in hexadecimal', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['a slug', 'sk-learn-and-many-other-words-that-make-a-slug-of-an-article'],
    ['a name of a variable', 'npm_config_user_agent_and_more_than_thirty_six_letters'],
    ['small letters', 'akiaiosfodnn7example'],
    ['one letter too many', 'AKIAIOSFODNN7EXAMPLEX'],
    ['a token of two parts', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0'],
    ['a domain', 'SG.example.com'],
    ['a UUID', '550e8400-e29b-41d4-a716-446655440000'],
  ]);
});

describe('what was found', () => {
  it('is deleted where the rule says redact', () => {
    const rule = { name: 'r', find: ['email'], action: 'redact' } as const;
    expect(shown('to ada@x.example now', '', rule)).toBe('to  now');
  });

  it('is one finding where two overlap, of the kind that begins first and is longer', () => {
    expect(shown('ghp_' + 'a'.repeat(36) + '@x.example')).toBe('[email]');
  });
});
