import { hash } from 'node:crypto';

interface Subtree {
  readonly size: number;
  readonly hash: string;
}

const node = Buffer.alloc(65);
node[0] = 1;

/**
 * The root of the tree of RFC 9162 section 2.1 over the hashes of events, in memory that grows with the logarithm of
 * their number. A leaf is an event's hash as it is: what it was made of begins with a brace, so it cannot be taken for a
 * node, whose input begins with 0x01.
 */
export class MerkleTree {
  readonly #subtrees: Subtree[] = [];
  size: number = 0;

  add(leaf: string): void {
    this.size += 1;
    let added: Subtree = { size: 1, hash: leaf };
    for (let last = this.#subtrees.at(-1); last?.size === added.size; last = this.#subtrees.at(-1)) {
      this.#subtrees.pop();
      added = { size: added.size * 2, hash: nodeHash(last.hash, added.hash) };
    }
    this.#subtrees.push(added);
  }

  /** SHA-256, hex; of nothing where there are no events. */
  root(): string {
    const [first, ...rest] = this.#subtrees.toReversed();
    if (first === undefined) return hash('sha256', '', 'hex');
    return rest.reduce((right, left) => nodeHash(left.hash, right), first.hash);
  }
}

function nodeHash(left: string, right: string): string {
  node.write(left, 1, 'hex');
  node.write(right, 33, 'hex');
  return hash('sha256', node, 'hex');
}
