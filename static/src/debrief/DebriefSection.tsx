import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { WrittenField } from "../form/WrittenField";
import type { OpenCycle } from "../live/cycle";
import { Read } from "../meetings/MeetingItem";
import { twoOf } from "../meetings/people";
import { words } from "../words";
import { Agenda } from "./Agenda";
import { Commitments } from "./Commitments";

/** The agenda of moments, notes of each, commitments. */
export function DebriefSection({ page }: { page: OpenCycle }) {
  const here = useRef<HTMLElement>(null);
  const unfolded = useSignal(false);
  const cycle = page.cycle.value;
  useEffect(() => {
    // Lessons with all their annotations are fetched only where somebody wants to see the agenda.
    const part = here.current?.closest("details");
    const look = (): void => void (unfolded.value ||= part?.open ?? true);
    look();
    part?.addEventListener("toggle", look);
    return () => part?.removeEventListener("toggle", look);
  }, []);
  if (!cycle) return null;
  const two = twoOf(page);
  const others = Object.entries(cycle.debrief_notes).filter(([by, { text }]) => by !== two.me && text !== "");
  const own = cycle.debrief_notes[two.me];
  return (
    <section ref={here}>
      <h3>{words.debrief.agenda}</h3>
      <Agenda page={page} two={two} wanted={unfolded.value} />
      {two.writes ? (
        <WrittenField
          label={words.debrief.notes} hint={words.debrief.notesHint(two.other?.name ?? "")} shelf={`${page.id}.debrief-notes`}
          path={`/api/cycles/${page.id}/commands`} written={own} command={(text, revision) => ({ type: "write_debrief_notes", text, revision })}
        />
      ) : own?.text && <Read label={words.debrief.notes} text={own.text} />}
      {others.map(([by, { text }]) => <Read key={by} label={words.debrief.notesOf(two.name(by))} text={text} />)}
      <Commitments page={page} two={two} />
    </section>
  );
}
