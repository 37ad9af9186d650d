import type { Kind } from "../api/shapes";
import { words } from "../words";

const PATHS: Record<Kind, string> = {
  question: "M6 6.2a2.1 2.1 0 1 1 3 1.9c-.7.4-1 .8-1 1.5M8 12v.2",
  suggestion: "M8 2.5a3.7 3.7 0 0 0-2 6.8c.4.4.5.8.5 1.2h3c0-.4.1-.8.5-1.2a3.7 3.7 0 0 0-2-6.8M6.8 13h2.4",
  strength: "M8 2.8l1.6 3.3 3.6.5-2.6 2.5.6 3.6L8 11l-3.2 1.7.6-3.6L2.8 6.6l3.6-.5z",
  note: "M3 4.2h10M3 8h10M3 11.8h6",
};

export function KindIcon({ kind }: { kind: Kind }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={PATHS[kind]} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}

export function KindMark({ kind }: { kind: Kind }) {
  return <span class={`kind ${kind}`}><KindIcon kind={kind} />{words.room.kinds[kind]}</span>;
}
