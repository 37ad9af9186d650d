/** A letter's text in pieces: words, and the addresses among them. */
export interface Piece { text: string; href: string | null }

const ADDRESS = /https?:\/\/[^\s<>"]+/g;

export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(ADDRESS)) {
    // What ends a sentence is no part of an address.
    const href = match[0].replace(/[.,;:!?)\]]+$/, "");
    if (match.index > done) found.push({ text: text.slice(done, match.index), href: null });
    found.push({ text: href, href });
    done = match.index + href.length;
  }
  if (done < text.length) found.push({ text: text.slice(done), href: null });
  return found;
}
