/** Told where in the text something was found; the end lies behind it. */
export type Report = (start: number, end: number) => void;

/**
 * Looks for one kind of thing in a text. It reads every character a bounded number of times: no expression that
 * could look back runs over the text. `place` is the path of the column in lower-case words, which may say what the text is.
 */
export interface Finder {
  /** What the text must hold for the search to be worth while; see `outline`. */
  readonly needs: number;
  find(text: string, place: string, report: Report): void;
}
