/** A request that cannot even be read; answered in Google's error form. */
export class RequestFault extends Error {
  readonly status: 400 | 413 | 415;

  constructor(status: RequestFault['status'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RequestFault';
    this.status = status;
  }
}
