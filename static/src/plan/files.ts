import type { Id } from "../api/shapes";
import { FileSource } from "../upload/source";
import { addTransfer } from "../upload/store";
import { words } from "../words";

/** As the server has it: 25 MB, counted generously. */
export const MOST_BYTES = 25 * 2 ** 20;

export type FileKind = keyof typeof words.plan.kinds;

const KINDS: [RegExp, FileKind][] = [
  [/^image\//, "picture"],
  [/pdf$/, "pdf"],
  [/wordprocessing|opendocument\.text$|rtf$/, "words"],
  [/sheet$/, "sheet"],
  [/presentation$/, "slides"],
  [/^text\/plain/, "text"],
  [/^video\//, "video"],
  [/^audio\//, "sound"],
  [/zip$/, "archive"],
];

/** What people call a file of this type. The type is the server's, told from the bytes. */
export function kindOf(contentType: string): FileKind {
  return KINDS.find(([pattern]) => pattern.test(contentType))?.[1] ?? "other";
}

let lane: Promise<void> = Promise.resolve();

/** One after the other: on a bad line, ten at once all come last. */
export function sendFiles(cycle: Id, files: readonly File[]): void {
  for (const file of files) {
    const transfer = addTransfer({ kind: "resource", id: cycle, role: "resource" }, new FileSource(file));
    lane = lane.then(() => (transfer.ended ? undefined : transfer.run()));
  }
}
