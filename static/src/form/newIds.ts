import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Id } from "../api/shapes";
import { newId } from "../ids/uuid";
import { unsavedUnder } from "./writing";

/**
 * Things that are being written and are not in the record yet, under the ids they will keep: those begun here, and those
 * whose words are still on this device from before. `prefix`: what their shelves' names begin with, before the id.
 */
export function useNewIds(prefix: string, known: (id: Id) => boolean): { ids: Id[]; begin(): void; drop(id: Id): void; isLatest(id: Id): boolean } {
  const latest = useRef<Id | null>(null);
  const begun = useSignal<readonly Id[]>(unsavedUnder(prefix));
  return {
    ids: begun.value.filter((id) => !known(id)),
    begin: () => {
      latest.current = newId();
      begun.value = [...begun.value, latest.current];
    },
    /** Whoever pressed the button goes on by typing. */
    isLatest: (id) => latest.current === id,
    drop: (id) => (begun.value = begun.value.filter((one) => one !== id)),
  };
}
