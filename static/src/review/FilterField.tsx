import type { Signal } from "@preact/signals";
import { words } from "../words";
import { KINDS } from "./Details";
import type { Entry } from "./entries";
import type { Filter } from "./filter";
import type { Room } from "./room";

/** One choice at a time, of what there is. */
export function FilterField({ entries, room, filter, fresh }: { entries: readonly Entry[]; room: Room; filter: Signal<Filter>; fresh: boolean }) {
  const says = words.corrections;
  const writers = [...new Set(entries.map(({ by }) => by))];
  const kinds = KINDS.filter((kind) => entries.some((entry) => entry.kind === kind));
  const asked = new Map(entries.flatMap(({ question }) => (question?.text ? [[question.id, question.text] as const] : [])));
  const plain = (["all", "fresh", "flagged", "open", "mine"] as const).filter((one) =>
    one === "all" || one === filter.value || (one === "fresh" ? fresh : one === "open" || entries.some((entry) => (one === "mine" ? entry.own : entry.flagged))));
  return (
    <label class="filter">
      <span class="unseen">{says.show}</span>
      <select value={filter.value} onChange={(event) => (filter.value = event.currentTarget.value as Filter)}>
        {plain.map((one) => <option key={one} value={one}>{says.filters[one]}</option>)}
        {writers.length > 1 && <optgroup label={says.byPerson}>{writers.map((by) => <option key={by} value={`by:${by}`}>{room.people(by).name}</option>)}</optgroup>}
        {kinds.length > 1 && <optgroup label={says.byKind}>{kinds.map((kind) => <option key={kind} value={`kind:${kind}`}>{words.room.kinds[kind]}</option>)}</optgroup>}
        {asked.size > 0 && <optgroup label={says.byQuestion}>{[...asked].map(([id, text]) => <option key={id} value={`question:${id}`}>{text}</option>)}</optgroup>}
      </select>
    </label>
  );
}
