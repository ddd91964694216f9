import type * as nodemailer from 'nodemailer';
import { GuardError } from '../../../errors.ts';
import type { Mail } from './mail.ts';

/** Sends by SMTP with `nodemailer`, which is loaded with the first mail. Without TLS only to this machine. */
export function smtpSender(address: string): (mail: Mail, signal: AbortSignal) => Promise<void> {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')) {
    throw new GuardError(
      'ERR_CONFIG',
      'The mail server is not an address of the form smtps://user:password@host.',
    );
  }
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  let transport: Promise<Transport> | undefined;
  return async (mail, signal) => {
    transport ??= open(url, local);
    const { sendMail } = await transport;
    signal.throwIfAborted();
    await sendMail(mail);
  };
}

interface Transport {
  sendMail(this: void, mail: Mail): Promise<unknown>;
}

async function open(url: URL, local: boolean): Promise<Transport> {
  const { createTransport } = await load();
  const transporter = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (url.protocol === 'smtps:' ? 465 : 587),
    secure: url.protocol === 'smtps:',
    requireTLS: !local,
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 30_000,
    // Mails are plain text of ours: nothing in them is a path or an address to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(url.username !== '' && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
  });
  return { sendMail: async (mail) => transporter.sendMail({ ...mail }) };
}

async function load(): Promise<typeof nodemailer> {
  try {
    return await import('nodemailer');
  } catch (cause) {
    const message =
      'To send mails by SMTP, install the package nodemailer; or give mail({ send }) a function.';
    throw new GuardError('ERR_CONFIG', message, { cause });
  }
}
