import type { StreamEvent } from "../../api/shapes";

type Told<Type extends StreamEvent["type"]> = Extract<StreamEvent, { type: Type }>;

/** By the type of an event, what it changes of a state. As `EVOLVE` of each module of service/coaching has it. */
export type Steps<State, Change = State> = {
  readonly [Type in StreamEvent["type"]]?: (state: State, event: Told<Type>) => Partial<Change>;
};

/** The next state. An event that is not known here changes nothing but the version: a newer server may say more. */
export function step<State extends { version: number }, Change>(steps: Steps<State, Change>, state: State, event: StreamEvent): State {
  const known = Object.hasOwn(steps, event.type) ? steps[event.type] : undefined;
  return { ...state, ...known?.(state, event as never), version: event.version };
}

export function without<Value>(record: Record<string, Value>, ...ids: readonly string[]): Record<string, Value> {
  const gone = new Set(ids);
  return Object.fromEntries(Object.entries(record).filter(([id]) => !gone.has(id)));
}

/** With changes to one member, or as it was where that is not there. */
export function changed<Value>(record: Record<string, Value>, id: string, change: (known: Value) => Partial<Value>): Record<string, Value> {
  const known = record[id];
  return known === undefined ? record : { ...record, [id]: { ...known, ...change(known) } };
}

/** A text that may be changed, as it stands after the event that wrote it. */
export function written({ by, at, data }: { by: string; at: string; data: { text: string; revision: number } }) {
  return { text: data.text, revision: data.revision, by, at };
}
