import type { Signal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { CoachMove, Id, Kind, PickedTag } from "../api/shapes";
import { words } from "../words";
import { KindIcon } from "./KindMark";
import type { Choices } from "./room";

export const KINDS: readonly Kind[] = ["question", "suggestion", "strength", "note"];
const MOVES: readonly CoachMove[] = ["invitation", "suggestion", "explanation", "description", "evaluation"];

/** What an annotation is beside its words. */
export interface Details { kind: Signal<Kind>; move: Signal<CoachMove | null>; question: Signal<Id | null>; tags: Signal<readonly PickedTag[]> }

export function Kinds({ kind, choose }: { kind: Kind; choose(kind: Kind): void }) {
  const name = useId();
  return (
    <fieldset class="kinds">
      <legend class="unseen">{words.room.kind}</legend>
      {KINDS.map((one) => (
        <label key={one} class={`kind ${one} ${kind === one ? "chosen" : ""}`}>
          <input type="radio" name={name} value={one} checked={kind === one} onChange={() => choose(one)} />
          <KindIcon kind={one} />{words.room.kinds[one]}
        </label>
      ))}
    </fieldset>
  );
}

/** Folded away: most annotations are a moment and a sentence. */
export function More({ details, choices, changed }: { details: Details; choices: Choices; changed(): void }) {
  const { questions, frameworks, moves } = choices;
  if (questions.length === 0 && frameworks.length === 0 && !moves) return null;
  const chosen = [details.question.value, details.move.value, ...details.tags.value].filter(Boolean).length;
  const says = words.corrections;
  return (
    <details class="more">
      <summary>{says.more(moves, questions.length > 0, frameworks.length > 0)}{chosen > 0 && <span class="quiet"> ({chosen})</span>}</summary>
      {questions.length > 0 && (
        <label class="field">
          <span>{says.question}</span>
          <select
            value={details.question.value ?? ""} dir="auto"
            onChange={(event) => { details.question.value = event.currentTarget.value || null; changed(); }}
          >
            <option value="">{says.noQuestion}</option>
            {questions.map(({ id, text }) => <option key={id} value={id}>{text}</option>)}
          </select>
        </label>
      )}
      {moves && (
        <label class="field">
          <span>{says.move}</span>
          <select value={details.move.value ?? ""} onChange={(event) => { details.move.value = (event.currentTarget.value || null) as CoachMove | null; changed(); }}>
            <option value="">{says.noMove}</option>
            {MOVES.map((move) => <option key={move} value={move}>{says.moves[move]}</option>)}
          </select>
        </label>
      )}
      {frameworks.map(({ name, version, tags }) => (
        <fieldset key={name} class="field tags">
          <legend>{name} <span class="quiet">{version}</span></legend>
          {tags.map(({ code, label }) => (
            <label key={code} class="check">
              <input type="checkbox" checked={picked(details, name, code)} onChange={() => { toggle(details, name, code); changed(); }} />
              <span><b>{code}</b> {label}</span>
            </label>
          ))}
        </fieldset>
      ))}
    </details>
  );
}

const picked = ({ tags }: Details, framework: string, code: string): boolean =>
  tags.value.some((tag) => tag.framework === framework && tag.code === code);

function toggle(details: Details, framework: string, code: string): void {
  details.tags.value = picked(details, framework, code)
    ? details.tags.value.filter((tag) => tag.framework !== framework || tag.code !== code)
    : [...details.tags.value, { framework, code }];
}
